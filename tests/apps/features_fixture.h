#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "support.h"

namespace aver::test {

inline CommandResult quiet(std::vector<std::string> words) {
  words.emplace_back("--quiet");
  return run_command(words);
}

/// A synthetic corpus and what was made of its sound; made once, for all tests.
class Sounds {
 public:
  static const Sounds& get() {
    static const Sounds sounds;
    return sounds;
  }

  std::string path(const std::string& relative) const { return (folder_ / relative).string(); }

 private:
  Sounds() {
    run({"aver-synthesize", "--output", path("corpus"), "--actors", "2", "--statements", "1",
         "--repetitions", "1", "--seconds", "0.6", "--size", "80x64"});
    run({"aver-extract-audio", "--input", path("corpus"), "--output", path("audio"),
         "--sample-rate", "32000"});
    run({"aver-compute-features", "--features", "log-mel", "--input", path("audio"), "--output",
         path("log-mel"), "--mels", "16", "--deltas", "1", "--hop-length", "400", "--sample-rate",
         "0"});
    run({"aver-compute-mfcc", "--input", path("audio"), "--output", path("mfcc"), "--no-pictures"});
    train("log-mel", "model");
  }

  void train(const std::string& stage, const std::string& model) const {
    run({"aver-train-audio", "--input", path(stage), "--output", path(model), "--epochs", "1",
         "--filters", "4", "4", "4", "--lstm", "8", "8", "--dense", "8", "--threads", "1"});
  }

  static void run(const std::vector<std::string>& words) {
    const auto result = quiet(words);
    if (result.exit_status != 0) throw std::runtime_error(words.front() + ": " + result.err);
  }

  TemporaryFolder folder_;
};

}  // namespace aver::test
