#include "training_options.h"

#include "interrupt.h"

namespace aver::cli {
namespace {

/// --folds K|K,K|all
void add_folds(Tool& tool, FoldChoice& folds) {
  tool.app()
      .add_option_function<std::vector<std::string>>(
          "--folds",
          [&folds](const std::vector<std::string>& words) { folds = folds_from_words(words); },
          "Folds of the split to train: one by its number into --output, several (2,3) or all each "
          "into fold-K there, all of them then joined; none given = its only one")
      ->delimiter(',')
      ->default_str("[]");
}

}  // namespace

void add_training_options(Tool& tool, TrainingConfig& config) {
  tool.option("--output", config.output,
              "Run folder to write; with several folds the folder that theirs are in");
  tool.option("--split", config.split,
              "split.csv of aver-split; without it the paper's split, made here and saved");
  add_folds(tool, config.folds);
  tool.channel(config.channel);
  tool.option("--epochs", config.epochs, "Epochs to train");
  tool.option("--batch-size", config.batch_size, "Items per step");
  tool.option("--learning-rate", config.learning_rate, "Adam's rate at the start");
  tool.option("--seed", config.seed, "Seed of everything random");
  tool.option("--select", config.select,
              "Weights to score: last (the last epoch) or best (lowest validation loss)")
      ->check(CLI::IsMember({"last", "best"}));
  tool.option("--device", config.device, "auto, cpu or cuda");
  tool.option("--precision", config.precision,
              "Of training's convolutions and large products: fp32, bf16 (about twice as fast, "
              "needs a CPU with AVX-512 BF16), or auto (bf16 where there is one)")
      ->check(CLI::IsMember({"fp32", "bf16", "auto"}));
  tool.option("--threads", config.threads,
              "Threads of LibTorch (0 = the CPUs this process may use)");
  tool.workers(config.workers);
  tool.flag("--distributed", config.distributed,
            "Be one of several processes that train together, as torchrun or srun (or RANK, "
            "WORLD_SIZE, MASTER_ADDR and MASTER_PORT) say; rank 0 writes");
  tool.option("--distributed-timeout", config.distributed_timeout,
              "Seconds these processes wait for one another before they give up");
  tool.flag(
      "--resume", config.resume,
      "Continue the run in --output after its last epoch; of several folds those that are not "
      "finished");
  tool.flag("--force", config.force, "Replace the run in --output, or the folds that are trained");
  tool.flag("--join", config.join,
            "Train nothing: join the finished folds fold-K in --output, or those --folds names");
  config.should_stop = interrupted;
}

void add_padding(Tool& tool, Padding& padding) {
  tool.app()
      .add_option_function<std::string>(
          "--padding", [&padding](const std::string& name) { padding = padding_from_name(name); },
          "Border of the convolutions: valid or same")
      ->default_str(std::string(name_of(padding)))
      ->check(CLI::IsMember({"valid", "same"}));
}

Outcome outcome_of(const TrainingReport& report) {
  if (report.elsewhere) return {{}, {}, report.interrupted ? kInterrupted : 0};
  nlohmann::json json = report.metrics.is_null() ? nlohmann::json::object() : report.metrics;
  json["epochs_done"] = report.epochs_done;
  json["interrupted"] = report.interrupted;
  if (report.failed) json["failed"] = true;
  return {report.text, json, report.interrupted ? kInterrupted : (report.failed ? 1 : 0)};
}

}  // namespace aver::cli
