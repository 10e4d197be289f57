#include "nn/batch_share.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "nn/cpu/dropout.h"
#include "nn/cpu/relu_norm_pool.h"

using namespace aver;
using torch::Tensor;

namespace {

/// Adds up over threads that stand for processes.
class Meeting {
 public:
  explicit Meeting(int size) : size_(size) {}

  void sum(Tensor& values) {
    std::unique_lock lock(mutex_);
    const int round = round_;
    total_ = arrived_ == 0 ? values.clone() : total_ + values;
    if (++arrived_ == size_) {
      arrived_ = 0;
      result_ = total_;
      ++round_;
      all_.notify_all();
    } else {
      all_.wait(lock, [&] { return round_ != round; });
    }
    values.copy_(result_);
  }

 private:
  int size_;
  int arrived_ = 0;
  int round_ = 0;
  Tensor total_, result_;
  std::mutex mutex_;
  std::condition_variable all_;
};

struct Pass {
  Tensor out, y_gradient, gamma_gradient, beta_gradient, mean, variance;
};

using Layer = decltype(relu_norm_pool);

Pass run(const Tensor& given, const Tensor& weights, bool pooled, const BatchShare* share,
         Layer layer) {
  torch::nn::BatchNorm2d norm(torch::nn::BatchNorm2dOptions(given.size(1)).momentum(0.25));
  {
    torch::NoGradGuard no_grad;
    norm->weight.copy_(torch::linspace(-1, 2, given.size(1)));
    norm->bias.copy_(torch::linspace(1, -1, given.size(1)));
  }
  const Tensor y = given.detach().clone().set_requires_grad(true);
  Pass pass;
  pass.out = layer(y, {norm, pooled, 0.0}, true, share);
  (pass.out * weights).sum().backward();
  pass.y_gradient = y.grad();
  pass.gamma_gradient = norm->weight.grad();
  pass.beta_gradient = norm->bias.grad();
  pass.mean = norm->running_mean;
  pass.variance = norm->running_var;
  return pass;
}

/// Items 0, 1, 2 to one process, none to the next, 3, 4 to the last.
const std::vector<std::int64_t> kBounds = {0, 3, 3, 5};

std::vector<Pass> run_parts(const Tensor& y, const Tensor& weights, bool pooled, Layer layer) {
  const int size = static_cast<int>(kBounds.size()) - 1;
  Meeting meeting(size);
  std::vector<Pass> parts(static_cast<std::size_t>(size));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    threads.emplace_back([&, i] {
      const BatchShare share{kBounds[i], y.size(0), [&](Tensor& values) { meeting.sum(values); }};
      const auto count = kBounds[i + 1] - kBounds[i];
      parts[i] = run(y.narrow(0, kBounds[i], count), weights.narrow(0, kBounds[i], count), pooled,
                     &share, layer);
    });
  }
  for (auto& thread : threads) thread.join();
  return parts;
}

Tensor joined(const std::vector<Pass>& parts, Tensor Pass::*part) {
  std::vector<Tensor> tensors;
  for (const Pass& pass : parts) tensors.push_back(pass.*part);
  return torch::cat(tensors);
}

Tensor added(const std::vector<Pass>& parts, Tensor Pass::*part) {
  Tensor sum = torch::zeros_like(parts.front().*part);
  for (const Pass& pass : parts) sum = sum + pass.*part;
  return sum;
}

double distance(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

// Sums over a few hundred values in another order, in single precision.
constexpr double kRounding = 1e-5;

void expect_parts_equal_the_whole(Layer layer, bool pooled) {
  torch::manual_seed(5);
  const Tensor y = torch::randn({5, 6, 8, 6}) + 0.2;
  const Tensor weights = pooled ? torch::randn({5, 6, 4, 3}) : torch::randn({5, 6, 8, 6});
  const Pass whole = run(y, weights, pooled, nullptr, layer);
  const auto parts = run_parts(y, weights, pooled, layer);
  EXPECT_LT(distance(joined(parts, &Pass::out), whole.out), kRounding);
  EXPECT_LT(distance(joined(parts, &Pass::y_gradient), whole.y_gradient), kRounding);
  EXPECT_LT(distance(added(parts, &Pass::gamma_gradient), whole.gamma_gradient), kRounding);
  EXPECT_LT(distance(added(parts, &Pass::beta_gradient), whole.beta_gradient), kRounding);
  for (const Pass& part : parts) {
    EXPECT_LT(distance(part.mean, whole.mean), kRounding);
    EXPECT_LT(distance(part.variance, whole.variance), kRounding);
  }
}

TEST(BatchShare, NormalisesAsTheWholeBatch) {
  for (const bool pooled : {false, true}) expect_parts_equal_the_whole(relu_norm_pool, pooled);
}

TEST(BatchShare, NormalisesAsTheWholeBatchWithLibTorchsOperators) {
  for (const bool pooled : {false, true}) {
    expect_parts_equal_the_whole(relu_norm_pool_reference, pooled);
  }
}

/// What a layer with dropout makes of the whole batch and of its parts, with equal generators.
void expect_the_same_is_dropped(
    const Tensor& x, const std::function<Tensor(const Tensor&, const BatchShare*)>& layer) {
  torch::manual_seed(9);
  const Tensor whole = layer(x, nullptr);
  EXPECT_TRUE(whole.eq(0).any().item<bool>());
  for (std::size_t i = 0; i + 1 < kBounds.size(); ++i) {
    const BatchShare share{kBounds[i], x.size(0), [](Tensor&) {}};
    const auto count = kBounds[i + 1] - kBounds[i];
    torch::manual_seed(9);
    const Tensor part = layer(x.narrow(0, kBounds[i], count), &share);
    EXPECT_TRUE(part.equal(whole.narrow(0, kBounds[i], count))) << "part " << i;
  }
}

TEST(BatchShare, DropsWhatTheWholeBatchDrops) {
  // An odd number of values per item: one hash serves two.
  expect_the_same_is_dropped(torch::rand({5, 7}) + 1, [](const Tensor& x, const BatchShare* share) {
    return fast_dropout(x, 0.5, true, share);
  });
}

TEST(BatchShare, DropsAfterPoolingWhatTheWholeBatchDrops) {
  expect_the_same_is_dropped(torch::rand({5, 32, 8, 8}) + 1,
                             [](const Tensor& x, const BatchShare* share) {
                               return relu_norm_pool(x, {nullptr, true, 0.5}, true, share);
                             });
}

TEST(BatchShare, DropsPartsOfOneMaskInOtherTypes) {
  const Tensor x = torch::ones({5, 64}, torch::kFloat64);
  const auto drop = [&](std::int64_t begin, std::int64_t count) {
    const BatchShare share{begin, 5, [](Tensor&) {}};
    torch::manual_seed(9);
    return fast_dropout(x.narrow(0, begin, count), 0.5, true, &share);
  };
  EXPECT_TRUE(torch::cat({drop(0, 3), drop(3, 2)}).equal(drop(0, 5)));
  EXPECT_FALSE(drop(0, 1).equal(drop(1, 1)));
}

}  // namespace
