#include "nn/joint_net.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "nn/architectures.h"

namespace aver {
namespace {

using torch::Tensor;

SeriesJointOptions two_series() {
  SeriesJointOptions options;
  options.classes = 3;
  options.coefficients = 7;
  options.series = {4, 3};
  options.max_frames = 12;
  options.units = 6;
  options.gru = 5;
  options.attention = 4;
  return options;
}

Tensor lengths(std::vector<std::int64_t> steps) {
  return torch::tensor(steps, torch::kInt64);
}

TEST(JointNet, AnswersAClipAlikeHoweverFarItIsPaddedAndWhateverGoesWithIt) {
  torch::NoGradGuard no_grad;
  const auto network = make_joint_net(two_series(), 3);
  network->eval();
  for (const std::int64_t steps : {1, 5, 11}) {
    const auto clip = torch::randn({1, steps, 7});
    const auto padded = torch::constant_pad_nd(clip, {0, 0, 0, 12 - steps}, 9.0);
    const auto alone = network->forward(clip, lengths({steps}));
    const auto together =
        network->forward(torch::cat({torch::randn({1, 12, 7}), padded}), lengths({12, steps}));
    EXPECT_TRUE(alone.allclose(together.narrow(0, 1, 1), 1e-4, 1e-5)) << steps << " steps";
  }
}

TEST(JointNet, EveryStepOfEverySeriesHasASay) {
  const auto network = make_joint_net(two_series(), 3);
  network->eval();
  auto clip = torch::randn({1, 12, 7}).set_requires_grad(true);
  network->forward(clip, lengths({12})).sum().backward();
  EXPECT_GT(clip.grad().abs().min().item<double>(), 0);
  for (const auto& item : network->named_parameters()) {
    if (!item.value().requires_grad()) continue;
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_TRUE(item.value().grad().isfinite().all().item<bool>()) << item.key();
  }
}

TEST(JointNet, OneSeriesOfAClipIsAwayAsOftenAsItIsTold) {
  torch::NoGradGuard no_grad;
  auto options = two_series();
  options.dropout = options.input_dropout = 0;
  options.modality_dropout = 0.4;
  const auto network = make_joint_net(options, 3);
  const auto clip = torch::randn({1, 12, 7});
  const auto answer = [&](bool face, bool voice) {
    auto shown = clip.clone();
    if (!face) shown.narrow(2, 0, 4).zero_();
    if (!voice) shown.narrow(2, 4, 3).zero_();
    network->eval();
    return network->forward(shown, lengths({12}));
  };
  const Tensor both = answer(true, true), voice = answer(false, true), face = answer(true, false);
  constexpr std::int64_t kItems = 2000;
  network->train();
  torch::manual_seed(5);
  const auto answers = network->forward(clip.expand({kItems, 12, 7}).contiguous(),
                                        lengths(std::vector<std::int64_t>(kItems, 12)));
  const auto share = [&](const Tensor& like) {
    return (answers - like).abs().amax(1).lt(1e-5).sum().item<double>() / kItems;
  };
  EXPECT_NEAR(share(both), 0.6, 0.05);
  EXPECT_NEAR(share(face), 0.2, 0.04);
  EXPECT_NEAR(share(voice), 0.2, 0.04);
  EXPECT_NEAR(share(both) + share(face) + share(voice), 1, 1e-9);
}

TEST(JointNet, APartOfABatchLosesTheSeriesThatTheWholeBatchLoses) {
  torch::NoGradGuard no_grad;
  auto options = two_series();
  options.modality_dropout = 0.5;
  const auto network = make_joint_net(options, 3);
  network->train();
  const auto batch = torch::randn({6, 12, 7});
  torch::manual_seed(5);
  const auto whole = network->forward(batch, lengths({12, 12, 12, 12, 12, 12}));
  BatchShare share{2, 6, [](Tensor& steps) { steps.fill_(12); }};
  network->share = &share;
  torch::manual_seed(5);
  const auto part = network->forward(batch.narrow(0, 2, 3), lengths({12, 12, 12}));
  EXPECT_TRUE(part.allclose(whole.narrow(0, 2, 3), 1e-4, 1e-5));
}

TEST(JointNet, ThreeSeriesAreCountedRight) {
  NetworkChoice choice(*find_architecture("features", "joint"));
  auto& options = choice.as<SeriesJointOptions>();
  options = two_series();
  options.coefficients = 9;
  options.series = {4, 3, 2};
  const auto network = choice.make(1);
  std::int64_t numbers = 0;
  for (const auto& weights : network->parameters()) numbers += weights.numel();
  EXPECT_EQ(choice.weights(), static_cast<std::size_t>(numbers));
}

TEST(JointNet, SeriesThatDoNotAddUpAreRefused) {
  auto options = two_series();
  options.series = {4, 4};
  EXPECT_THROW(make_joint_net(options, 1), UsageError);
  options.series = {7, 0};
  EXPECT_THROW(make_joint_net(options, 1), UsageError);
}

}  // namespace
}  // namespace aver
