#include "train/trainer.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "nn/audio_net.h"
#include "runs/model_file.h"
#include "support.h"
#include "train/runtime.h"
#include "train/tensors.h"

using namespace aver;
using aver::test::TemporaryFolder;
using testing::HasSubstr;

namespace {

const torch::Device kCpu(torch::kCPU);

AudioNetOptions small_options() {
  AudioNetOptions options;
  options.classes = 3;
  options.coefficients = 8;
  options.max_frames = 12;
  options.filters = {4, 4, 6};
  options.lstm = {8, 6};
  options.dense = 8;
  return options;
}

// Clips whose class shows in which coefficients are high.
MfccDataset small_dataset(std::size_t count) {
  Random random(5);
  std::vector<FloatArray> clips;
  std::vector<std::int64_t> labels;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t frames = 8 + random.below(5);
    FloatArray clip{{8, frames}, std::vector<float>(8 * frames)};
    for (std::size_t c = 0; c < 8; ++c) {
      for (std::size_t t = 0; t < frames; ++t) {
        clip.values[c * frames + t] =
            static_cast<float>(0.3 * random.normal() + (c / 3 == i % 3 ? 1.5 : 0.0));
      }
    }
    clips.push_back(std::move(clip));
    labels.push_back(static_cast<std::int64_t>(i % 3));
  }
  ClipFeatures features;
  for (const FloatArray& clip : clips) features.push_back(&clip);
  return MfccDataset(features, labels, {}, 12);
}

TrainParts parts_of(std::size_t train, std::size_t all) {
  TrainParts parts;
  parts.train.resize(train);
  std::iota(parts.train.begin(), parts.train.end(), std::size_t{0});
  parts.validation.resize(all - train);
  std::iota(parts.validation.begin(), parts.validation.end(), train);
  return parts;
}

TrainOptions options_with(double learning_rate) {
  // A patience of one and a large delta make the rule act within a few epochs.
  return {8, learning_rate, 42, PlateauOptions{1, 0.5, 0.3}};
}

Trainer make_trainer(const Dataset& dataset, double learning_rate = 0.01) {
  return Trainer(make_audio_net(small_options(), 1), dataset, parts_of(30, 42),
                 options_with(learning_rate), kCpu);
}

std::string bytes_of(const TemporaryFolder& folder, const Trainer& trainer) {
  write_safetensors(folder / "state", trainer.checkpoint());
  return read_file(folder / "state");
}

TEST(Trainer, LearnsWhatCanBeLearned) {
  const auto dataset = small_dataset(42);
  TrainOptions options = options_with(0.01);
  options.plateau.reset();
  Trainer trainer(make_audio_net(small_options(), 1), dataset, parts_of(30, 42), options, kCpu);
  for (int epoch = 0; epoch < 30; ++epoch) trainer.run_epoch({});
  EXPECT_GT(trainer.history().back().train_accuracy, 0.85);
  EXPECT_LT(trainer.history().back().train_loss, 0.5 * trainer.history().front().train_loss);
}

TEST(Trainer, EqualRunsHaveEqualBytes) {
  const TemporaryFolder folder;
  const auto dataset = small_dataset(42);
  Trainer first = make_trainer(dataset);
  Trainer second = make_trainer(dataset);
  for (int epoch = 0; epoch < 3; ++epoch) {
    first.run_epoch({});
    torch::rand({3});  // what others draw in between must not matter
    second.run_epoch({});
  }
  EXPECT_EQ(bytes_of(folder, first), bytes_of(folder, second));
}

TEST(Trainer, ARestoredRunContinuesAsIfItHadNeverStopped) {
  const TemporaryFolder folder;
  const auto dataset = small_dataset(42);
  Trainer uninterrupted = make_trainer(dataset, 0.05);
  for (int epoch = 0; epoch < 8; ++epoch) uninterrupted.run_epoch({});
  EXPECT_LT(uninterrupted.history().back().learning_rate, 0.05) << "the rule should have acted";

  for (const int stop : {1, 4, 7}) {
    Trainer before = make_trainer(dataset, 0.05);
    for (int epoch = 0; epoch < stop; ++epoch) before.run_epoch({});
    write_safetensors(folder / "checkpoint", before.checkpoint());
    Trainer after = make_trainer(dataset, 0.05);
    after.restore(read_safetensors(folder / "checkpoint"), "checkpoint");
    EXPECT_EQ(after.epochs_done(), stop);
    for (int epoch = stop; epoch < 8; ++epoch) after.run_epoch({});
    EXPECT_EQ(bytes_of(folder, after), bytes_of(folder, uninterrupted)) << "stopped at " << stop;
  }
}

TEST(Trainer, StopsWhenTold) {
  const auto dataset = small_dataset(42);
  Trainer trainer = make_trainer(dataset);
  std::size_t calls = 0;
  const auto record = trainer.run_epoch([&](std::size_t done, std::size_t total, double, double) {
    ++calls;
    EXPECT_EQ(total, 4U);  // 30 items in batches of 8
    return done < 2;
  });
  EXPECT_FALSE(record.has_value());
  EXPECT_EQ(calls, 2U);
  EXPECT_EQ(trainer.epochs_done(), 0);
}

TEST(Trainer, ALossThatIsNoNumberSaysWhatToDo) {
  const auto dataset = small_dataset(42);
  Trainer trainer = make_trainer(dataset, 1e30);
  try {
    for (int epoch = 0; epoch < 3; ++epoch) trainer.run_epoch({});
    FAIL() << "a rate of 1e30 did no harm";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("--learning-rate"));
    EXPECT_THAT(error.what(), HasSubstr("epoch 1"));
  }
}

/// Gives infinite input from some batch on.
class Failing final : public Dataset {
 public:
  Failing(const Dataset& dataset, int good) : dataset_(dataset), good_(good) {}
  std::size_t size() const override { return dataset_.size(); }
  std::int64_t label(std::size_t item) const override { return dataset_.label(item); }
  Batch batch(std::span<const std::size_t> items, const torch::Device& device) const override {
    Batch batch = dataset_.batch(items, device);
    if (good_-- <= 0) batch.inputs.fill_(std::numeric_limits<float>::infinity());
    return batch;
  }

 private:
  const Dataset& dataset_;
  mutable std::atomic<int> good_;
};

TEST(Trainer, ALaterLossThatIsNoNumberKeepsTheCheckpoint) {
  const auto dataset = small_dataset(42);
  // An epoch takes four batches to train and twelve items, one by one, to validate.
  for (const int good : {18, 20}) {
    const Failing failing(dataset, good);
    Trainer trainer = make_trainer(failing);
    ASSERT_TRUE(trainer.run_epoch({}).has_value());
    try {
      trainer.run_epoch({});
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("the checkpoint of epoch 1 is kept"));
      EXPECT_THAT(error.what(), HasSubstr(good == 20 ? "on the validation part" : "of 30 items"));
    }
  }
}

TEST(Trainer, RefusesACheckpointOfAnotherNetwork) {
  const auto dataset = small_dataset(42);
  Trainer trainer = make_trainer(dataset);
  trainer.run_epoch({});
  AudioNetOptions other = small_options();
  other.lstm = {8, 8};
  Trainer larger(make_audio_net(other, 1), dataset, parts_of(30, 42), options_with(0.01), kCpu);
  EXPECT_THAT([&] { larger.restore(trainer.checkpoint(), "checkpoint"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("checkpoint")));
  EXPECT_THAT([&] { larger.restore({}, "checkpoint"); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("checkpoint")));
}

TEST(Predict, DoesNotDependOnWhichItemsGoTogether) {
  const auto dataset = small_dataset(42);
  const auto network = make_audio_net(small_options(), 3);
  std::vector<std::size_t> all(42);
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto together = predict(*network, dataset, all, kCpu);
  for (const std::size_t item : {std::size_t{0}, std::size_t{31}, std::size_t{41}}) {
    const auto alone = predict(*network, dataset, std::vector<std::size_t>{item}, kCpu);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(alone[0][c], together[item][c], 1e-6);
  }
  EXPECT_NEAR(std::accumulate(together[0].begin(), together[0].end(), 0.0), 1.0, 1e-12);
  EXPECT_TRUE(predict(*network, dataset, {}, kCpu).empty());
}

// Keras's update, by hand, for one weight and two steps.
TEST(Adam, StepsAsKeras) {
  torch::nn::Linear layer(torch::nn::LinearOptions(1, 1).bias(false));
  {
    torch::NoGradGuard no_grad;
    layer->weight.fill_(0.5F);
  }
  Adam adam(*layer, 0.1);
  double weight = 0.5, m = 0.0, v = 0.0;
  for (int t = 1; t <= 2; ++t) {
    const double gradient = t == 1 ? 1e-6 : -2e-6;  // small, so that the place of ε shows
    layer->weight.mutable_grad() = torch::full({1, 1}, gradient);
    adam.step();
    m = 0.9 * m + 0.1 * gradient;
    v = 0.999 * v + 0.001 * gradient * gradient;
    const double rate = 0.1 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t));
    weight -= rate * m / (std::sqrt(v) + 1e-7);
    EXPECT_NEAR(layer->weight.item<double>(), weight, 1e-6);
  }
}

TEST(Tensors, SurviveWhateverTheirLayout) {
  const auto plain = torch::arange(24, torch::kFloat32).reshape({1, 2, 3, 4});
  const auto bytes = to_bytes(plain.contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(to_tensor(bytes).equal(plain));
  EXPECT_EQ(bytes.bytes, to_bytes(plain).bytes);
  EXPECT_THROW(to_bytes(torch::zeros({2}, torch::kFloat64)), Error);
  EXPECT_THROW(to_tensor({"F32", {3}, std::vector<std::byte>(8)}), Error);
}

TEST(LoadWeights, NamesWhatDoesNotFit) {
  const auto network = make_audio_net(small_options(), 1);
  const auto complete = weights_of(*network);
  const auto message = [&](const std::map<std::string, TensorBytes>& weights) {
    try {
      load_weights(*network, weights, "model.safetensors");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message(complete), "");
  auto weights = complete;
  weights.erase("output.bias");
  EXPECT_THAT(message(weights), HasSubstr("lacks the tensor \"output.bias\""));
  weights = complete;
  weights["surprise"] = weights["output.bias"];
  EXPECT_THAT(message(weights), HasSubstr("\"surprise\""));
  weights = complete;
  weights["output.bias"] = to_bytes(torch::zeros({5}));
  EXPECT_THAT(message(weights), HasSubstr("model.safetensors"));
}

TEST(Runtime, AnUnknownOrMissingDeviceIsAUsageError) {
  EXPECT_THAT([&] { start_runtime("tpu", 1); },
              testing::ThrowsMessage<UsageError>(testing::HasSubstr("tpu")));
  if (!torch::cuda::is_available()) {
    EXPECT_THROW(start_runtime("cuda", 1), UsageError);
  }
  EXPECT_EQ(start_runtime("cpu", 2).device, "cpu");
  EXPECT_EQ(at::get_num_threads(), 2);
}

TEST(Runtime, KnowsTheBlasByItsFile) {
  const std::string other = "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libc.so.6\n";
  EXPECT_EQ(blas_from_maps(other), "");
  EXPECT_THAT(blas_from_maps(other + "7f02-7f03 r-xp 0 08:01 2 /usr/lib/blas/libblas.so.3.11.0\n"),
              HasSubstr("reference BLAS"));
  EXPECT_THAT(blas_from_maps(other + "7f02-7f03 r-xp 0 08:01 2 /usr/lib/libopenblasp-r0.3.so\n"),
              HasSubstr("OpenBLAS"));
}

TEST(PictureDataset, GivesBgrBetweenZeroAndOne) {
  const std::vector<std::uint8_t> picture = {0, 51, 102, 153, 204, 255, 0, 0, 0, 255, 255, 255};
  const PictureDataset dataset([&](std::size_t) { return std::span(picture); }, {4}, 2);
  const auto batch = dataset.batch(std::vector<std::size_t>{0}, kCpu);
  EXPECT_EQ(batch.inputs.sizes(), (std::vector<std::int64_t>{1, 3, 2, 2}));
  EXPECT_FLOAT_EQ((batch.inputs[0][0][0][1].item<float>()), 153 / 255.0F);  // blue of the second
  EXPECT_FLOAT_EQ((batch.inputs[0][2][0][0].item<float>()), 102 / 255.0F);  // red of the first
  EXPECT_EQ(batch.labels.item<std::int64_t>(), 4);
}

}  // namespace
