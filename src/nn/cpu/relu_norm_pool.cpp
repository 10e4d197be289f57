#include "nn/cpu/relu_norm_pool.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <vector>

#include "nn/cpu/block_kernels.h"
#include "nn/cpu/dropout.h"

namespace aver {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Bits of a bfloat16, or floats.
template <typename T>
T* data_of(const Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

BlockShape shape_of(const Tensor& y, bool pooled) {
  return {y.size(2), y.size(3), y.size(1), pooled};
}

/// Calls `body(item, value)` for every item, with a zero of the type that `y` is stored in.
template <typename Body>
void for_each_item(const Tensor& y, Body body) {
  at::parallel_for(0, y.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t item = begin; item < end; ++item) {
      if (y.scalar_type() == torch::kBFloat16) {
        body(item, std::uint16_t{});
      } else {
        body(item, float{});
      }
    }
  });
}

/// Two sums per channel over all items. Items are added up in their order, whatever the threads.
struct ChannelSums {
  std::vector<double> first, second;

  template <typename AddItem>
  ChannelSums(const Tensor& y, AddItem add_item) : first(y.size(1)), second(y.size(1)) {
    const std::size_t channels = first.size();
    std::vector<double> parts(2 * channels * static_cast<std::size_t>(y.size(0)));
    for_each_item(y, [&](std::int64_t item, auto type) {
      double* part = parts.data() + 2 * channels * static_cast<std::size_t>(item);
      add_item(item, type, part, part + channels);
    });
    for (std::size_t at = 0; at < parts.size(); at += 2 * channels) {
      for (std::size_t c = 0; c < channels; ++c) {
        first[c] += parts[at + c];
        second[c] += parts[at + channels + c];
      }
    }
  }
};

/// Sums and count over the whole batch, where processes share it.
void add_up(const BatchShare* share, ChannelSums& sums, double& count) {
  if (share == nullptr) return;
  const auto channels = static_cast<std::int64_t>(sums.first.size());
  Tensor all = torch::empty({2 * channels + 1}, torch::kFloat64);
  double* values = all.data_ptr<double>();
  std::copy(sums.first.begin(), sums.first.end(), values);
  std::copy(sums.second.begin(), sums.second.end(), values + channels);
  values[2 * channels] = count;
  share->sum(all);
  std::copy_n(values, channels, sums.first.begin());
  std::copy_n(values + channels, channels, sums.second.begin());
  count = values[2 * channels];
}

/// A share that the backward pass still finds.
struct SavedShare : torch::CustomClassHolder {
  explicit SavedShare(const BatchShare& given) : share(given) {}
  BatchShare share;
};

const BatchShare* saved_share(AutogradContext* context) {
  const auto found = context->saved_data.find("share");
  if (found == context->saved_data.end()) return nullptr;
  return &static_cast<SavedShare*>(found->second.toCapsule().get())->share;
}

/// n = scale · r + shift, and what the gradient needs of the batch.
struct Affine {
  std::vector<float> scale, shift;
  std::vector<double> mean, inverse_deviation;

  explicit Affine(std::size_t channels)
      : scale(channels, 1.0F),
        shift(channels, 0.0F),
        mean(channels),
        inverse_deviation(channels, 1.0) {}
};

void use_statistics(Affine& affine, std::size_t channel, double mean, double variance, double eps,
                    double gamma, double beta) {
  const double inverse = 1.0 / std::sqrt(variance + eps);
  affine.mean[channel] = mean;
  affine.inverse_deviation[channel] = inverse;
  affine.scale[channel] = static_cast<float>(gamma * inverse);
  affine.shift[channel] = static_cast<float>(beta - gamma * inverse * mean);
}

Affine affine_of_batch(const Tensor& y, torch::nn::BatchNorm2dImpl& norm, const BatchShare* share) {
  const BlockShape shape = shape_of(y, false);
  const std::int64_t step = shape.pixels() * shape.channels;
  ChannelSums sums(y, [&](std::int64_t item, auto type, double* sum, double* squares) {
    add_relu_sums(shape, data_of<decltype(type)>(y) + item * step, sum, squares);
  });
  const auto channels = static_cast<std::size_t>(shape.channels);
  double count = static_cast<double>(y.size(0) * shape.pixels());
  add_up(share, sums, count);
  const double renewed = norm.options.momentum().value();
  float* running_mean = norm.running_mean.data_ptr<float>();
  float* running_variance = norm.running_var.data_ptr<float>();
  Affine affine(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = sums.first[c] / count;
    // Not std::max, which would hide a NaN.
    const double spread = sums.second[c] / count - mean * mean;
    const double variance = spread < 0.0 ? 0.0 : spread;
    use_statistics(affine, c, mean, variance, norm.options.eps(), norm.weight.data_ptr<float>()[c],
                   norm.bias.data_ptr<float>()[c]);
    const double unbiased = variance * count / std::max(count - 1.0, 1.0);
    running_mean[c] = static_cast<float>((1.0 - renewed) * running_mean[c] + renewed * mean);
    running_variance[c] =
        static_cast<float>((1.0 - renewed) * running_variance[c] + renewed * unbiased);
  }
  norm.num_batches_tracked += 1;
  return affine;
}

Affine affine_of_running(const torch::nn::BatchNorm2dImpl& norm) {
  const auto channels = static_cast<std::size_t>(norm.options.num_features());
  Affine affine(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    use_statistics(affine, c, norm.running_mean.data_ptr<float>()[c],
                   norm.running_var.data_ptr<float>()[c], norm.options.eps(),
                   norm.weight.data_ptr<float>()[c], norm.bias.data_ptr<float>()[c]);
  }
  return affine;
}

struct Forward {
  Tensor out;
  Tensor code;  ///< uint8, per output value; with pooling only
  float keep_scale = 1.0F;
};

Forward forward_of(const Tensor& y, const Affine& affine, bool pooled, double dropout,
                   const BatchShare* share) {
  const BlockShape shape = shape_of(y, pooled);
  const std::int64_t height = pooled ? shape.height / 2 : shape.height;
  const std::int64_t width = pooled ? shape.width / 2 : shape.width;
  const auto options = y.options().memory_format(torch::MemoryFormat::ChannelsLast);
  Forward result;
  result.out = torch::empty({y.size(0), shape.channels, height, width}, options);
  result.code = torch::empty({pooled ? result.out.numel() : 0}, torch::kUInt8);
  BlockDropout settings;
  if (dropout > 0.0) {
    settings = {draw_seed(), static_cast<std::uint32_t>(dropout * 4294967296.0),
                static_cast<float>(1.0 / (1.0 - dropout))};
    result.keep_scale = settings.scale;
  }
  const std::int64_t in_step = shape.pixels() * shape.channels;
  const std::int64_t out_step = shape.out_pixels() * shape.channels;
  auto* code = result.code.data_ptr<std::uint8_t>();
  const std::int64_t first = share ? share->begin : 0;
  for_each_item(y, [&](std::int64_t item, auto type) {
    using T = decltype(type);
    BlockDropout own = settings;
    own.seed = item_seed(settings.seed, static_cast<std::uint64_t>(first + item));
    block_forward(shape, data_of<T>(y) + item * in_step, affine.scale.data(), affine.shift.data(),
                  own, data_of<T>(result.out) + item * out_step,
                  pooled ? code + item * out_step : nullptr);
  });
  return result;
}

/// The norm's weights come as tensors, so that autograd sees them; `layers` says the rest.
class ReluNormPoolFunction : public torch::autograd::Function<ReluNormPoolFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& given, const Tensor& gamma,
                        const Tensor& beta, const ReluNormPool& layers, bool training,
                        const BatchShare* share) {
    const Tensor y = given.contiguous(torch::MemoryFormat::ChannelsLast);
    const bool normed = !layers.norm.is_empty();
    const Affine affine = !normed    ? Affine(static_cast<std::size_t>(y.size(1)))
                          : training ? affine_of_batch(y, *layers.norm.ptr(), share)
                                     : affine_of_running(*layers.norm);
    const Forward result =
        forward_of(y, affine, layers.pooled, training ? layers.dropout : 0.0, share);
    context->save_for_backward({y, result.code, gamma, beta});
    if (share) {
      context->saved_data["share"] =
          c10::IValue::make_capsule(c10::make_intrusive<SavedShare>(*share));
    }
    context->saved_data["pooled"] = layers.pooled;
    context->saved_data["batch_norm"] = normed && training;
    context->saved_data["normed"] = normed;
    context->saved_data["keep_scale"] = static_cast<double>(result.keep_scale);
    context->saved_data["scale"] = std::vector<double>(affine.scale.begin(), affine.scale.end());
    context->saved_data["mean"] = affine.mean;
    context->saved_data["inverse_deviation"] = affine.inverse_deviation;
    return result.out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& y = saved[0];
    const auto* code = saved[1].data_ptr<std::uint8_t>();
    const Tensor gradient =
        gradients[0].to(y.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast);
    const BlockShape shape = shape_of(y, context->saved_data["pooled"].toBool());
    const auto keep_scale = static_cast<float>(context->saved_data["keep_scale"].toDouble());
    const std::int64_t in_step = shape.pixels() * shape.channels;
    const std::int64_t out_step = shape.out_pixels() * shape.channels;
    const auto code_of = [&](std::int64_t item) {
      return shape.pooled ? code + item * out_step : nullptr;
    };

    const auto channels = static_cast<std::size_t>(shape.channels);
    std::vector<float> a(channels, 1.0F), b(channels, 0.0F), c(channels, 0.0F);
    Tensor gamma_gradient, beta_gradient;
    if (context->saved_data["normed"].toBool()) {
      ChannelSums sums(y, [&](std::int64_t item, auto type, double* sum, double* product) {
        using T = decltype(type);
        add_gradient_sums(shape, data_of<T>(y) + item * in_step,
                          data_of<T>(gradient) + item * out_step, code_of(item), keep_scale, sum,
                          product);
      });
      const auto scale = context->saved_data["scale"].toDoubleVector();
      const auto mean = context->saved_data["mean"].toDoubleVector();
      const auto inverse = context->saved_data["inverse_deviation"].toDoubleVector();
      double count = static_cast<double>(y.size(0) * shape.pixels());
      const bool of_batch = context->saved_data["batch_norm"].toBool();
      gamma_gradient = torch::empty({shape.channels});
      beta_gradient = torch::empty({shape.channels});
      const auto along = [&](std::size_t i) {  // Σ g·x̂, with x̂ = (r - mean) · inverse
        return inverse[i] * (sums.second[i] - mean[i] * sums.first[i]);
      };
      for (std::size_t i = 0; i < channels; ++i) {
        gamma_gradient.data_ptr<float>()[i] = static_cast<float>(along(i));
        beta_gradient.data_ptr<float>()[i] = static_cast<float>(sums.first[i]);
      }
      if (of_batch) add_up(saved_share(context), sums, count);
      for (std::size_t i = 0; i < channels; ++i) {
        // The gradient at r = scale · (g - mean(g) - x̂ · mean(g·x̂)).
        a[i] = static_cast<float>(scale[i]);
        if (!of_batch) continue;
        const double slope = -scale[i] * inverse[i] * along(i) / count;
        c[i] = static_cast<float>(slope);
        b[i] = static_cast<float>(-scale[i] * sums.first[i] / count - slope * mean[i]);
      }
    }
    const Tensor y_gradient = torch::empty_like(y);
    for_each_item(y, [&](std::int64_t item, auto type) {
      using T = decltype(type);
      block_backward(shape, data_of<T>(y) + item * in_step, data_of<T>(gradient) + item * out_step,
                     code_of(item), keep_scale, a.data(), b.data(), c.data(),
                     data_of<T>(y_gradient) + item * in_step);
    });
    return {y_gradient, gamma_gradient, beta_gradient, Tensor(), Tensor(), Tensor()};
  }
};

/// A sum over the processes. Every one of them goes into every one's loss, and so does the
/// gradient.
class SumOverProcesses : public torch::autograd::Function<SumOverProcesses> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& own, const BatchShare& share) {
    context->saved_data["share"] =
        c10::IValue::make_capsule(c10::make_intrusive<SavedShare>(share));
    Tensor sum = own.clone();
    share.sum(sum);
    return sum;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    Tensor sum = gradients[0].clone();
    saved_share(context)->sum(sum);
    return {sum, Tensor()};
  }
};

/// torch::batch_norm in training, over a batch that processes share.
Tensor shared_batch_norm(const Tensor& given, torch::nn::BatchNorm2dImpl& norm,
                         const BatchShare& share) {
  const Tensor x = given.to(torch::kFloat32);
  const double count = static_cast<double>(share.batch * x.size(2) * x.size(3));
  const auto mean_of = [&](const Tensor& values) {
    return SumOverProcesses::apply(values.sum({0, 2, 3}), share).div(count).view({1, -1, 1, 1});
  };
  const Tensor mean = mean_of(x);
  const Tensor centred = x - mean;
  const Tensor variance = mean_of(centred.square());
  {
    torch::NoGradGuard no_grad;
    const double renewed = norm.options.momentum().value();
    norm.running_mean.mul_(1.0 - renewed).add_(mean.flatten(), renewed);
    norm.running_var.mul_(1.0 - renewed)
        .add_(variance.flatten(), renewed * count / std::max(count - 1.0, 1.0));
  }
  const Tensor normed = centred / (variance + norm.options.eps()).sqrt();
  return (normed * norm.weight.view({1, -1, 1, 1}) + norm.bias.view({1, -1, 1, 1}))
      .to(given.scalar_type());
}

}  // namespace

torch::Tensor relu_norm_pool(const torch::Tensor& y, const ReluNormPool& layers, bool training,
                             const BatchShare* share) {
  const bool known = y.scalar_type() == torch::kFloat32 || y.scalar_type() == torch::kBFloat16;
  const bool fused = known && (layers.pooled || layers.dropout == 0.0);
  if (!y.is_cpu() || !fused) return relu_norm_pool_reference(y, layers, training, share);
  const bool normed = !layers.norm.is_empty();
  const Tensor none = torch::empty({0});  // autograd takes no undefined tensor
  return ReluNormPoolFunction::apply(y, normed ? layers.norm->weight : none,
                                     normed ? layers.norm->bias : none, layers, training, share);
}

torch::Tensor relu_norm_pool_reference(const torch::Tensor& y, const ReluNormPool& layers,
                                       bool training, const BatchShare* share) {
  Tensor x = torch::relu(y);
  if (!layers.norm.is_empty()) {
    auto& norm = *layers.norm.ptr();
    if (training) norm.num_batches_tracked += 1;
    x = training && share
            ? shared_batch_norm(x, norm, *share)
            : torch::batch_norm(x, norm.weight, norm.bias, norm.running_mean, norm.running_var,
                                training, norm.options.momentum().value(), norm.options.eps(),
                                at::globalContext().userEnabledCuDNN());
  }
  if (layers.pooled) x = torch::max_pool2d(x, 2);
  return fast_dropout(x, layers.dropout, training, share);
}

}  // namespace aver
