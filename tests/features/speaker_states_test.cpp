#include "features/speaker_states.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/options.h"
#include "features/extractors.h"
#include "features/summary.h"
#include "store/npy.h"
#include "store/safetensors.h"
#include "support.h"

namespace {

using namespace aver;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

fs::path golden(const std::string& name) {
  return fs::path(AVER_GOLDEN_DIR) / "speaker-states" / name;
}

SpeakerStatesOptions with_encoder(const fs::path& file = golden("encoder.safetensors")) {
  SpeakerStatesOptions options;
  options.encoder = file;
  options.summary = "none";
  return options;
}

// scripts/make_golden_speaker.py: PyTorch's LSTM over librosa's mel power.
TEST(SpeakerStates, AreThoseOfPyTorchOnEveryLayer) {
  const FloatArray samples = read_npy(golden("samples.npy"));
  for (const int layer : {1, 2, 3}) {
    auto options = with_encoder();
    options.layer = layer;
    const FloatArray states = SpeakerStates(options).compute(samples.values);
    const FloatArray expected = read_npy(golden(fmt::format("layer-{}.npy", layer)));
    ASSERT_EQ(states.shape, expected.shape) << layer;
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      ASSERT_NEAR(states.values[i], expected.values[i], 1e-5) << "layer " << layer << ", " << i;
    }
  }
}

TEST(SpeakerStates, ASummaryIsThatOfTheStates) {
  const FloatArray samples = read_npy(golden("samples.npy"));
  auto options = with_encoder();
  const FloatArray states = SpeakerStates(options).compute(samples.values);
  for (const char* summary : {"mean-deviation", "course"}) {
    options.summary = summary;
    EXPECT_EQ(SpeakerStates(options).compute(samples.values).values,
              summary_of(states, said_by(summary)).values);
  }
}

TEST(SpeakerStates, AnEncoderThatIsMissingAnotherOneOrNoneIsSaid) {
  const TemporaryFolder folder;
  EXPECT_THAT([] { SpeakerStates states(SpeakerStatesOptions{}); },
              ThrowsMessage<UsageError>(HasSubstr("--encoder is needed")));
  EXPECT_THAT([&] { SpeakerStates(with_encoder(folder / "none")); },
              ThrowsMessage<Error>(HasSubstr("none")));
  auto known = with_encoder();
  known.known_by = "other.safetensors, 5000-0123456789abcdef";
  EXPECT_THAT([&] { SpeakerStates{known}; },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr("another speaker encoder"), HasSubstr("other.safetensors"))));
  auto deep = with_encoder();
  deep.layer = 4;
  EXPECT_THAT([&] { SpeakerStates{deep}; },
              ThrowsMessage<Error>(HasSubstr("lstm.weight_ih_l3: an encoder of speakers with 4")));
}

TEST(SpeakerStates, AnEncoderWhoseLayersDoNotFitIsRefusedByName) {
  const TemporaryFolder folder;
  const auto refused = [&](const std::function<void(Safetensors&)>& change,
                           const std::string& says) {
    Safetensors file = read_safetensors(golden("encoder.safetensors"));
    change(file);
    write_safetensors(folder / "e.safetensors", file);
    EXPECT_THAT([&] { SpeakerStates(with_encoder(folder / "e.safetensors")); },
                ThrowsMessage<Error>(HasSubstr(says)));
  };
  refused([](Safetensors& file) { file.tensors.erase("lstm.bias_hh_l1"); }, "no lstm.bias_hh_l1");
  refused([](Safetensors& file) { file.tensors.at("lstm.weight_hh_l0").dtype = "I32"; },
          "lstm.weight_hh_l0 is I32");
  refused(
      [](Safetensors& file) {
        file.tensors.at("lstm.weight_ih_l1") = file.tensors.at("lstm.weight_ih_l0");
      },
      "layer 2 takes 12 values, and the one below it gives 8");
  refused(
      [](Safetensors& file) {
        auto& bytes = file.tensors.at("lstm.bias_ih_l0").bytes;
        const float infinite = std::numeric_limits<float>::infinity();
        std::memcpy(bytes.data(), &infinite, sizeof(infinite));
      },
      "lstm.bias_ih_l0");
}

TEST(SpeakerStates, RecordWhatTheEncoderIsKnownByAndNotWhereItIs) {
  FeatureChoice choice("speaker-states");
  Options options;
  choice.describe(options);
  EXPECT_EQ(options.find("encoder")->read({golden("encoder.safetensors").string()}), "");
  const nlohmann::json recorded = options.to_json();
  EXPECT_THAT(recorded.dump(), AllOf(HasSubstr("encoder.safetensors, "),
                                     testing::Not(HasSubstr("speaker-states/encoder"))));
  EXPECT_THAT(pretrained_note(recorded),
              testing::StartsWith("Pre-trained on speakers: encoder.safetensors, "));
  FeatureChoice again = FeatureChoice::recorded(recorded);
  ASSERT_TRUE(again.needs_encoder());
  EXPECT_THAT([&] { again.make(16000); },
              ThrowsMessage<UsageError>(HasSubstr("encoder.safetensors, ")));
  again.take_encoder(golden("encoder.safetensors"));
  const auto samples = read_npy(golden("samples.npy")).values;
  EXPECT_EQ(again.make(16000)->compute(samples).values,
            choice.make(16000)->compute(samples).values);
}

// The two forms in which PyTorch saves a checkpoint, old and new, and one that would call
// something.
TEST(ExportEncoder, ReadsCheckpointsAndNothingButTheirArrays) {
  const TemporaryFolder folder;
  const std::string script = AVER_SOURCE_DIR "/scripts/export-encoder.py";
  // numpy is the distribution's: its interpreter first.
  const std::string python = fs::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
  if (!test::has_program("python3") ||
      test::run_command({python, "-c", "import numpy"}).exit_status != 0) {
    GTEST_SKIP() << "needs python3 with numpy (scripts/setup.sh --tests)";
  }
  const auto export_of = [&](const fs::path& checkpoint) {
    return test::run_command(
        {python, script, checkpoint.string(), (folder / "out.safetensors").string()});
  };
  for (const char* checkpoint : {"checkpoint.pt", "checkpoint-old.pt"}) {
    const auto result = export_of(golden(checkpoint));
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_EQ(read_file(folder / "out.safetensors"), read_file(golden("encoder.safetensors")));
  }
  // posix.system("touch …") as pickle would call it.
  write_file(folder / "evil.pt",
             fmt::format("cposix\nsystem\n(S'touch {}'\ntR.", (folder / "evil").string()));
  const auto refused = export_of(folder / "evil.pt");
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("it wants posix.system, which no weights need"));
  EXPECT_FALSE(fs::exists(folder / "evil"));
}

}  // namespace
