#include "curation/check_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/tables.h"

namespace aver {
namespace {

constexpr std::size_t kShown = 10;

std::size_t count_of(const std::map<std::string, std::size_t>& counts, const std::string& label) {
  const auto found = counts.find(label);
  return found == counts.end() ? 0 : found->second;
}

std::string count_table(const CheckReport& report) {
  TextTable table;
  table.header = {"speaker"};
  table.header.insert(table.header.end(), report.labels.begin(), report.labels.end());
  table.header.emplace_back("all");
  std::map<std::string, std::size_t> sums;
  const auto add_row = [&](const std::string& name, const auto& counts) {
    std::vector<std::string> row = {name};
    std::size_t all = 0;
    for (const std::string& label : report.labels) {
      const std::size_t count = count_of(counts, label);
      row.push_back(count == 0 ? "–" : std::to_string(count));
      all += count;
    }
    row.push_back(std::to_string(all));
    table.rows.push_back(std::move(row));
  };
  for (const auto& [speaker, counts] : report.counts) {
    add_row(speaker.empty() ? "unknown" : speaker, counts);
    for (const auto& [label, count] : counts) sums[label] += count;
  }
  if (report.counts.size() > 1) add_row("all", sums);
  return format_table(table);
}

/// "16000 Hz (535)": the files of each kind.
template <typename Key>
std::string kinds_text(const std::map<Key, std::size_t>& kinds, std::string_view unit) {
  std::vector<std::string> parts;
  for (const auto& [kind, files] : kinds)
    parts.push_back(fmt::format("{}{} ({})", kind, unit, files));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string content_text(const CheckReport& report) {
  std::string text;
  const LengthSpread& lengths = report.lengths;
  if (lengths.clips > 0) {
    text += fmt::format("  lengths   {:.2f} to {:.2f} s, median {:.2f} s, {:.1f} minutes in all\n",
                        lengths.shortest, lengths.longest, lengths.median, lengths.all / 60);
    text += fmt::format("  rates     {}\n", kinds_text(report.sample_rates, " Hz"));
    text += fmt::format("  channels  {}\n", kinds_text(report.channels, ""));
  }
  if (!report.pictures.empty()) {
    text += fmt::format("  pictures  {}\n", kinds_text(report.pictures, ""));
  }
  return text;
}

void add_list(std::string& text, const std::string& title, const std::vector<std::string>& items) {
  if (items.empty()) return;
  text += fmt::format("\n{}:\n", title);
  for (std::size_t i = 0; i < std::min(items.size(), kShown); ++i) text += "  " + items[i] + "\n";
  if (items.size() > kShown) text += fmt::format("  and {} more\n", items.size() - kShown);
}

std::vector<std::string> unknown_texts(const CheckReport& report) {
  std::vector<std::string> texts;
  for (const auto& [label, clips, meant] : report.unknown) {
    std::string text = fmt::format("{} ({})", label, counted(clips, "clips"));
    if (!meant.empty()) text += fmt::format(": {} = \"{}\"?", label, meant);
    texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<std::string> equal_texts(const CheckReport& report) {
  std::vector<std::string> texts;
  for (const auto& paths : report.equal) {
    texts.push_back(fmt::format("{}", fmt::join(paths, " = ")));
  }
  return texts;
}

}  // namespace

std::string check_text(const CheckReport& report) {
  const std::size_t people = report.counts.size() - report.counts.count("");
  std::string text = fmt::format(
      "{}: {} of {} in {}\n\n", report.corpus, counted(report.clips, "clips"),
      people == 0 ? "nobody known" : counted(people, "speakers"), counted(report.files, "files"));
  if (!report.about.empty()) text += fmt::format("{}\n\n", fmt::join(report.about, "\n"));
  text += count_table(report) + "\n" + content_text(report);
  for (const std::string& remark : report.remarks) text += remark + "\n";
  add_list(text, "All samples, or all pixels, are equal in", report.silent);
  const std::size_t before = text.size();
  add_list(text, "Rows that cannot be read", report.bad_rows);
  add_list(text, "Listed and not there", report.missing);
  add_list(text, "Not named as the corpus names files", report.unnamed);
  add_list(text, "Files of one name, of which the first counts", report.twins);
  add_list(text, "There, and no line names them", report.unlisted);
  add_list(text,
           "Labels without a class; a file for --labels names what they are (docs/corpora.md)",
           unknown_texts(report));
  add_list(text, "Clips with more than one label or speaker", report.contradicted);
  add_list(text, "Cannot be read", report.unreadable);
  add_list(text, "Parts that reach beyond their file", report.beyond);
  add_list(text, "The same recording under two names", equal_texts(report));
  if (text.size() == before) text += "\nNo faults.\n";
  return text;
}

nlohmann::ordered_json check_json(const CheckReport& report) {
  const auto by_text = [](const std::map<int, std::size_t>& kinds) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const auto& [kind, files] : kinds) object[std::to_string(kind)] = files;
    return object;
  };
  nlohmann::ordered_json json = {{"corpus", report.corpus},   {"about", report.about},
                                 {"files", report.files},     {"clips", report.clips},
                                 {"labels", report.labels},   {"clips_by_speaker", report.counts},
                                 {"remarks", report.remarks}, {"faulty", report.faulty()}};
  if (report.opened) {
    const LengthSpread& lengths = report.lengths;
    json["seconds"] = {{"clips", lengths.clips},
                       {"shortest", lengths.shortest},
                       {"median", lengths.median},
                       {"longest", lengths.longest},
                       {"all", lengths.all}};
    json["sample_rates"] = by_text(report.sample_rates);
    json["channels"] = by_text(report.channels);
    json["pictures"] = report.pictures;
    json["silent"] = report.silent;
  }
  nlohmann::ordered_json unknown = nlohmann::ordered_json::array();
  for (const auto& [label, clips, meant] : report.unknown) {
    unknown.push_back({{"label", label}, {"clips", clips}, {"meant", meant}});
  }
  json["faults"] = {{"bad_rows", report.bad_rows},         {"missing", report.missing},
                    {"unnamed", report.unnamed},           {"twins", report.twins},
                    {"unlisted", report.unlisted},         {"labels_without_class", unknown},
                    {"contradicted", report.contradicted}, {"unreadable", report.unreadable},
                    {"beyond_their_file", report.beyond},  {"equal", report.equal}};
  return json;
}

}  // namespace aver
