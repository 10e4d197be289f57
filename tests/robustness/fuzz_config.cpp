// A config file of a program, and what it says of the options.
#include "config_file.h"
#include "corpus/corpus.h"
#include "media/media_source.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

namespace {

/// Options of every kind: texts, lists, numbers, switches.
struct Config {
  ClipChoice choice;
  MediaLimits limits;
  int sample_rate = 48000;
  std::vector<int> folds = {0};
  std::uint64_t seed = 1;
  bool keep_first = false;

  void describe(Options& options) {
    choice.describe(options, Effect::result);
    limits.describe(options);
    options.result("sample-rate", sample_rate, "In hertz").from_to(8000, 192000);
    options.result("folds", folds, "Numbers of folds").each_at_least(0);
    options.result("seed", seed, "Of what is drawn");
    options.result("keep-first", keep_first, "A switch").has_opposite();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const fs::path path = put(own_folder() / "config.toml", input);
  answered(input, [&] {
    Options options = Options::of(Config());
    const auto given = cli::read_config_file(path.string(), "aver-tool", options);
    for (const auto& [name, words] : given) {
      // The option says what is wrong with its words, in words.
      const std::string problem = options.find(name)->read(words);
      if (!problem.empty()) throw UsageError("{}", problem);
    }
    options.require_valid();
    const Options again = Options::of(Config());
    const std::string text = options.config_text();
    cli::read_config_file(put(own_folder() / "again.toml", text).string(), "aver-tool", again);
  });
  cli::peek_config_file(path.string(), "corpus");
  return 0;
}
