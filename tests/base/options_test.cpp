#include "base/options.h"

#include <gmock/gmock.h>

#include <array>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/parallel.h"
#include "base/shard.h"
#include "base/toml.h"
#include "support.h"

namespace aver {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum class Colour { red, blue };
constexpr auto choices(Colour) {
  return std::array{Colour::red, Colour::blue};
}
std::string_view name_of(Colour colour) {
  return colour == Colour::red ? "red" : "blue";
}

struct Inner {
  double rate = 0.5;
  void describe(Options& options) {
    options.heading("Inner");
    options.result("inner-rate", rate, "A rate").key("inner_rate").from_to_below(0, 1);
  }
};

/// Every kind of field, each on one line of describe().
struct Everything {
  fs::path input;
  fs::path output;
  int epochs = 50;
  std::uint64_t seed = 42;
  double learning_rate = 1e-3;
  std::string select = "last";
  Colour colour = Colour::red;
  bool normalize = true;
  bool third_norm = true;
  int max_frames = 0;
  std::vector<int> filters = {64, 128};
  std::vector<std::string> names;
  std::vector<fs::path> more;
  std::string device = "auto";
  std::size_t workers = 0;
  std::optional<Shard> shard;
  bool join = false;
  bool resume = false;
  Inner inner;

  void describe(Options& options) {
    options.place("input", input, "What is read").required([this] { return join; });
    options.control("output", output, "Where it goes").required();
    options.result("epochs", epochs, "Epochs").at_least(1).may_change_on_resume();
    options.result("seed", seed, "Seed").differs_between_folds();
    options.result("learning-rate", learning_rate, "Rate").above(0);
    options.result("select", select, "Which").one_of({"last", "best"});
    options.result("colour", colour, "Of what");
    options.result("normalize", normalize, "Whether").has_opposite();
    options.result("third-norm", on_or_off(third_norm), "Third").key("third_norm").may_be_missing();
    options.result("max-frames", number_or(max_frames, "auto"), "How long");
    options.result("filters", filters, "How many").each_at_least(1);
    options.result("names", names, "Which ones");
    options.place("more", more, "Further ones");
    options.speed("device", device, "Which").same_in_group();
    describe_workers(options, workers);
    describe_shards(options, shard, join);
    options.control("resume", resume, "Go on");
    inner.describe(options);
    options.check([this](std::vector<std::string>& problems) {
      if (resume && join) problems.emplace_back("--resume and --join exclude each other");
    });
  }
};

Everything valid() {
  Everything config;
  config.input = "in";
  config.output = "out";
  return config;
}

// What is declared once is everywhere it belongs, under its own name.
TEST(Options, WhatARunIsToldIsAlwaysTextThatItsConfigCanHold) {
  Everything config;
  config.input = "caf\xe9/x";
  config.names = {"a\xe9", "b"};
  const Options options = Options::of(config);
  const ordered_json settings = options.settings();
  EXPECT_EQ(settings["input"], "caf\\xE9/x");
  EXPECT_EQ(settings["names"], (ordered_json{"a\\xE9", "b"}));
  EXPECT_NO_THROW(settings.dump());
  EXPECT_THAT(options.config_text(), HasSubstr(R"(input = "caf\\xE9/x")"));
  EXPECT_EQ(options.differing(settings, Options::of(config).settings(), Purpose::join),
            std::nullopt);
}

TEST(Options, AFieldIsInTheFormsThatItsEffectAsksFor) {
  const Options options = Options::of(valid());
  EXPECT_EQ(options.settings(), ordered_json::parse(R"({
      "input": "in", "epochs": 50, "seed": 42, "learning-rate": 0.001, "select": "last",
      "colour": "red", "normalize": true, "third-norm": "on", "max-frames": "auto",
      "filters": [64, 128], "names": [], "more": [], "device": "auto", "workers": 0,
      "inner-rate": 0.5})"));
  EXPECT_EQ(options.to_json(), json::parse(R"({
      "epochs": 50, "seed": 42, "learning-rate": 0.001, "select": "last", "colour": "red",
      "normalize": true, "third_norm": true, "max-frames": 0, "filters": [64, 128], "names": [],
      "inner_rate": 0.5})"));
}

TEST(Options, TheSettingsKeepTheOrderOfTheirDeclaration) {
  std::vector<std::string> keys;
  const ordered_json settings = Options::of(valid()).settings();
  for (const auto& [key, value] : settings.items()) keys.push_back(key);
  EXPECT_THAT(keys, ElementsAre("input", "epochs", "seed", "learning-rate", "select", "colour",
                                "normalize", "third-norm", "max-frames", "filters", "names", "more",
                                "device", "workers", "inner-rate"));
}

TEST(Options, WhatIsPrintedAsConfigurationIsReadBackTheSame) {
  Everything told = valid();
  told.epochs = 3;
  told.seed = 9'000'000'000'000'000'000U;
  told.learning_rate = 2e-7;
  told.select = "a \"quoted\" word";
  told.colour = Colour::blue;
  told.normalize = false;
  told.third_norm = false;
  told.max_frames = 40;
  told.filters = {1, 2, 3};
  told.names = {"a,b", "c"};
  told.more = {"x", "y z"};
  told.shard = Shard{2, 8};
  told.inner.rate = 0;
  const test::TemporaryFolder folder;
  write_file(folder / "c.toml", Options::of(told).config_text());

  Everything read;
  Options options;
  read.describe(options);
  const ordered_json file = read_toml(folder / "c.toml");
  for (const auto& [key, value] : file.items()) {
    Words words;
    for (const auto& word : value.is_array() ? value : ordered_json::array({value})) {
      words.push_back(word.is_string() ? word.get<std::string>() : word.dump());
    }
    EXPECT_EQ(options.find(key)->read(words), "") << key;
  }
  EXPECT_EQ(options.config_text(), Options::of(told).config_text());
  EXPECT_EQ(read.names, told.names);
  EXPECT_EQ(read.seed, told.seed);
  EXPECT_EQ(read.shard, told.shard);
}

TEST(Options, JsonIsReadBackAndOnlyWhatMayBeMissingMayBe) {
  Everything told = valid();
  told.colour = Colour::blue;
  told.filters = {7};
  told.third_norm = false;
  json object = Options::of(told).to_json();
  Everything read;
  Options options;
  read.describe(options);
  options.from_json(object);
  EXPECT_EQ(Options::of(read).to_json(), object);

  object.erase("third_norm");
  EXPECT_NO_THROW(options.from_json(object));
  const auto error_of = [&](const json& damaged) -> std::string {
    try {
      options.from_json(damaged);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  json damaged = object;
  damaged.erase("epochs");
  EXPECT_THAT(error_of(damaged), HasSubstr("epochs"));
  damaged = object;
  damaged["colour"] = "green";
  EXPECT_THAT(error_of(damaged), HasSubstr("red or blue"));
  damaged = object;
  damaged["filters"] = "many";
  EXPECT_THAT(error_of(damaged), HasSubstr("filters"));
  EXPECT_THAT(error_of("no object"), HasSubstr("epochs"));
}

TEST(Options, AllProblemsAreToldAtOnceWithTheirFlags) {
  Everything config;
  config.epochs = 0;
  config.learning_rate = std::numeric_limits<double>::quiet_NaN();
  config.select = "first";
  config.filters = {1, 0};
  config.inner.rate = 1;
  config.resume = config.join = true;
  EXPECT_THAT(Options::of(config).problems(),
              ElementsAre("--output is required", "--epochs must be at least 1, not 0",
                          "--learning-rate must be above 0, not nan",
                          "--select must be last or best, not 'first'",
                          "--filters must all be at least 1, not 1,0",
                          "--inner-rate must be at least 0 and below 1, not 1",
                          "--resume and --join exclude each other"));
  EXPECT_THAT(Options::of(Everything()).problems(),
              ElementsAre("--input and --output are required"));
  EXPECT_THAT(Options::of(valid()).problems(), IsEmpty());
  EXPECT_THROW(Options::of(config).require_valid(), UsageError);
}

TEST(Options, AWordThatIsNoValueLeavesTheFieldAlone) {
  Everything config;
  Options options;
  config.describe(options);
  const auto read = [&](const std::string& name, const Words& words) {
    return options.find(name)->read(words);
  };
  EXPECT_EQ(read("epochs", {"many"}), "--epochs must be a whole number, not 'many'");
  EXPECT_EQ(read("epochs", {"1", "2"}), "--epochs takes one value, not 2");
  EXPECT_THAT(read("seed", {"-1"}), HasSubstr("a whole number from 0 to 9223372036854775807"));
  EXPECT_THAT(read("seed", {"18446744073709551615"}), HasSubstr("9223372036854775807"));
  EXPECT_EQ(read("colour", {"green"}), "--colour must be red or blue, not 'green'");
  EXPECT_EQ(read("max-frames", {"0"}),
            "--max-frames must be auto or a whole number from 1 to 1000000, not '0'");
  EXPECT_EQ(read("filters", {"8", "x"}),
            "--filters must be whole numbers with commas between, not '8,x'");
  EXPECT_EQ(config.epochs, 50);
  EXPECT_EQ(config.filters, (std::vector<int>{64, 128}));
  EXPECT_THROW(read("shard", {"3/2"}), UsageError);
}

TEST(Options, WhatIsComparedFollowsFromTheEffect) {
  const Options options = Options::of(valid());
  const auto keys = [&](Purpose purpose) {
    const ordered_json compared = options.compared(purpose);
    std::set<std::string> names;
    for (const auto& [key, value] : compared.items()) names.insert(key);
    return names;
  };
  const std::set<std::string> results = {"epochs",     "seed",      "learning-rate", "select",
                                         "colour",     "normalize", "third-norm",    "max-frames",
                                         "inner-rate", "filters",   "names"};
  auto resumed = results, joined = results, grouped = results;
  resumed.erase("epochs");
  joined.erase("seed");
  grouped.insert({"output", "shard", "join", "resume", "device"});
  EXPECT_EQ(keys(Purpose::resume), resumed);
  EXPECT_EQ(keys(Purpose::join), joined);
  EXPECT_EQ(keys(Purpose::group), grouped);
}

TEST(Options, TwoRunsDifferInWhatIsComparedAndInWhatNobodyKnows) {
  const Options options = Options::of(valid());
  Everything other = valid();
  other.input = "elsewhere";
  other.workers = 8;
  other.device = "cuda";
  other.seed = 1;
  EXPECT_EQ(options.differing(options.settings(), Options::of(other).settings(), Purpose::join),
            std::nullopt);
  other.inner.rate = .25;
  EXPECT_EQ(options.differing(options.settings(), Options::of(other).settings(), Purpose::join),
            "inner-rate");
  auto foreign = options.settings();
  foreign["of-a-later-version"] = 1;
  EXPECT_EQ(options.differing(options.settings(), foreign, Purpose::join), "of-a-later-version");
}

TEST(Options, ZeroWorkersBecomeTheCpusThereAre) {
  Everything config;
  Options options;
  config.describe(options);
  options.resolve();
  EXPECT_EQ(config.workers, available_cpus());
}

TEST(Options, WholeNumbersOfJsonAreNotCut) {
  int number = 1;
  std::vector<int> list = {1};
  Options options;
  options.result("n-fft", number, "A number");
  options.result("filters", list, "Numbers");
  const auto reading = [&](const nlohmann::json& object) {
    return [&] { options.from_json(object); };
  };
  for (const auto& [value, sentence] :
       {std::pair{nlohmann::json(4294967297), "n-fft: 4294967297 is no whole number"},
        {nlohmann::json(2.5), "n-fft: 2.5 is no whole number"},
        {nlohmann::json(true), "n-fft: true is no whole number"}}) {
    EXPECT_THAT(reading({{"n-fft", value}, {"filters", {1}}}),
                testing::ThrowsMessage<Error>(testing::HasSubstr(sentence)));
  }
  EXPECT_THAT(reading({{"n-fft", 2}, {"filters", {1, 4294967297}}}),
              testing::ThrowsMessage<Error>(testing::HasSubstr("filters: 4294967297")));
  options.from_json({{"n-fft", 512}, {"filters", {3, 4}}});
  EXPECT_EQ(number, 512);
  EXPECT_EQ(list, (std::vector<int>{3, 4}));
}

TEST(Toml, KeepsTheOrderOfTheFileAndSaysWhereItIsWrong) {
  const test::TemporaryFolder folder;
  write_file(folder / "c.toml",
             std::string_view("zebra = 1\nant = [1.5, \"x\"]\n\n[part]\nb = true\n"));
  EXPECT_EQ(read_toml(folder / "c.toml").dump(),
            R"({"zebra":1,"ant":[1.5,"x"],"part":{"b":true}})");
  const auto error_of = [&](std::string_view text) -> std::string {
    write_file(folder / "c.toml", text);
    try {
      read_toml(folder / "c.toml");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error_of("a = 1\nb =\n"), HasSubstr("c.toml, line 2"));
  EXPECT_THAT(error_of("a = 1\nday = 2026-01-01\n"), HasSubstr("line 2: a date"));
}

}  // namespace
}  // namespace aver
