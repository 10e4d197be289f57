#include "protocol/protocols.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "corpus/known_corpora.h"
#include "protocol/actor_folds.h"
#include "protocol/cross_folds.h"
#include "protocol/listed_folds.h"
#include "protocol/paper_augmented.h"

namespace aver {
namespace {

constexpr std::string_view kLeaveOne = "leave-one:";
constexpr std::string_view kGroup = "group-";
constexpr std::string_view kCross = "cross-";

/// The parts of a name such as "group-K:COLUMN"; nothing when it is none.
struct GroupName {
  long long folds = 0;
  std::string column;
};
std::optional<GroupName> folds_of_column(std::string_view name, std::string_view kind,
                                         std::string column) {
  if (!name.starts_with(kind)) return std::nullopt;
  name.remove_prefix(kind.size());
  GroupName group{0, std::move(column)};
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    group.column = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  const auto folds = parse_integer(name);
  if (!folds || group.column.empty()) return std::nullopt;
  constexpr long long kMost = 1'000'000;
  group.folds = std::min(*folds, kMost);
  return group;
}

std::optional<GroupName> group_name(std::string_view name) {
  return folds_of_column(name, kGroup, "speaker");
}
/// Of "cross-K:COLUMN", which has no column of its own.
std::optional<GroupName> cross_name(std::string_view name) {
  return folds_of_column(name, kCross, "");
}

std::string left_out_column(std::string_view name) {
  return std::string(name.substr(kLeaveOne.size()));
}

bool always(std::string_view) {
  return true;
}
bool never(std::string_view) {
  return false;
}
std::string no_column(std::string_view) {
  return {};
}

Split make_clip(const std::string&, const ProtocolRequest& request) {
  return split_clip(request.items, request.test_share, request.validation_share, request.seed);
}

// A new protocol is a row here.
const std::vector<Protocol> kProtocols = {
    {"paper", "as the trainers without --split: what tests has validated too",
     [](std::string_view name) { return name == "paper"; },
     [](const std::string&, const ProtocolRequest& request) {
       return split_paper(request.items, request.test_share, request.stratified, request.seed);
     },
     always, no_column},
    {kPaperAugmented,
     "the same of clips in several versions, as if each were a clip (aver-extract-audio --copies): "
     "training has a version of most of what is tested",
     [](std::string_view name) { return name == kPaperAugmented; },
     [](const std::string&, const ProtocolRequest& request) {
       return split_paper_augmented(request.items, request.copies, request.test_share,
                                    request.seed);
     },
     always, no_column},
    {"clip", "whole clips at random", [](std::string_view name) { return name == "clip"; },
     make_clip, always, no_column},
    {"random", "the same as clip", [](std::string_view name) { return name == "random"; },
     make_clip, always, no_column},
    {"actor-loo", "one speaker out; of RAVDESS fold k tests actor k + 1",
     [](std::string_view name) { return name == "actor-loo"; },
     [](const std::string&, const ProtocolRequest& request) {
       return split_actor_loo(request.items, request.corpus, request.skipped);
     },
     never, no_column},
    {"statement", "trained on one sentence, tested on the other",
     [](std::string_view name) { return name == "statement"; },
     [](const std::string&, const ProtocolRequest& request) {
       Split split =
           split_leave_one(request.items, "statement", request.validation_share, request.seed);
       split.protocol = "statement";
       return split;
     },
     always, [](std::string_view) { return std::string("statement"); }},
    {"given", "the parts that a data set brings, in folders train, test… or a column part",
     [](std::string_view name) { return name == "given"; },
     [](const std::string&, const ProtocolRequest& request) { return split_given(request.items); },
     never, no_column},
    {"lists",
     "each of --test-lists is tested once; of three and more the next one, cyclic, validates",
     [](std::string_view name) { return name == "lists"; },
     [](const std::string&, const ProtocolRequest& request) {
       if (request.tested == nullptr || request.tested->empty()) {
         throw UsageError("--protocol lists needs --test-lists, the clips that each fold tests");
       }
       return split_lists(request.items, *request.tested);
     },
     never, no_column},
    {"all", "every clip trains, for a model that is given to others: nothing is tested",
     [](std::string_view name) { return name == "all"; },
     [](const std::string&, const ProtocolRequest& request) {
       Split split{"all", request.seed, {}};
       for (const SplitItem& item : request.items) {
         split.rows.push_back({0, item.item, Role::train});
       }
       return split;
     },
     never, no_column},
    {"leave-one:COLUMN", "each value of a column of clips.csv is tested once: leave-one:speaker",
     [](std::string_view name) {
       return name.starts_with(kLeaveOne) && name.size() > kLeaveOne.size();
     },
     [](const std::string& name, const ProtocolRequest& request) {
       return split_leave_one(request.items, left_out_column(name), request.validation_share,
                              request.seed);
     },
     [](std::string_view name) { return left_out_column(name) != "speaker"; }, left_out_column},
    {"group-K",
     "speakers, or subjects by --group-pattern, dealt into K folds; with :COLUMN the values "
     "of a column",
     [](std::string_view name) { return group_name(name).has_value(); },
     [](const std::string& name, const ProtocolRequest& request) {
       const GroupName group = *group_name(name);
       return split_group(request.items, static_cast<int>(group.folds), group.column);
     },
     [](std::string_view name) { return group_name(name)->column != "speaker"; },
     [](std::string_view name) { return group_name(name)->column; }},
    {"cross-K:COLUMN",
     "each value of a column, such as corpus or language, trains once and all others are tested; "
     "also K folds of the speakers of each, and all but one against that one: for aver-evaluate "
     "--cross",
     [](std::string_view name) { return cross_name(name).has_value(); },
     [](const std::string& name, const ProtocolRequest& request) {
       const GroupName cross = *cross_name(name);
       return split_cross(request.items, cross.column, static_cast<int>(cross.folds),
                          request.validation_share, request.seed);
     },
     never, no_column},
};

const PublishedFolds* published(std::string_view name, const Scheme* corpus) {
  if (corpus == nullptr) return nullptr;
  for (const PublishedFolds& folds : corpus->folds()) {
    if (folds.name == name) return &folds;
  }
  return nullptr;
}

}  // namespace

const std::vector<Protocol>& protocols() {
  return kProtocols;
}

const Protocol* protocol_named(std::string_view name) {
  const auto found =
      std::ranges::find_if(kProtocols, [&](const Protocol& row) { return row.matches(name); });
  return found == kProtocols.end() ? nullptr : &*found;
}

std::string problem_with_protocol(const std::string& name, const Scheme* corpus) {
  const auto group = group_name(name), cross = cross_name(name);
  if ((group && group->folds < 2) || (cross && cross->folds < 2)) {
    return fmt::format("--protocol must have at least two folds, not {}", name);
  }
  if (published(name, corpus) != nullptr || protocol_named(name) != nullptr) return {};
  std::string whose;
  for (const std::string& other : known_corpora()) {
    if (published(name, shipped_scheme(other).get()) == nullptr) continue;
    whose = fmt::format("; {} are folds of {}", name, shipped_scheme(other)->called());
  }
  std::vector<std::string> known;
  for (const Protocol& row : kProtocols) known.emplace_back(row.form);
  for (const auto& folds : corpus ? corpus->folds() : std::vector<PublishedFolds>()) {
    known.push_back(folds.name);
  }
  const auto guess = nearest(name, known);
  if (guess && whose.empty()) whose = fmt::format("; did you mean {}?", *guess);
  return fmt::format("--protocol must be one of {}, not {}{}", fmt::join(known, ", "), name, whose);
}

Split make_split(const std::string& name, const ProtocolRequest& request) {
  if (const PublishedFolds* folds = published(name, request.corpus)) {
    return split_published(request.items, *folds, request.corpus->name(), request.skipped);
  }
  if (const auto problem = problem_with_protocol(name, request.corpus); !problem.empty()) {
    throw UsageError("{}", problem);
  }
  return protocol_named(name)->make(name, request);
}

std::string protocols_help(const Scheme* corpus) {
  std::vector<std::string> parts;
  for (const Protocol& row : kProtocols)
    parts.push_back(fmt::format("{} ({})", row.form, row.help));
  for (const auto& folds : corpus ? corpus->folds() : std::vector<PublishedFolds>()) {
    parts.push_back(fmt::format("{} (published folds: {})", folds.name, folds.source));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace aver
