#include "nn/res_gru.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace aver {
namespace {

ResGruOptions small() {
  ResGruOptions options;
  options.classes = 3;
  options.coefficients = 10;
  options.max_frames = 37;
  options.filters = {4, 6};
  options.gru = 5;
  options.attention = 4;
  return options;
}

torch::Tensor padded(const torch::Tensor& clip, std::int64_t frames) {
  return torch::constant_pad_nd(clip, {0, 0, 0, frames - clip.size(1)});
}

/// With statistics of batches behind it, which zeros would otherwise pass unchanged.
std::shared_ptr<Network> trained(const ResGruOptions& options) {
  auto network = make_res_gru(options, 7);
  torch::manual_seed(1);
  network->train();
  for (int i = 0; i < 3; ++i) {
    network->forward(torch::randn({4, options.max_frames, options.coefficients}) + 0.5,
                     torch::tensor({9, 20, 37, 31}, torch::kInt64));
  }
  network->eval();
  return network;
}

TEST(ResGru, AnswersAClipAlikeHoweverFarItIsPaddedAndWhateverGoesWithIt) {
  torch::NoGradGuard no_grad;
  for (const bool pairs : {true, false}) {
    auto options = small();
    options.average_pairs = pairs;
    const auto network = trained(options);
    for (const std::int64_t frames : {1, 2, 7, 16, 21}) {
      const auto clip = torch::randn({1, frames, options.coefficients});
      const auto length = torch::tensor({frames}, torch::kInt64);
      const auto alone = network->forward(clip, length);
      const auto far = network->forward(padded(clip, 37), length);
      const auto others = torch::randn({2, 37, options.coefficients});
      const auto together = network->forward(torch::cat({others, padded(clip, 37)}),
                                             torch::tensor({int64_t{37}, int64_t{5}, frames}));
      EXPECT_TRUE(alone.allclose(far, 1e-4, 1e-5)) << frames << " frames";
      EXPECT_TRUE(alone.allclose(together.narrow(0, 2, 1), 1e-4, 1e-5)) << frames << " frames";
    }
  }
}

TEST(ResGru, LearnsFromPaddedClipsWithFiniteGradientsEverywhere) {
  const auto options = small();
  const auto network = make_res_gru(options, 3);
  network->train();
  const auto logits =
      network->forward(torch::randn({3, 37, 10}), torch::tensor({37, 1, 12}, torch::kInt64));
  torch::cross_entropy_loss(logits, torch::tensor({0, 1, 2}, torch::kInt64)).backward();
  for (const auto& item : network->named_parameters()) {
    if (!item.value().requires_grad()) continue;
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_TRUE(item.value().grad().isfinite().all().item<bool>()) << item.key();
    EXPECT_GT(item.value().grad().abs().sum().item<double>(), 0) << item.key();
  }
}

TEST(ResGru, HalvesItsProductsOnlyInTraining) {
  const auto options = small();
  const auto network = trained(options);
  torch::NoGradGuard no_grad;
  const auto clip = torch::randn({2, 37, 10});
  const auto lengths = torch::tensor({37, 30}, torch::kInt64);
  const auto before = network->forward(clip, lengths);
  network->precision = Precision::bf16;
  EXPECT_TRUE(network->forward(clip, lengths).equal(before));
  EXPECT_EQ(before.scalar_type(), torch::kFloat32);
}

TEST(ResGru, OptionsThatCannotWorkAreRefused) {
  auto options = small();
  options.filters.clear();
  EXPECT_THROW(make_res_gru(options, 1), UsageError);
  options = small();
  options.gru = 0;
  EXPECT_THROW(make_res_gru(options, 1), UsageError);
}

}  // namespace
}  // namespace aver
