#include "splitting/split_config.h"

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "base/parallel.h"
#include "corpus/catalog.h"
#include "corpus/clip_table.h"
#include "corpus/group_pattern.h"
#include "corpus/known_corpora.h"
#include "protocol/paper_augmented.h"
#include "protocol/protocols.h"

namespace aver {
namespace {

/// Throws UsageError unless the pattern is a regular expression with a group; "" is none.
void check_group_pattern(const std::string& group_pattern) {
  if (!group_pattern.empty()) GroupPattern{group_pattern};
}

}  // namespace

void SplitConfig::describe(Options& options) {
  options.heading("What to do");
  options
      .control("action", action,
               "make: write a split; folds: print the numbers of the folds that make would write; "
               "audit: check a split")
      .suggests({"make", "folds", "audit"})
      .positional();
  options.control("split", split, "audit: the split.csv to check").positional();
  options.heading("Input and output");
  options
      .control("input", inputs,
               "Stage folders or dataset folders with the clips, one or more; for the audit "
               "their files tell "
               "twins and, where they have sound or MFCCs, equal recordings")
      .names_files()
      .several_at_once();
  options.control("output", output, "make: the split.csv to write");
  options.result("protocol", protocol, "make and folds: " + protocols_help(&ravdess()));
  options
      .result("copies", copies,
              "make and folds, --protocol paper-augmented: take each clip in so many of its "
              "versions, itself among them (0 = all there are)")
      .at_least(0);
  options
      .place("test-lists", test_lists,
             "make and folds, --protocol lists: a file for each fold with the clips that it tests "
             "(EmoBox's test lists, a CSV with a column clip or file, or one name a line)")
      .names_files()
      .several_at_once();
  options.place("against", against,
                "audit: another split.csv, or a folder that is to be tested on: what this split's "
                "models have seen of it, and the other way round");
  options.heading("Items and parts");
  options.result("group-pattern", group_pattern,
                 "Regular expression over file names whose first group is the subject, e.g. "
                 "'^(S[0-9]+)_'; then any folder of files can be split");
  describe_corpus(options, corpus);
  choice.describe(options, Effect::result);
  describe_keep_first(options, keep_first);
  options.result("seed", seed,
                 "make: seed of the random draws (paper, paper-augmented, clip, statement)");
  options.result("test-share", test_share, "make: share of all clips that tests (clip)")
      .between(0, 1);
  options
      .result("validation-share", validation_share,
              "make: share of the training clips that validates (clip, statement)")
      .between(0, 1);
  options
      .result(
          "validation", validation,
          "make: keep a part that validates; without it that part trains too, for the last runs "
          "of settings that were chosen before")
      .has_opposite();
  options.control("force", force, "make: replace another split in --output");
  options.heading("Running");
  limits.describe(options);
  describe_workers(options, workers);
}

void SplitConfig::validate() const {
  if (action.empty()) {
    throw UsageError("say what to do: make, folds or audit (see aver-split --help)");
  }
  if (action == "audit") {
    if (split.empty()) throw UsageError("audit needs the split.csv to check, named before --input");
    check_group_pattern(group_pattern);
    return;
  }
  if (action != "make" && action != "folds") {
    throw UsageError("'{}' is nothing to do: make, folds or audit expected", action);
  }
  if (!split.empty()) {
    throw UsageError("'{}' is one word too many: only audit takes the name of a split{}",
                     split.string(), action == "make" ? "; --output is what make writes" : "");
  }
  if (action == "folds" && inputs.empty()) {
    throw UsageError("--input is required (see aver-split --help)");
  }
  if (action == "make" && (inputs.empty() || output.empty())) {
    throw UsageError("--input and --output are required (see aver-split --help)");
  }
  Options options = Options::of(*this);
  options.check([this](std::vector<std::string>& problems) {
    const bool table = fs::path(corpus).extension() == ".csv";
    const auto scheme = table ? nullptr : scheme_named(corpus);
    auto problem = problem_with_protocol(protocol, scheme.get());
    // The folds of a description that comes with the input are known when that is read.
    if (!problem.empty() && std::ranges::none_of(inputs, brings_description)) {
      problems.push_back(std::move(problem));
    }
    if (!test_lists.empty() && protocol != "lists") {
      problems.emplace_back("--test-lists goes with --protocol lists");
    }
    if (copies > 0 && protocol != kPaperAugmented) {
      problems.push_back(fmt::format("--copies goes with --protocol {}", kPaperAugmented));
    }
    if (!group_pattern.empty() && inputs.size() > 1) {
      problems.emplace_back("--group-pattern goes with one --input: files are named below it");
    }
    try {
      check_group_pattern(group_pattern);
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
  });
  options.require_valid();
}

}  // namespace aver
