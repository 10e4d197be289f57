#include <gmock/gmock.h>

#include <map>

#include "base/error.h"
#include "nn/audio_net.h"
#include "nn/cpu/dropout.h"
#include "nn/network.h"
#include "nn/visual_net.h"

using namespace aver;
using testing::ElementsAre;

namespace {

using Shape = std::vector<std::int64_t>;

std::map<std::string, Layer> layers_by_name(Network& network) {
  std::map<std::string, Layer> layers;
  for (const Layer& layer : describe(network)) layers[layer.name] = layer;
  return layers;
}

std::int64_t total(Network& network) {
  std::int64_t sum = 0;
  for (const Layer& layer : describe(network)) sum += layer.parameters;
  return sum;
}

torch::Tensor lengths(std::int64_t count, std::int64_t length) {
  return torch::full({count}, length, torch::kInt64);
}

AudioNetOptions small_audio() {
  AudioNetOptions options;
  options.classes = 3;
  options.coefficients = 8;
  options.max_frames = 16;
  options.filters = {4, 6, 8};
  options.lstm = {12, 8, 6};
  options.dense = 10;
  return options;
}

VisualNetOptions small_visual() {
  VisualNetOptions options;
  options.classes = 3;
  options.picture_size = 32;
  options.filters = {6, 8};
  options.dense = {16};
  return options;
}

// Keras: convolution k·k·in·out + out, dense in·out + out.
TEST(VisualNet, HasKerasShapesAndParameterCounts) {
  const auto network = make_visual_net({}, 1);
  const auto layers = layers_by_name(*network);
  EXPECT_EQ(layers.at("conv1").shape, (Shape{62, 62, 32}));
  EXPECT_EQ(layers.at("pool1").shape, (Shape{31, 31, 32}));
  EXPECT_EQ(layers.at("pool2").shape, (Shape{14, 14, 64}));
  EXPECT_EQ(layers.at("pool3").shape, (Shape{6, 6, 128}));
  EXPECT_EQ(layers.at("pool4").shape, (Shape{2, 2, 256}));
  EXPECT_EQ(layers.at("flatten").shape, (Shape{1024}));
  EXPECT_EQ(layers.at("output").shape, (Shape{8}));
  EXPECT_EQ(layers.at("conv1").parameters, 3 * 3 * 3 * 32 + 32);
  EXPECT_EQ(layers.at("conv2").parameters, 3 * 3 * 32 * 64 + 64);
  EXPECT_EQ(layers.at("conv3").parameters, 3 * 3 * 64 * 128 + 128);
  EXPECT_EQ(layers.at("conv4").parameters, 3 * 3 * 128 * 256 + 256);
  EXPECT_EQ(layers.at("dense1").parameters, 1024 * 256 + 256);
  EXPECT_EQ(layers.at("dense2").parameters, 256 * 128 + 128);
  EXPECT_EQ(layers.at("output").parameters, 128 * 8 + 8);
  EXPECT_EQ(total(*network), 684'744);
}

// Keras: batch normalisation 4·C, LSTM 4·((in + units)·units + units).
TEST(AudioNet, HasKerasShapesAndParameterCounts) {
  const auto network = make_audio_net({}, 1);
  const auto layers = layers_by_name(*network);
  EXPECT_EQ(layers.at("conv1").shape, (Shape{228, 40, 64}));
  EXPECT_EQ(layers.at("pool1").shape, (Shape{114, 20, 128}));
  EXPECT_EQ(layers.at("pool2").shape, (Shape{57, 10, 256}));
  EXPECT_EQ(layers.at("reshape").shape, (Shape{57, 2560}));
  EXPECT_EQ(layers.at("lstm1").shape, (Shape{57, 256}));
  EXPECT_EQ(layers.at("lstm2").shape, (Shape{57, 128}));
  EXPECT_EQ(layers.at("lstm3").shape, (Shape{64}));
  EXPECT_EQ(layers.at("conv1").parameters, 3 * 3 * 64 + 64);
  EXPECT_EQ(layers.at("norm1").parameters, 4 * 64);
  EXPECT_EQ(layers.at("norm3").parameters, 4 * 256);
  EXPECT_EQ(layers.at("lstm1").parameters, 4 * ((2560 + 256) * 256 + 256));
  EXPECT_EQ(layers.at("lstm2").parameters, 4 * ((256 + 128) * 128 + 128));
  EXPECT_EQ(layers.at("lstm3").parameters, 4 * ((128 + 64) * 64 + 64));
  EXPECT_EQ(layers.at("output").parameters, 64 * 8 + 8);
}

TEST(AudioNet, ThirdNormalisationCanBeLeftOut) {
  AudioNetOptions options = small_audio();
  const auto with = make_audio_net(options, 1);
  options.third_norm = false;
  const auto without = make_audio_net(options, 1);
  EXPECT_EQ(total(*with) - total(*without), 4 * 8);
  EXPECT_FALSE(layers_by_name(*without).contains("norm3"));
}

TEST(AudioNet, ValidPaddingWorksToo) {
  AudioNetOptions options = small_audio();
  options.padding = Padding::valid;
  options.coefficients = 13;
  const auto network = make_audio_net(options, 1);
  EXPECT_EQ(layers_by_name(*network).at("reshape").shape,
            (Shape{((16 - 4) / 2 - 2) / 2, ((13 - 4) / 2 - 2) / 2 * 8}));
}

// Glorot uniform: bound √(6 / (fan_in + fan_out)), variance bound²/3.
void expect_glorot(const torch::Tensor& weight, double fan_in, double fan_out) {
  const double bound = std::sqrt(6.0 / (fan_in + fan_out));
  EXPECT_LE(weight.abs().max().item<double>(), bound);
  EXPECT_GT(weight.abs().max().item<double>(), 0.97 * bound);
  EXPECT_NEAR(weight.var().item<double>(), bound * bound / 3.0, 0.06 * bound * bound / 3.0);
  EXPECT_NEAR(weight.mean().item<double>(), 0.0, 0.03 * bound);
}

TEST(Initialisation, DrawsAsKeras) {
  const auto visual = make_visual_net({}, 3);
  const auto weights = visual->named_parameters();
  expect_glorot(weights["conv2.weight"], 9 * 32, 9 * 64);
  expect_glorot(weights["dense1.weight"], 1024, 256);
  EXPECT_EQ(weights["conv2.bias"].abs().max().item<float>(), 0.0F);
  EXPECT_EQ(weights["dense1.bias"].abs().max().item<float>(), 0.0F);
}

TEST(Initialisation, StartsLstmsAsKeras) {
  torch::NoGradGuard no_grad;
  const auto audio = make_audio_net({}, 3);
  const auto weights = audio->named_parameters();
  expect_glorot(weights["lstm2.weight_ih_l0"], 256, 4 * 128);
  // One orthogonal [units, 4·units] matrix, transposed: its columns are orthonormal.
  const auto recurrent = weights["lstm2.weight_hh_l0"];
  const auto product = recurrent.t().matmul(recurrent);
  EXPECT_LT((product - torch::eye(128)).abs().max().item<float>(), 1e-4F);
  const auto bias = weights["lstm2.bias_ih_l0"];
  EXPECT_TRUE(bias.narrow(0, 128, 128).eq(1.0).all().item<bool>());
  EXPECT_EQ(bias.sum().item<float>(), 128.0F);
  EXPECT_EQ(weights["lstm2.bias_hh_l0"].abs().max().item<float>(), 0.0F);
  EXPECT_FALSE(weights["lstm2.bias_hh_l0"].requires_grad());
}

TEST(Initialisation, FollowsTheSeedAlone) {
  const auto first = make_audio_net(small_audio(), 7);
  torch::rand({5});
  const auto second = make_audio_net(small_audio(), 7);
  const auto other = make_audio_net(small_audio(), 8);
  const auto weights = [](Network& network) {
    return network.named_parameters()["lstm1.weight_ih_l0"];
  };
  EXPECT_TRUE(weights(*first).equal(weights(*second)));
  EXPECT_FALSE(weights(*first).equal(weights(*other)));
}

TEST(AudioNet, BatchNormalisationHasKerasMomentumAndEpsilon) {
  const auto network = make_audio_net(small_audio(), 1);
  network->train();
  const auto before = network->named_buffers()["norm1.running_mean"].clone();
  network->forward(torch::randn({4, 16, 8}), lengths(4, 16));
  const auto moved = network->named_buffers()["norm1.running_mean"] - before;
  for (const auto& module : network->modules(false)) {
    if (const auto* norm = module->as<torch::nn::BatchNorm2d>()) {
      EXPECT_DOUBLE_EQ(norm->options.eps(), 1e-3);
      EXPECT_NEAR(*norm->options.momentum(), 0.01, 1e-12);
    }
  }
  EXPECT_GT(moved.abs().max().item<float>(), 0.0F);
}

TEST(AudioNet, MaskedPaddingDoesNotReadStepsAfterTheClip) {
  AudioNetOptions options = small_audio();
  options.mask_padding = true;
  const auto network = make_audio_net(options, 5);
  network->eval();
  torch::NoGradGuard no_grad;
  auto inputs = torch::randn({1, 16, 8});
  inputs.narrow(1, 8, 8).zero_();
  auto noisy = inputs.clone();
  noisy.narrow(1, 14, 2).fill_(5.0);  // far enough behind the clip for the kernels not to reach it
  const auto clip = network->forward(inputs, lengths(1, 8));
  EXPECT_TRUE(clip.allclose(network->forward(noisy, lengths(1, 8))));
  EXPECT_FALSE(clip.allclose(network->forward(noisy, lengths(1, 16))));
}

TEST(AudioNet, WithoutMaskThePaddingIsRead) {
  const auto network = make_audio_net(small_audio(), 5);
  network->eval();
  torch::NoGradGuard no_grad;
  const auto inputs = torch::randn({1, 16, 8});
  EXPECT_TRUE(
      network->forward(inputs, lengths(1, 4)).equal(network->forward(inputs, lengths(1, 16))));
}

TEST(AudioNet, DropoutKeepsTheMeanAndFollowsTheSeed) {
  AudioNetOptions options = small_audio();
  const auto network = make_audio_net(options, 5);
  const auto inputs = torch::randn({4, 16, 8});
  torch::NoGradGuard no_grad;
  network->train();
  const auto pass = [&](std::uint64_t seed) {
    torch::manual_seed(seed);
    return network->forward(inputs, lengths(4, 16));
  };
  const auto first = pass(1);
  EXPECT_TRUE(first.equal(pass(1)));
  EXPECT_FALSE(first.equal(pass(2)));
  network->eval();
  EXPECT_TRUE(pass(1).equal(pass(2)));
}

TEST(Dropout, DropsTheRateScalesTheRestAndIgnoresTheThreads) {
  const auto ones = torch::ones({64, 100, 33});
  torch::manual_seed(9);
  at::set_num_threads(1);
  const auto dropped = fast_dropout(ones, 0.3, true);
  const double kept = dropped.ne(0).to(torch::kFloat64).mean().item<double>();
  EXPECT_NEAR(kept, 0.7, 0.005);  // five standard deviations of 211,200 draws
  EXPECT_FLOAT_EQ(dropped.max().item<float>(), 1.0F / 0.7F);
  EXPECT_NEAR(dropped.mean().item<double>(), 1.0, 0.0075);
  torch::manual_seed(9);
  at::set_num_threads(3);
  EXPECT_TRUE(dropped.equal(fast_dropout(ones, 0.3, true)));
  EXPECT_FALSE(dropped.equal(fast_dropout(ones, 0.3, true))) << "each call draws anew";
  EXPECT_TRUE(ones.equal(fast_dropout(ones, 0.3, false)));
}

// A network that cannot learn four items by heart has a wiring fault.
void expect_to_overfit(Network& network, const torch::Tensor& inputs) {
  torch::manual_seed(1);
  const auto labels = torch::tensor({0, 1, 2, 1}, torch::kInt64);
  torch::optim::Adam optimizer(network.parameters(), torch::optim::AdamOptions(5e-3));
  network.train();
  for (int step = 0; step < 120; ++step) {
    optimizer.zero_grad();
    torch::cross_entropy_loss(network.forward(inputs, lengths(4, 16)), labels).backward();
    optimizer.step();
  }
  // Batch statistics are still on their way: judge on the statistics of the batch itself.
  torch::NoGradGuard no_grad;
  EXPECT_TRUE(network.forward(inputs, lengths(4, 16)).argmax(1).equal(labels));
}

TEST(VisualNet, OverfitsOneBatch) {
  VisualNetOptions options = small_visual();
  options.dropout = 0.0;
  torch::manual_seed(2);
  expect_to_overfit(*make_visual_net(options, 2), torch::rand({4, 3, 32, 32}));
}

TEST(AudioNet, OverfitsOneBatch) {
  AudioNetOptions options = small_audio();
  options.dropout = 0.0;
  torch::manual_seed(2);
  expect_to_overfit(*make_audio_net(options, 2), torch::randn({4, 16, 8}));
}

}  // namespace
