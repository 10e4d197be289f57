#include "splitting/audit_text.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "report/tables.h"
#include "splitting/make_split.h"

namespace aver {
namespace {

constexpr std::size_t kListed = 10;

std::string row_name(const AuditReport& report, Sharing kind) {
  switch (kind) {
    case Sharing::actors:
      return report.people;
    case Sharing::clips:
      return report.clips_known ? "clips" : "items";
    case Sharing::frames:
      return "sibling frames of one clip";
    case Sharing::twins:
      return "audio-video and audio-only twins";
    case Sharing::statements:
      return report.said;
    case Sharing::sounds:
      return report.pictures ? "equal pictures, other names" : "equal recordings, other names";
    case Sharing::versions:
      return "versions of one clip";
  }
  return {};
}

/// The pairs of the same two parts, over the folds.
struct Column {
  std::string first, second;
  std::vector<const AuditedPair*> pairs;
};

std::vector<Column> columns_of(const std::vector<AuditedPair>& pairs) {
  std::vector<Column> columns;
  for (const auto& pair : pairs) {
    auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
      return column.first == pair.first && column.second == pair.second;
    });
    if (found == columns.end()) found = columns.insert(found, Column{pair.first, pair.second, {}});
    found->pairs.push_back(&pair);
  }
  return columns;
}

/// "3 of 240", folds added up; "?" where nothing is known.
std::string cell(const Column& column, Sharing kind, bool known) {
  if (!known) return "?";
  std::size_t shared = 0, all = 0;
  for (const auto* pair : column.pairs) {
    shared += pair->pair.shared(kind).size();
    all += pair->pair.of[static_cast<std::size_t>(kind)];
  }
  return all == 0 ? std::to_string(shared) : fmt::format("{} of {}", shared, all);
}

bool any_of_kind(const std::vector<Column>& columns, Sharing kind) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
    return std::any_of(column.pairs.begin(), column.pairs.end(), [&](const auto* pair) {
      return pair->pair.of[static_cast<std::size_t>(kind)] > 0;
    });
  });
}

std::string standing_text(const std::vector<Column>& columns, Sharing kind) {
  Standing worst = Standing::none;
  for (const auto& column : columns) {
    for (const auto* pair : column.pairs) worst = std::max(worst, pair->of(kind));
  }
  return worst == Standing::leak ? "LEAK" : worst == Standing::announced ? "announced" : "";
}

std::string sharing_table(const AuditReport& report, const std::vector<AuditedPair>& pairs) {
  const auto columns = columns_of(pairs);
  const bool several = std::any_of(columns.begin(), columns.end(),
                                   [](const Column& column) { return column.pairs.size() > 1; });
  TextTable table{{several ? "shared, folds added up" : "shared"}, {}, 1};
  for (const auto& column : columns) table.header.push_back(column.first + "–" + column.second);
  table.header.push_back("");
  for (const Sharing kind : kSharings) {
    // Of clips that are known, a corpus without a column for what is said says nothing of it.
    if (kind == Sharing::statements && report.clips_known && !any_of_kind(columns, kind)) continue;
    if (kind == Sharing::versions && !report.has_versions) continue;
    const bool known = kind == Sharing::twins    ? report.twins_known
                       : kind == Sharing::sounds ? report.sounds_known
                       : kind == Sharing::actors || kind == Sharing::statements
                           ? report.clips_known || any_of_kind(columns, kind)
                           : true;
    std::vector<std::string> row = {row_name(report, kind)};
    for (const auto& column : columns) row.push_back(cell(column, kind, known));
    row.push_back(known                         ? standing_text(columns, kind)
                  : kind == Sharing::actors     ? "needs --group-pattern"
                  : kind == Sharing::statements ? "not in the names"
                  : report.has_input            ? "not in --input"
                                                : "needs --input");
    table.rows.push_back(std::move(row));
  }
  return format_table(table);
}

std::string first_names(const std::vector<std::string>& names) {
  const std::size_t count = std::min(names.size(), kListed);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + count, ", "));
  if (names.size() > count) text += fmt::format(" and {} more", names.size() - count);
  return text;
}

/// "train and test share 24 actors: 01, 02, …", each name once, whatever the fold.
std::string sharing_lists(const AuditReport& report, const std::vector<AuditedPair>& pairs) {
  std::string text;
  for (const auto& column : columns_of(pairs)) {
    for (const Sharing kind : kSharings) {
      if (kind == Sharing::statements) continue;
      std::set<std::string> names;
      for (const auto* pair : column.pairs) {
        const auto& shared = pair->pair.shared(kind);
        names.insert(shared.begin(), shared.end());
      }
      if (names.empty()) continue;
      text += fmt::format("{} and {}, {}, {}: {}\n", column.first, column.second,
                          row_name(report, kind), names.size(),
                          first_names({names.begin(), names.end()}));
    }
  }
  return text;
}

std::string name_of_equal(const EqualRecordings& equal) {
  return fmt::format("{}", fmt::join(equal.recordings, " = "));
}

std::string note(const std::string& what, const std::vector<std::string>& names) {
  return names.empty() ? "" : fmt::format("{}, {}: {}\n", what, names.size(), first_names(names));
}

std::string notes(const AuditReport& report) {
  std::vector<std::string> together, unreadable;
  for (const auto& equal : report.equal) {
    if (!equal.straddles) together.push_back(name_of_equal(equal));
  }
  for (const auto& failed : report.unreadable) unreadable.push_back(failed.reason);
  std::string text = note(
      fmt::format("equal {} that stand in one part", report.pictures ? "pictures" : "recordings"),
      together);
  text += note("twice or more in one part, which trainers refuse", report.repeated);
  text += note("twins, each pair one clip of the split", report.twins);
  text += note(
      report.pictures ? "pictures of one colour, not compared" : "silent recordings, not compared",
      report.silent);
  text += note("clips of the split that --input lacks", report.missing);
  text += note("clips of --input that are in no part", report.unused);
  text += note("could not be read", unreadable);
  if (report.unnamed > 0) {
    text += fmt::format("files of --input without a {} name, left out: {}\n", report.called,
                        report.unnamed);
  }
  for (const std::string& remark : report.remarks) text += remark + "\n";
  if (!report.unmatched_folds.empty()) {
    text += fmt::format("folds that only one of the splits has, not compared: {}\n",
                        fmt::join(report.unmatched_folds, ", "));
  }
  return text;
}

/// Set off from what stands above it.
std::string paragraph(const std::string& text) {
  return text.empty() ? "" : "\n" + text;
}

nlohmann::json pair_json(const AuditedPair& audited, bool pictures) {
  nlohmann::json json = {{"fold", audited.pair.fold}, {"parts", {audited.first, audited.second}}};
  for (std::size_t i = 0; i < kSharings.size(); ++i) {
    const bool own_name = pictures && kSharings[i] == Sharing::sounds;
    const std::string kind(own_name ? "pictures" : name_of(kSharings[i]));
    json["shared"][kind] = audited.pair.names[i];
    if (audited.standing[i] != Standing::none) {
      json["standing"][kind] = name_of(audited.standing[i]);
    }
  }
  if (!json.contains("standing")) json["standing"] = nlohmann::json::object();
  return json;
}

nlohmann::json pairs_json(const std::vector<AuditedPair>& pairs, bool pictures) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& pair : pairs) list.push_back(pair_json(pair, pictures));
  return list;
}

nlohmann::json sizes_json(const Split& split) {
  nlohmann::json list = nlohmann::json::array();
  for (const int fold : split.folds()) {
    nlohmann::json entry = {{"fold", fold}};
    for (const Role role : {Role::train, Role::validation, Role::test}) {
      entry[std::string(name_of(role))] = split.items(fold, role).size();
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::string audit_text(const AuditReport& report) {
  const std::string protocol =
      report.split.protocol.empty() ? "not recorded" : report.split.protocol;
  std::string text = fmt::format("protocol {}, seed {}\n{}\n", protocol, report.split.seed,
                                 size_table(report.split));
  if (report.sounds_known) {
    text += fmt::format("{} {} compared\n", report.compared,
                        report.pictures ? "pictures" : "recordings");
  }
  text += sharing_table(report, report.pairs) + paragraph(sharing_lists(report, report.pairs));
  if (!report.against_pairs.empty()) {
    text += fmt::format("\nagainst {}{}\n", report.against,
                        report.against_protocol.empty()
                            ? ""
                            : fmt::format(", protocol {}", report.against_protocol));
    text += sharing_table(report, report.against_pairs) +
            paragraph(sharing_lists(report, report.against_pairs));
  }
  if (!report.untrained.empty()) text += paragraph(report.untrained + "\n");
  return text + paragraph(notes(report)) + "\n" + report.sentence;
}

nlohmann::json audit_json(const AuditReport& report) {
  nlohmann::json equal = nlohmann::json::array();
  for (const auto& group : report.equal) {
    equal.push_back(
        {{"clips", group.clips}, {"recordings", group.recordings}, {"straddles", group.straddles}});
  }
  nlohmann::json unreadable = nlohmann::json::array();
  for (const auto& failed : report.unreadable) {
    unreadable.push_back({{"recording", failed.source}, {"reason", failed.reason}});
  }
  const LeakVerdict& verdict = report.verdict;
  const std::string things = report.pictures ? "pictures" : "recordings";
  nlohmann::json json = {{"protocol", report.split.protocol},
                         {"seed", report.split.seed},
                         {"parts", sizes_json(report.split)},
                         {"pairs", pairs_json(report.pairs, report.pictures)},
                         {"against", pairs_json(report.against_pairs, report.pictures)},
                         {"unmatched_folds", report.unmatched_folds},
                         {things + "_compared", report.compared},
                         {"equal_" + things, equal},
                         {"twins", report.twins},
                         {report.pictures ? "of_one_colour" : "silent", report.silent},
                         {"unreadable", unreadable},
                         {"missing_from_input", report.missing},
                         {"in_no_part", report.unused},
                         {"without_ravdess_name", report.unnamed},
                         {"shared_actors", verdict.shared_groups},
                         {"shared_clips", verdict.shared_clips},
                         {"shared_frames", verdict.shared_items},
                         {"shared_" + things, verdict.shared_sounds},
                         {"shared_versions", verdict.shared_versions},
                         {"announced", !report.leaks()},
                         {"leak", report.leaks()},
                         {"verdict", report.sentence}};
  if (!report.repeated.empty()) json["repeated"] = report.repeated;
  if (!report.remarks.empty()) json["remarks"] = report.remarks;
  for (const auto& [fold, names] : report.untrained_classes) {
    json["untrained_classes"][std::to_string(fold)] = names;
  }
  return json;
}

}  // namespace aver
