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
  const std::string note = "Training began with the weights of model.safetensors, ";
  EXPECT_THAT(result.out, HasSubstr(note));
  EXPECT_THAT(metrics("second").at("pretrained").get<std::string>(), HasSubstr(note));
  EXPECT_THAT(file("second", "README.md"), HasSubstr(note));
  EXPECT_THAT(file("second", "config.toml"), HasSubstr("start-from-known-by = "));
  const auto recipe = training_of("second").at("recipe");
  EXPECT_TRUE(recipe.contains("start-from-known-by"));
  EXPECT_FALSE(recipe.contains("start-from")) << "where it lies is the user's";
  EXPECT_THAT(file("first", "config.toml"), Not(HasSubstr("start-from")));
  EXPECT_FALSE(metrics("first").contains("pretrained"));
}

TEST_F(StartFrom, WhatItHadMetIsRemembered) {
  const auto first = run_command(command("half", {"--filter", "speaker=01,02", "--epochs", "1"}));
  ASSERT_EQ(first.exit_status, 0) << first.err;
  const auto second =
      run_command(command("other", {"--filter", "speaker=02,03,04", "--epochs", "1", "--start-from",
                                    (folder / "half" / "model.safetensors").string()}));
  ASSERT_EQ(second.exit_status, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("of the test part, "));
  EXPECT_THAT(second.out, HasSubstr("trained it"));
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
  const auto words = [&](const std::string& run, const std::vector<std::string>& more) {
    std::vector<std::string> all = {"aver-train-audio",
                                    "-i",
                                    input.string(),
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
