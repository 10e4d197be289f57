#include "train/start.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "features/log_mel.h"
#include "features/speaker_states.h"
#include "nn/architectures.h"
#include "nn/network.h"
#include "runs/model_file.h"
#include "store/half_floats.h"
#include "store/npy.h"
#include "support.h"
#include "train/adam.h"
#include "train/tensors.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::ThrowsMessage;

fs::path golden(const std::string& name) {
  return fs::path(AVER_GOLDEN_DIR) / "speaker-states" / name;
}

/// As the encoder of the golden values is, on its first two layers.
NetworkChoice like_the_encoder() {
  const Safetensors encoder = read_safetensors(golden("encoder.safetensors"));
  const auto& first = encoder.tensors.at("lstm.weight_ih_l0").shape;
  NetworkChoice choice(*find_architecture("audio", "speaker-lstm"));
  auto& options = choice.as<SpeakerLstmOptions>();
  options.units = static_cast<int>(first[0]) / 4;
  options.coefficients = static_cast<int>(first[1]);
  options.classes = 3;
  return choice;
}

StartOptions from(const fs::path& file, double rate = 1) {
  StartOptions options;
  options.file = file;
  options.rate = rate;
  return options;
}

ModelFile of_classes(const std::vector<std::string>& classes) {
  ModelFile model;
  model.classes = classes;
  return model;
}

TEST(Start, AnEncodersNetworkHearsWhatItsFeaturesHear) {
  const FloatArray samples = read_npy(golden("samples.npy"));
  SpeakerStatesOptions of_features;
  of_features.encoder = golden("encoder.safetensors");
  of_features.summary = "none";
  of_features.trim_db = 0;
  const FloatArray states = SpeakerStates(of_features).compute(samples.values);

  const auto choice = like_the_encoder();
  const auto network = choice.make(1);
  const auto taken = start_from(*network, from(golden("encoder.safetensors")), {}).taken;
  EXPECT_EQ(taken.size(), 8U);
  EXPECT_THAT(taken, Each(StartsWith("lstm.")));
  LogMelOptions bands;
  bands.sample_rate_hz = 16000;
  bands.fft_length = 400;
  bands.hop_length = 160;
  bands.mel_bands = choice.as<SpeakerLstmOptions>().coefficients;
  bands.top_db = 0;
  bands.loudness_db = of_features.loudness_db;
  const FloatArray levels = LogMel(bands).compute(samples.values);
  network->eval();
  Network::Kept kept{"lstm", {}};
  network->kept = &kept;
  const auto frames = static_cast<std::int64_t>(levels.columns());
  const auto rows = static_cast<std::int64_t>(levels.rows());
  const auto input = torch::tensor(levels.values).view({rows, frames}).t().unsqueeze(0);
  torch::NoGradGuard no_grad;
  const auto answer = network->forward(input, torch::tensor({frames}));
  const auto heard = kept.output.squeeze(0).t().contiguous();
  ASSERT_EQ(heard.numel(), static_cast<std::int64_t>(states.values.size()));
  EXPECT_LT((heard.flatten() - torch::tensor(states.values)).abs().max().item<float>(), 1e-5F);

  // What is padded has no say.
  const auto padded = torch::constant_pad_nd(input, {0, 0, 0, 7}, 30);
  EXPECT_LT((network->forward(padded, torch::tensor({frames})) - answer).abs().max().item<float>(),
            1e-6F);
}

TEST(Start, OfAnotherNumberOfClassesAllButTheOutputIsTaken) {
  const TemporaryFolder folder;
  NetworkChoice choice(*find_architecture("visual", "resnet-small"));
  choice.as<ResnetSmallOptions>().filters = {4, 4};
  choice.set_classes(7);
  const auto learned = choice.make(5);
  ModelFile model;
  model.kind = "visual";
  model.classes = {"a", "b", "c", "d", "e", "f", "g"};
  model.input = model.network = model.training = nlohmann::json::object();
  model.weights = weights_of(*learned);
  // As aver-export writes it in half the bytes.
  for (auto& [name, tensor] : model.weights) {
    if (tensor.dtype == "F32") tensor = as_f16(tensor);
  }
  write_model(folder / "model.safetensors", model);

  choice.set_classes(4);
  const auto network = choice.make(6);
  const auto drawn = weights_of(*network);
  const auto taken =
      start_from(*network, from(folder / "model.safetensors"), of_classes({"a", "b", "c", "d"}))
          .taken;
  EXPECT_EQ(taken.size() + 2, drawn.size());
  EXPECT_THAT(taken, Not(Contains(StartsWith("output"))));
  const auto then = weights_of(*network);
  for (const auto& [name, tensor] : drawn) {
    const bool is_taken = taken.contains(name);
    EXPECT_EQ(then.at(name).bytes, is_taken ? as_f32(model.weights.at(name)).bytes : tensor.bytes)
        << name;
  }
}

TEST(Start, AtARateOfNothingItsWeightsStayAndElseTheyFollowSlowly) {
  const auto choice = like_the_encoder();
  for (const double rate : {0.0, 0.01, 1.0}) {
    const auto network = choice.make(1);
    const auto start = from(golden("encoder.safetensors"), rate);
    const auto taken = start_from(*network, start, {}).taken;
    const auto before = network->named_parameters()["lstm.weight_hh_l1"].clone();
    Adam optimizer(*network, 0.1);
    optimizer.scale_rate(taken, rate);
    torch::manual_seed(3);
    const auto input = 10 * torch::rand({2, 6, choice.as<SpeakerLstmOptions>().coefficients});
    const auto loss = torch::cross_entropy_loss(network->forward(input, torch::tensor({6, 6})),
                                                torch::tensor({0, 1}));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    const auto moved =
        (network->named_parameters()["lstm.weight_hh_l1"] - before).abs().max().item<double>();
    EXPECT_LE(moved, 0.1 * rate * 1.001) << "Adam's first step is the rate";
    EXPECT_GE(moved, 0.09 * rate);
  }
}

TEST(Start, TheOutputIsThatOfTheSameClassesAlone) {
  const TemporaryFolder folder;
  NetworkChoice choice(*find_architecture("features", "linear"));
  choice.as<SeriesLinearOptions>().coefficients = 5;
  choice.set_classes(2);
  ModelFile model;
  model.kind = "features";
  model.classes = {"happy", "sad"};
  model.input = model.network = model.training = nlohmann::json::object();
  model.weights = weights_of(*choice.make(5));
  write_model(folder / "model.safetensors", model);
  const auto start = from(folder / "model.safetensors");
  const auto same = choice.make(6);
  EXPECT_EQ(start_from(*same, start, of_classes({"happy", "sad"})).taken.size(), 2U);
  const auto other = choice.make(6);
  EXPECT_THAT(test::error_of([&] {
                start_from(*other, start, of_classes({"calm", "angry"}));
              }),
              HasSubstr("holds nothing of this network"));
  const auto frozen = choice.make(6);
  EXPECT_THAT(
      test::error_of([&] {
        start_from(*frozen, from(folder / "model.safetensors", 0), of_classes({"happy", "sad"}));
      }),
      HasSubstr("leaves nothing to train"));
}

TEST(Start, FilesOfOtherProgramsSayWhatFormatTheyAreOf) {
  const TemporaryFolder folder;
  auto encoder = read_safetensors(golden("encoder.safetensors"));
  encoder.metadata["format"] = "pt";
  write_safetensors(folder / "pt.safetensors", encoder);
  const auto network = like_the_encoder().make(1);
  EXPECT_EQ(start_from(*network, from(folder / "pt.safetensors"), {}).taken.size(), 8U);
}

TEST(Start, WhatCannotBeBegunWithIsSaid) {
  const TemporaryFolder folder;
  const auto refusal = [&](const fs::path& file, double rate = 1) {
    const auto network = like_the_encoder().make(1);
    return test::error_of([&] { start_from(*network, from(file, rate), {}); });
  };
  EXPECT_THAT(refusal(folder / "none.safetensors"), HasSubstr("none.safetensors"));
  write_safetensors(folder / "other.safetensors",
                    {{}, {{"a", {"F32", {1}, std::vector<std::byte>(4)}}}});
  EXPECT_THAT(refusal(folder / "other.safetensors"),
              AllOf(HasSubstr("other.safetensors holds nothing of this network"),
                    HasSubstr("lstm.weight_ih_l0")));
  auto broken = read_safetensors(golden("encoder.safetensors"));
  std::fill_n(broken.tensors.at("lstm.weight_ih_l0").bytes.begin(), 4, std::byte{0xff});
  write_safetensors(folder / "broken.safetensors", broken);
  EXPECT_THAT(refusal(folder / "broken.safetensors"),
              AllOf(HasSubstr("broken.safetensors"), HasSubstr("lstm.weight_ih_l0")));
  auto known = from(golden("encoder.safetensors"));
  known.known_by = "encoder.safetensors, 5000-0123456789abcdef";
  const auto network = like_the_encoder().make(1);
  EXPECT_THAT(test::error_of([&] { start_from(*network, known, {}); }),
              HasSubstr("another file than the one that is known by"));
}

}  // namespace
}  // namespace aver
