#include <gmock/gmock.h>

#include <limits>

#include "nn/audio_net.h"
#include "nn/cpu/gru_layer.h"
#include "nn/cpu/lstm_layer.h"
#include "nn/cpu/relu_norm_pool.h"
#include "nn/network.h"

using namespace aver;
using torch::Tensor;

namespace {

torch::nn::BatchNorm2d make_norm(std::int64_t channels) {
  torch::nn::BatchNorm2d norm(torch::nn::BatchNorm2dOptions(channels).momentum(0.25).eps(1e-3));
  torch::NoGradGuard no_grad;
  norm->weight.copy_(torch::rand({channels}) - 0.3);  // of either sign
  norm->bias.copy_(torch::randn({channels}));
  norm->running_mean.copy_(torch::randn({channels}));
  norm->running_var.copy_(torch::rand({channels}) + 0.5);
  return norm;
}

torch::nn::BatchNorm2d copy_of(const torch::nn::BatchNorm2d& norm) {
  return torch::nn::BatchNorm2d(
      std::dynamic_pointer_cast<torch::nn::BatchNorm2dImpl>(norm->clone()));
}

/// What a layer gives for an output gradient that differs from value to value.
struct Pass {
  Tensor out, y_gradient;
  torch::nn::BatchNorm2d norm = nullptr;
};

Pass run(const Tensor& given, const ReluNormPool& layers, bool training, const Tensor& weights,
         decltype(relu_norm_pool) layer) {
  Pass pass;
  ReluNormPool own = layers;
  if (!layers.norm.is_empty()) own.norm = pass.norm = copy_of(layers.norm);
  const Tensor y = given.detach().clone().set_requires_grad(true);
  pass.out = layer(y, own, training, nullptr);
  (pass.out * weights).sum().backward();
  pass.y_gradient = y.grad();
  return pass;
}

/// Largest difference, in units of the largest value.
double distance(const Tensor& a, const Tensor& b) {
  return ((a.to(torch::kFloat32) - b.to(torch::kFloat32)).abs().max() /
          b.to(torch::kFloat32).abs().max())
      .item<double>();
}

struct Case {
  const char* name;
  std::int64_t channels, height, width;
  bool normed, pooled;
};

class FusedLayers : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    torch::manual_seed(11);
    const Case& c = GetParam();
    if (c.normed) layers_.norm = make_norm(c.channels);
    layers_.pooled = c.pooled;
    y_ = torch::randn({5, c.channels, c.height, c.width}) + 0.2;
    const std::int64_t height = c.pooled ? c.height / 2 : c.height;
    const std::int64_t width = c.pooled ? c.width / 2 : c.width;
    weights_ = torch::randn({5, c.channels, height, width});
  }
  ReluNormPool layers_;
  Tensor y_, weights_;
};

// Single precision, sums over a few hundred values: LibTorch adds in another order.
constexpr double kRounding = 1e-5;

TEST_P(FusedLayers, EqualLibTorchsOperatorsAndTheirGradients) {
  for (const bool training : {true, false}) {
    const Pass fast = run(y_, layers_, training, weights_, relu_norm_pool);
    const Pass plain = run(y_, layers_, training, weights_, relu_norm_pool_reference);
    EXPECT_LT(distance(fast.out, plain.out), kRounding);
    EXPECT_LT(distance(fast.y_gradient, plain.y_gradient), kRounding);
    if (!GetParam().normed) continue;
    EXPECT_LT(distance(fast.norm->weight.grad(), plain.norm->weight.grad()), kRounding);
    EXPECT_LT(distance(fast.norm->bias.grad(), plain.norm->bias.grad()), kRounding);
    EXPECT_LT(distance(fast.norm->running_mean, plain.norm->running_mean), kRounding);
    EXPECT_LT(distance(fast.norm->running_var, plain.norm->running_var), kRounding);
    EXPECT_EQ(fast.norm->num_batches_tracked.item<int>(),
              plain.norm->num_batches_tracked.item<int>());
  }
}

TEST_P(FusedLayers, WorkInBfloat16WithinItsRounding) {
  const Tensor rounded = y_.to(torch::kBFloat16);
  const Tensor weights = weights_.to(torch::kBFloat16).to(torch::kFloat32);
  const Pass fast = run(rounded, layers_, true, weights, relu_norm_pool);
  const Pass plain =
      run(rounded.to(torch::kFloat32), layers_, true, weights, relu_norm_pool_reference);
  EXPECT_EQ(fast.out.scalar_type(), torch::kBFloat16);
  EXPECT_LT(distance(fast.out, plain.out), 1.0 / 256);  // one rounding to eight bits
  EXPECT_LT(distance(fast.y_gradient, plain.y_gradient), 1.0 / 256);
}

TEST_P(FusedLayers, GiveTheSameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Pass one = run(y_, layers_, true, weights_, relu_norm_pool);
  at::set_num_threads(3);
  const Pass three = run(y_, layers_, true, weights_, relu_norm_pool);
  at::set_num_threads(before);
  EXPECT_TRUE(one.out.equal(three.out));
  EXPECT_TRUE(one.y_gradient.equal(three.y_gradient));
}

TEST_P(FusedLayers, DoNotHideANumberThatIsNone) {
  y_.index_put_({2, 1}, std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(relu_norm_pool(y_, layers_, true).isnan().any().item<bool>());
  EXPECT_TRUE(relu_norm_pool(y_.to(torch::kBFloat16), layers_, true).isnan().any().item<bool>());
}

TEST(FusedPooling, KeepsANumberThatIsNoneWhereverItStands) {
  const ReluNormPool pool{nullptr, true, 0.0};
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 2; ++column) {
      Tensor y = torch::ones({1, 8, 2, 2});
      y.index_put_({0, 3, row, column}, std::numeric_limits<float>::quiet_NaN());
      const Tensor out = relu_norm_pool(y, pool, true);
      EXPECT_TRUE(out.index({0, 3, 0, 0}).isnan().item<bool>()) << row << ", " << column;
      EXPECT_EQ(out.isnan().sum().item<int>(), 1);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    , FusedLayers,
    testing::Values(Case{"norm", 64, 12, 10, true, false},
                    Case{"norm_pool", 128, 12, 10, true, true},
                    Case{"pool", 32, 13, 9, false, true},
                    Case{"norm_pool_odd_sizes_few_channels", 3, 7, 5, true, true},
                    Case{"norm_more_channels_than_a_block", 70, 4, 3, true, false},
                    Case{"relu_alone", 5, 3, 3, false, false}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(FusedDropout, DropsTheSameValuesForwardsAndBackwards) {
  torch::manual_seed(3);
  const ReluNormPool layers{make_norm(32), true, 0.3};
  const Tensor y = torch::randn({4, 32, 40, 30});
  const Tensor weights = torch::randn({4, 32, 20, 15});
  ReluNormPool kept = layers;
  kept.dropout = 0.0;
  const Pass dropping = run(y, layers, true, weights, relu_norm_pool);
  const Tensor whole = run(y, kept, true, weights, relu_norm_pool_reference).out;
  const Tensor mask = dropping.out.ne(0).to(torch::kFloat32) / 0.7;
  EXPECT_NEAR(dropping.out.ne(0).to(torch::kFloat32).mean().item<double>(), 0.7, 0.02);
  EXPECT_LT(distance(dropping.out, whole * mask), kRounding);
  // The gradient is that of the layers without dropout, for a gradient that the mask has met.
  const Pass masked = run(y, kept, true, weights * mask, relu_norm_pool_reference);
  EXPECT_LT(distance(dropping.y_gradient, masked.y_gradient), kRounding);
  EXPECT_LT(distance(dropping.norm->weight.grad(), masked.norm->weight.grad()), kRounding);
}

TEST(FusedDropout, DrawsAnewForEveryItemAndEveryCall) {
  torch::manual_seed(3);
  const ReluNormPool layers{nullptr, true, 0.5};
  const Tensor ones = torch::ones({2, 64, 8, 8});
  const Tensor first = relu_norm_pool(ones, layers, true);
  EXPECT_FALSE(first.select(0, 0).equal(first.select(0, 1)));
  EXPECT_FALSE(first.equal(relu_norm_pool(ones, layers, true)));
  EXPECT_TRUE(relu_norm_pool(ones, layers, false).equal(torch::ones({2, 64, 4, 4})));
}

struct RecurrentPass {
  Tensor out, x_gradient;
  std::vector<Tensor> weight_gradients;
};

/// `layer` gives its states of x; `trained` are those of its weights that get gradients.
template <typename Layer>
RecurrentPass run_recurrent(const Tensor& given, const Tensor& weights,
                            const std::vector<Tensor>& trained, Layer layer) {
  for (Tensor weight : trained) weight.mutable_grad() = Tensor();
  RecurrentPass pass;
  const Tensor x = given.detach().clone().set_requires_grad(true);
  pass.out = layer(x);
  (pass.out * weights).sum().backward();
  pass.x_gradient = x.grad();
  for (const Tensor& weight : trained) pass.weight_gradients.push_back(weight.grad().clone());
  return pass;
}

void expect_equal_passes(const RecurrentPass& actual, const RecurrentPass& expected) {
  EXPECT_LT(distance(actual.out, expected.out), kRounding);
  EXPECT_LT(distance(actual.x_gradient, expected.x_gradient), kRounding);
  ASSERT_EQ(actual.weight_gradients.size(), expected.weight_gradients.size());
  for (std::size_t i = 0; i < actual.weight_gradients.size(); ++i) {
    EXPECT_LT(distance(actual.weight_gradients[i], expected.weight_gradients[i]), kRounding) << i;
  }
}

template <typename Layer>
RecurrentPass run_lstm(const Tensor& given, torch::nn::LSTM& lstm, const Tensor& weights,
                       Layer layer) {
  std::vector<Tensor> trained;
  for (const auto& [name, weights_of_it] : lstm->named_parameters().pairs()) {
    if (!name.starts_with("bias_hh")) trained.push_back(weights_of_it);  // which is not trained
  }
  return run_recurrent(given, weights, trained, [&](const Tensor& x) { return layer(x, lstm); });
}

Tensor plain_lstm(const Tensor& x, torch::nn::LSTM& lstm) {
  return std::get<0>(lstm(x));
}

TEST(FusedLstm, EqualsLibTorchsLayerAndItsGradients) {
  torch::manual_seed(5);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(18, 23).batch_first(true));
  const Tensor x = torch::randn({4, 9, 18});
  const Tensor weights = torch::randn({4, 9, 23});
  const RecurrentPass fast = run_lstm(x, lstm, weights, lstm_layers);
  const RecurrentPass plain = run_lstm(x, lstm, weights, plain_lstm);
  expect_equal_passes(fast, plain);
}

TEST(FusedLstm, SeveralLayersAreOnTopOfEachOther) {
  torch::manual_seed(6);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(7, 9).num_layers(3).batch_first(true));
  const Tensor x = torch::randn({2, 5, 7});
  const Tensor weights = torch::randn({2, 5, 9});
  expect_equal_passes(run_lstm(x, lstm, weights, lstm_layers),
                      run_lstm(x, lstm, weights, plain_lstm));
}

TEST(FusedLstm, HoldsForOneStepAndForGatesFarFromZero) {
  torch::manual_seed(6);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(4, 16).batch_first(true));
  for (const double scale : {1e-4, 1.0, 200.0, 1e6}) {
    const Tensor x = scale * torch::randn({2, 1, 4});
    torch::NoGradGuard no_grad;
    EXPECT_LT((lstm_layers(x, lstm) - plain_lstm(x, lstm)).abs().max().item<double>(), 1e-6)
        << scale;
  }
  const Tensor broken = torch::full({1, 2, 4}, std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(lstm_layers(broken, lstm).isnan().all().item<bool>());
}

TEST(FusedLstm, TakesBfloat16AndGivesFloats) {
  torch::manual_seed(7);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(64, 16).batch_first(true));
  const Tensor x = torch::randn({3, 6, 64}).to(torch::kBFloat16);
  const Tensor weights = torch::randn({3, 6, 16});
  const RecurrentPass fast = run_lstm(x, lstm, weights, lstm_layers);
  const RecurrentPass plain = run_lstm(x.to(torch::kFloat32), lstm, weights, plain_lstm);
  EXPECT_EQ(fast.out.scalar_type(), torch::kFloat32);
  EXPECT_LT(distance(fast.out, plain.out), 0.02);  // sums of 64 products rounded to eight bits
  EXPECT_LT(distance(fast.x_gradient, plain.x_gradient), 0.03);
  EXPECT_LT(distance(fast.weight_gradients[0], plain.weight_gradients[0]), 0.03);
}

/// What LibTorch's layer gives for clips of several lengths.
Tensor plain_gru(const Tensor& x, torch::nn::GRU& gru, const Tensor& steps) {
  const auto packed = torch::nn::utils::rnn::pack_padded_sequence(x, steps, true, false);
  return std::get<0>(torch::nn::utils::rnn::pad_packed_sequence(
      std::get<0>(gru->forward_with_packed_input(packed)), true, 0.0, x.size(1)));
}

torch::nn::GRU gru_both_ways(std::int64_t inputs, std::int64_t units) {
  return torch::nn::GRU(torch::nn::GRUOptions(inputs, units).batch_first(true).bidirectional(true));
}

template <typename Layer>
RecurrentPass run_gru(const Tensor& given, torch::nn::GRU& gru, const Tensor& steps,
                      const Tensor& weights, Layer layer) {
  return run_recurrent(given, weights, gru->all_weights(),
                       [&](const Tensor& x) { return layer(x, gru, steps); });
}

TEST(FusedGru, EqualsLibTorchsLayerAndItsGradientsForClipsOfAnyLength) {
  torch::manual_seed(8);
  auto gru = gru_both_ways(18, 23);
  const Tensor x = torch::randn({5, 9, 18});
  const Tensor weights = torch::randn({5, 9, 46});
  for (const auto& lengths : {std::vector<std::int64_t>{9, 9, 9, 9, 9},
                              {3, 9, 1, 7, 3},
                              {1, 2, 1, 1, 1},
                              {2, 6, 5, 4, 3}}) {
    const Tensor steps = torch::tensor(lengths, torch::kInt64);
    expect_equal_passes(run_gru(x, gru, steps, weights, gru_layer),
                        run_gru(x, gru, steps, weights, plain_gru));
  }
}

TEST(FusedGru, HoldsForOneStepAndForGatesFarFromZero) {
  torch::manual_seed(9);
  auto gru = gru_both_ways(4, 16);
  torch::NoGradGuard no_grad;
  const Tensor steps = torch::tensor({1, 2}, torch::kInt64);
  for (const double scale : {1e-4, 1.0, 200.0, 1e6}) {
    const Tensor x = scale * torch::randn({2, 2, 4});
    const Tensor fast = gru_layer(x, gru, steps);
    EXPECT_LT((fast - plain_gru(x, gru, steps)).abs().max().item<double>(), 1e-6) << scale;
    EXPECT_TRUE(fast[0][1].eq(0).all().item<bool>()) << "beyond the end";
  }
  const Tensor broken = torch::full({1, 2, 4}, std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(gru_layer(broken, gru, steps.narrow(0, 1, 1)).isnan().all().item<bool>());
}

TEST(FusedGru, TakesBfloat16AndGivesFloats) {
  torch::manual_seed(10);
  auto gru = gru_both_ways(64, 16);
  const Tensor x = torch::randn({3, 6, 64}).to(torch::kBFloat16);
  const Tensor weights = torch::randn({3, 6, 32});
  const Tensor steps = torch::tensor({6, 2, 4}, torch::kInt64);
  const RecurrentPass fast = run_gru(x, gru, steps, weights, gru_layer);
  const RecurrentPass plain = run_gru(x.to(torch::kFloat32), gru, steps, weights, plain_gru);
  EXPECT_EQ(fast.out.scalar_type(), torch::kFloat32);
  EXPECT_LT(distance(fast.out, plain.out), 0.02);
  EXPECT_LT(distance(fast.x_gradient, plain.x_gradient), 0.03);
  EXPECT_LT(distance(fast.weight_gradients[0], plain.weight_gradients[0]), 0.03);
}

TEST(Precision, Bfloat16TouchesTrainingAlone) {
  AudioNetOptions options;
  options.coefficients = 8;
  options.max_frames = 16;
  options.filters = {4, 6, 8};
  options.lstm = {12, 8, 6};
  options.dropout = 0.0;
  const auto network = make_audio_net(options, 5);
  torch::manual_seed(1);
  const Tensor inputs = torch::randn({4, 16, 8});
  const Tensor lengths = torch::full({4}, 16, torch::kInt64);
  torch::NoGradGuard no_grad;
  network->eval();
  const Tensor plain = network->forward(inputs, lengths);
  network->precision = Precision::bf16;
  EXPECT_TRUE(plain.equal(network->forward(inputs, lengths)));
  network->train();
  network->precision = Precision::fp32;
  const Tensor exact = network->forward(inputs, lengths);
  network->precision = Precision::bf16;
  const Tensor rounded = network->forward(inputs, lengths);
  EXPECT_EQ(rounded.scalar_type(), torch::kFloat32);
  EXPECT_FALSE(exact.equal(rounded));
  EXPECT_LT(distance(rounded, exact), 0.1);
}

}  // namespace
