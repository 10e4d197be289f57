#include <nlohmann/json.hpp>

#include "store/safetensors.h"
#include "train_audio_fixture.h"

// --start-from: training that begins with weights that were learned elsewhere.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StartFrom : public TrainAudio {
 protected:
  StartFrom() { train(config("first", 2)); }

  std::vector<std::string> from_first(const std::string& run,
                                      const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {"--start-from", (folder / "first").string()};
    words.insert(words.end(), more.begin(), more.end());
    return command(run, words);
  }

  nlohmann::json metrics(const std::string& run) const {
    return nlohmann::json::parse(file(run, "metrics.json"));
  }

  nlohmann::json training_of(const std::string& run) const {
    const auto model = read_safetensors(folder / run / "model.safetensors");
    return nlohmann::json::parse(model.metadata.at("training"));
  }
};

TEST_F(StartFrom, IsRecordedAndSaidUnderTheTable) {
  const auto result = run_command(from_first("second", {"--epochs", "1"}));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const std::string note = "Training began with the weights of first/model.safetensors, ";
  EXPECT_THAT(result.out, HasSubstr(note));
  EXPECT_THAT(metrics("second").at("pretrained").get<std::string>(), HasSubstr(note));
  EXPECT_THAT(file("second", "README.md"), HasSubstr(note));
  EXPECT_THAT(file("second", "config.toml"), HasSubstr("start-from-known-by = "));
  const auto recipe = training_of("second").at("recipe");
  EXPECT_TRUE(recipe.contains("start-from-known-by"));
  EXPECT_FALSE(recipe.contains("start-from")) << "where it lies is the user's";
  EXPECT_THAT(file("first", "config.toml"), Not(HasSubstr("start-from")));
  EXPECT_FALSE(metrics("first").contains("pretrained"));
  EXPECT_THAT(file("second", "run.log"), HasSubstr("begin as first/model.safetensors, "));

  // The run's own config repeats it, with that file and no other.
  const auto again = [&] {
    return run_command({"aver-train-audio", "--config", (folder / "second/config.toml").string(),
                        "-o", (folder / "third").string(), "-q"});
  };
  ASSERT_EQ(again().exit_status, 0);
  EXPECT_TRUE(file("third", "model.safetensors") == file("second", "model.safetensors"));
  fs::remove_all(folder / "third");
  train(config("first-2", 1));
  fs::copy_file(folder / "first-2/model.safetensors", folder / "first/model.safetensors",
                fs::copy_options::overwrite_existing);
  const auto other = again();
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.err, HasSubstr("another file than the one that is known by first/model"));
}

TEST_F(StartFrom, WhatBeganBeforeIsNamedToo) {
  ASSERT_EQ(run_command(from_first("second", {"--epochs", "1"})).exit_status, 0);
  const auto third = run_command(
      command("third", {"--start-from", (folder / "second").string(), "--epochs", "1", "--json"}));
  ASSERT_EQ(third.exit_status, 0) << third.err;
  EXPECT_THAT(nlohmann::json::parse(third.out).at("pretrained").get<std::string>(),
              AllOf(HasSubstr("began with the weights of second/model.safetensors"),
                    HasSubstr("had begun with those of first/model.safetensors")));
}

TEST_F(StartFrom, OfFoldsTheLeakCheckAddsUpWhomItHadMet) {
  ASSERT_EQ(run_command({"aver-split", "make", "-i", input.string(), "-o",
                         (folder / "split.csv").string(), "--protocol", "group-2:speaker", "-q"})
                .exit_status,
            0);
  const auto result = run_command(from_first(
      "folds", {"--split", (folder / "split.csv").string(), "--folds", "all", "--epochs", "1"}));
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("LEAK"), HasSubstr("the weights that it began with had met "),
                    HasSubstr("which had met people who are tested")));
  EXPECT_EQ(metrics("folds").at("leaks"), true);
}

TEST_F(StartFrom, WhatItHadMetIsRemembered) {
  const auto first = run_command(command("half", {"--filter", "speaker=01,02", "--epochs", "1"}));
  ASSERT_EQ(first.exit_status, 0) << first.err;
  const auto second =
      run_command(command("other", {"--filter", "speaker=02,03,04", "--epochs", "1", "--start-from",
                                    (folder / "half" / "model.safetensors").string()}));
  ASSERT_EQ(second.exit_status, 0) << second.err;
  EXPECT_THAT(second.out, AllOf(HasSubstr("Leak check: LEAK. "),
                                HasSubstr("the weights that it began with had met ")));
  EXPECT_EQ(metrics("other").at("leaks"), true);
  const auto speakers = training_of("other").at("trained_on").at("speakers");
  EXPECT_EQ(speakers, nlohmann::json({"01", "02", "03", "04"})) << speakers;
}

TEST_F(StartFrom, ARunThatIsContinuedIsTheSameRun) {
  const auto train = [&](const std::string& run, const char* epochs, const char* rate,
                         const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--epochs", epochs, "--started-rate", rate};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(from_first(run, words));
  };
  ASSERT_EQ(train("whole", "2", "0.1").exit_status, 0);
  ASSERT_EQ(train("parts", "1", "0.1").exit_status, 0);
  ASSERT_EQ(train("parts", "2", "0.1", {"--resume"}).exit_status, 0);
  expect_equal_runs("parts", "whole");
  const auto other = train("parts", "3", "0.2", {"--resume"});
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("started-rate"));
}

TEST_F(StartFrom, AnEncodersLayersAreTrainedOn) {
  Safetensors encoder;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
    std::size_t numbers = 1;
    for (const auto size : shape) numbers *= static_cast<std::size_t>(size);
    std::vector<float> values(numbers, 0.125F);
    TensorBytes tensor{"F32", std::move(shape), std::vector<std::byte>(4 * numbers)};
    std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
    encoder.tensors["lstm." + name] = std::move(tensor);
  };
  for (const auto& [layer, inputs] :
       {std::pair{"_l0", kTinyCoefficients}, {"_l1", std::size_t{4}}}) {
    add(std::string("weight_ih") + layer, {16, static_cast<std::int64_t>(inputs)});
    add(std::string("weight_hh") + layer, {16, 4});
    add(std::string("bias_ih") + layer, {16});
    add(std::string("bias_hh") + layer, {16});
  }
  write_safetensors(folder / "encoder.safetensors", encoder);
  make_mfcc_stage(folder / "mel", 4, 2, 10, 22050, 1, {{"features", "log-mel"}, {"deltas", 0}});
  const auto words = [&](const std::string& run, const std::vector<std::string>& more,
                         const std::string& stage = "mel") {
    std::vector<std::string> all = {"aver-train-audio",
                                    "-i",
                                    (folder / stage).string(),
                                    "-o",
                                    (folder / run).string(),
                                    "--architecture",
                                    "speaker-lstm",
                                    "--units",
                                    "4",
                                    "--epochs",
                                    "1",
                                    "--threads",
                                    "1",
                                    "-q",
                                    "--start-from",
                                    (folder / "encoder.safetensors").string()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const auto standardised = run_command(words("refused", {}));
  EXPECT_EQ(standardised.exit_status, 2);
  EXPECT_THAT(standardised.err, HasSubstr("give --no-normalize"));
  const auto of_mfcc = run_command(words("refused", {"--no-normalize"}, "mfcc"));
  EXPECT_EQ(of_mfcc.exit_status, 2);
  EXPECT_THAT(of_mfcc.err, HasSubstr("hears levels of mel bands alone"));
  ASSERT_EQ(run_command(words("frozen", {"--no-normalize", "--started-rate", "0"})).exit_status, 0);
  const auto model = read_safetensors(folder / "frozen" / "model.safetensors");
  for (const auto& [name, tensor] : encoder.tensors) {
    EXPECT_EQ(model.tensors.at("network." + name).bytes, tensor.bytes) << name;
  }
  ASSERT_EQ(run_command(words("tuned", {"--no-normalize"})).exit_status, 0);
  const auto tuned = read_safetensors(folder / "tuned" / "model.safetensors");
  const std::string hidden = "lstm.weight_hh_l1";
  EXPECT_NE(tuned.tensors.at("network." + hidden).bytes, encoder.tensors.at(hidden).bytes);
}

TEST_F(StartFrom, WhatCannotBeIsRefused) {
  const auto nothing = run_command(command("refused", {"--started-rate", "0.5"}));
  EXPECT_EQ(nothing.exit_status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("--started-rate needs --start-from"));
  const auto missing = run_command(command("refused", {"--start-from", "nowhere.safetensors"}));
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.err, HasSubstr("nowhere.safetensors"));
  ASSERT_EQ(run_command(command("half-known", {"--start-from-known-by", "a, 1-00"})).exit_status,
            2);
  fs::create_directories(folder / "folds" / "fold-0");
  const auto folds = run_command(command("refused", {"--start-from", (folder / "folds").string()}));
  EXPECT_EQ(folds.exit_status, 1);
  EXPECT_THAT(folds.err, HasSubstr("folds holds folds"));
  const auto onto = run_command(
      command("first", {"--start-from", (folder / "first").string(), "--force", "--epochs", "1"}));
  EXPECT_EQ(onto.exit_status, 2);
  EXPECT_THAT(onto.err, HasSubstr("--start-from lies in --output"));
  const auto all = run_command(from_first("refused", {"--started-rate", "0", "--epochs", "1"}));
  EXPECT_EQ(all.exit_status, 1);
  EXPECT_THAT(all.err, HasSubstr("leaves nothing to train"));
  ASSERT_EQ(run_command(command("seeds", {"--seeds", "1,2", "--epochs", "1"})).exit_status, 0);
  const auto several =
      run_command(command("refused", {"--start-from", (folder / "seeds").string()}));
  EXPECT_EQ(several.exit_status, 1);
  EXPECT_THAT(several.err, HasSubstr("is the mean of 2 networks"));
  EXPECT_FALSE(fs::exists(folder / "refused" / "model.safetensors"));
}

}  // namespace
}  // namespace aver::test
