#include "training/training.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/options.h"
#include "base/output_place.h"
#include "base/parallel.h"
#include "base/text.h"

namespace aver {

FoldChoice folds_from_words(const std::vector<std::string>& words) {
  FoldChoice choice;
  if (words.empty() || words == std::vector<std::string>{"-1"}) return choice;
  if (words == std::vector<std::string>{"all"}) {
    choice.all = true;
    return choice;
  }
  for (const std::string& word : words) {
    const auto number = parse_integer(trim(word));
    if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) {
      throw UsageError(
          "--folds is a fold's number, several with commas between, or all, not \"{}\"",
          fmt::join(words, ","));
    }
    choice.numbers.push_back(static_cast<int>(*number));
  }
  std::sort(choice.numbers.begin(), choice.numbers.end());
  if (std::adjacent_find(choice.numbers.begin(), choice.numbers.end()) != choice.numbers.end()) {
    throw UsageError("--folds {} names a fold twice", fmt::join(words, ","));
  }
  return choice;
}

OptionValue option_value(FoldChoice& folds) {
  const auto words = [&folds] {
    Words told;
    if (folds.all) told.emplace_back("all");
    for (const int number : folds.numbers) told.push_back(std::to_string(number));
    return nlohmann::ordered_json(told);
  };
  auto value = option_value(
      "K,…|all", [&folds](const Words& given) { folds = folds_from_words(given); }, words);
  value.many = value.commas = true;
  value.setting = [&folds] { return folds.numbers.empty() ? -1 : folds.numbers.front(); };
  return value;
}

OptionValue option_value(SecondHead& head) {
  return option_value(
      "TEXT", [&head](const Words& given) { head = second_head_of(given.back()); },
      [&head] {
        return nlohmann::ordered_json(
            head.none() ? "" : fmt::format("{}={}", head.column, fmt::join(head.levels, ",")));
      });
}

void TrainingConfig::describe(Options& options) {
  options.heading("Input and output");
  options
      .control("output", output,
               "Run folder to write; with several folds the folder that theirs are in")
      .required();
  options.place("split", split,
                "split.csv of aver-split; without it the paper's split, made here and saved");
  options
      .result("folds", folds,
              "Folds of the split to train: one by its number into --output, several (2,3) or all "
              "each into fold-K there, all of them then joined; none given = its only one")
      .differs_between_folds();
  choice.describe(options, Effect::result);
  options.heading("Training");
  options.result("epochs", epochs, "Epochs to train").at_least(1).may_change_on_resume();
  options.result("batch-size", batch_size, "Items per step").at_least(1);
  options.result("learning-rate", learning_rate, "Adam's rate at the start").above(0);
  options.result("seed", seed, "Seed of everything random");
  options
      .result("seeds", seeds,
              "Train once for each of these seeds, into seed-S below the run, which becomes the "
              "model of their mean answer; a split without --split stays that of --seed")
      .unsaid_at(nlohmann::json::array())
      .may_change_on_resume();
  options
      .result("select", select,
              "Weights to score: last (the last epoch) or best (lowest validation loss)")
      .one_of({"last", "best"})
      .may_change_on_resume();
  recipe.describe(options);
  options
      .result(
          "second-head", second_head,
          "Also learn how far a clip is along ordered levels of a column of clips.csv, from the "
          "least to the most, such as intensity=normal,strong")
      .unsaid_at("");
  options.result("second-head-weight", second_head_weight, "Weight of its loss beside the classes'")
      .above(0)
      .unsaid_at(1);
  start.describe(options);
  options.heading("Running");
  options.control("tensorboard", tensorboard,
                  "Also write the curves as TensorBoard reads them, to tensorboard/ in the run");
  options.speed("device", device, "auto, cpu or cuda").same_in_group();
  options
      .result("precision", precision,
              "Of training's convolutions and large products: fp32, bf16 (about twice as fast, "
              "needs a CPU with AVX-512 BF16), or auto (bf16 where there is one)")
      .one_of({"fp32", "bf16", "auto"});
  options.speed("threads", threads, "Threads of LibTorch (0 = the CPUs this process may use)");
  describe_workers(options, workers);
  options.control("distributed", distributed,
                  "Be one of several processes that train together, as torchrun or srun (or RANK, "
                  "WORLD_SIZE, MASTER_ADDR and MASTER_PORT) say; rank 0 writes");
  options
      .control("distributed-timeout", distributed_timeout,
               "Seconds these processes wait for one another before they give up")
      .at_least(1);
  options.control("resume", resume,
                  "Continue the run in --output after its last epoch; of several folds those that "
                  "are not finished");
  options.control("force", force, "Replace the run in --output, or the folds that are trained");
  options.control(
      "join", join,
      "Train nothing: join the finished folds fold-K in --output, or those --folds names");
  options.check([this](std::vector<std::string>& problems) {
    if (second_head.none() && second_head_weight != 1) {
      problems.emplace_back("--second-head-weight needs --second-head");
    }
    if (recipe.warmup_epochs >= epochs && epochs > 0) {
      problems.push_back(
          fmt::format("--warmup-epochs {:g} leaves none of the {} epochs to what follows",
                      recipe.warmup_epochs, epochs));
    }
    for (const int value : seeds) {
      if (value < 0) problems.emplace_back("--seeds takes whole numbers from 0 up");
    }
    if (seeds.size() == 1) {
      problems.emplace_back("--seeds takes two or more: for one there is --seed");
    }
    if (std::set<int>(seeds.begin(), seeds.end()).size() < seeds.size()) {
      problems.emplace_back("--seeds names a seed twice");
    }
    if (distributed && join) {
      problems.emplace_back("--join takes one process: leave --distributed out");
    }
    if (force && !start.none() && same_file(start.file.parent_path(), output)) {
      problems.emplace_back("--start-from lies in --output, which --force replaces");
    }
    if (resume && force) problems.emplace_back("--resume and --force exclude each other");
    if (join && (resume || force)) {
      problems.emplace_back("--join trains nothing: leave --resume and --force out");
    }
  });
}

bool TrainingConfig::lacks_split() const {
  const bool first_only = !folds.several() && (folds.numbers.empty() || folds.numbers[0] == 0);
  return !first_only && split.empty() && !join;
}

}  // namespace aver
