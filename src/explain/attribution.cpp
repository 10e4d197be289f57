#include "explain/attribution.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "explain/looked_at.h"

namespace aver {
namespace {

using torch::Tensor;

constexpr int kRows = 2, kColumns = 3;  // of [N, channels, rows, columns]

/// 0 … 1 for each item.
Tensor scaled(const Tensor& maps) {
  const Tensor above = maps - maps.amin({kRows, kColumns}, /*keepdim=*/true);
  return above / (above.amax({kRows, kColumns}, /*keepdim=*/true) + 1e-7);
}

/// What a channel's places are weighed by.
using Weigh = Tensor (*)(const Tensor& gradient);

Tensor mean_of_channel(const Tensor& gradient) {
  return gradient.mean({kRows, kColumns}, /*keepdim=*/true);
}

Tensor each_place(const Tensor& gradient) {
  return gradient;
}

/// [N, 1, rows, columns] of one network.
Tensor own_map(Network& network, const NetworkInput& input, std::int64_t target, Weigh weigh,
               Attribution& about) {
  Network::Kept kept{network.layer_with_places(), {}};
  network.kept = &kept;
  const Tensor logits = network.forward(input.values, input.lengths);
  network.kept = nullptr;
  if (!kept.output.defined()) {
    throw UsageError("there is no layer of it that {} could look at", about.method);
  }
  about.layer = kept.layer;
  about.grid_rows = kept.output.size(kRows);
  about.grid_columns = kept.output.size(kColumns);
  const Tensor gradient =
      torch::autograd::grad({logits.select(1, target).sum()}, {kept.output}).front();
  const Tensor map =
      torch::relu((weigh(gradient) * kept.output.detach()).sum(1, /*keepdim=*/true)).contiguous();
  const auto& values = input.values;  // [N, channels, rows, columns], or [N, steps, coefficients]
  const std::vector<std::int64_t> size = {values.size(-2), values.size(-1)};
  return scaled(torch::upsample_bilinear2d(scaled(map), size, /*align_corners=*/false));
}

Attribution map_of(Network& network, const NetworkInput& input, std::int64_t target,
                   const char* method, Weigh weigh) {
  const torch::AutoGradMode with_gradients(true);
  Attribution result;
  result.method = method;
  result.unit = kOfTheMost;
  std::vector<Tensor> maps;
  for (const Network::Part& part : network.parts()) {
    NetworkInput shown = input;
    if (part.mirrored) shown.values = shown.values.flip({kColumns});
    const Tensor map = own_map(*part.network, shown, target, weigh, result);
    maps.push_back(part.mirrored ? map.flip({kColumns}) : map);
  }
  result.places = torch::stack(maps).mean(0).squeeze(1);
  return result;
}

constexpr std::int64_t kGrid = 8, kGridOfTime = 16;  // places along a side of what is occluded

struct Stretch {
  std::int64_t begin = 0, size = 0;
};

/// One of `count` places along a side, with half a place at both ends of it.
Stretch place_of(std::int64_t number, std::int64_t count, std::int64_t side) {
  const double size = static_cast<double>(side) / static_cast<double>(count);
  const auto place = static_cast<double>(number);
  const auto begin = static_cast<std::int64_t>(std::floor(std::max(0.0, (place - .5) * size)));
  const auto end = static_cast<std::int64_t>(std::ceil((place + 1.5) * size));
  return {begin, std::min(end, side) - begin};
}

}  // namespace

Attribution grad_cam(Network& network, const NetworkInput& input, std::int64_t target) {
  return map_of(network, input, target, "Grad-CAM", mean_of_channel);
}

Attribution hires_cam(Network& network, const NetworkInput& input, std::int64_t target) {
  return map_of(network, input, target, "HiResCAM", each_place);
}

Attribution integrated_gradients(Network& network, const NetworkInput& input, std::int64_t target,
                                 int steps) {
  const torch::AutoGradMode with_gradients(true);
  const auto score = [&](const Tensor& values) {
    return network.forward(values, input.lengths).select(1, target);
  };
  const Tensor from = torch::full_like(input.values, input.nothing);
  const Tensor way = input.values - from;
  Tensor sum = torch::zeros_like(input.values);
  for (int step = 0; step < steps; ++step) {
    const Tensor on_the_way = (from + way * ((step + .5) / steps)).detach().requires_grad_(true);
    sum += torch::autograd::grad({score(on_the_way).sum()}, {on_the_way}).front();
  }
  const Tensor shares = (way * sum / steps).detach();
  const torch::NoGradGuard no_gradients;
  const Tensor should = score(input.values) - score(from);
  const Tensor gap = (shares.flatten(1).sum(1) - should).abs() / should.abs().clamp_min(1e-6);
  Attribution result;
  result.method = "integrated gradients";
  result.unit = "logit";
  result.places = shares.dim() == 4 ? shares.sum(1) : shares;
  result.grid_rows = result.places.size(1);
  result.grid_columns = result.places.size(2);
  result.gap = gap.mean().item<double>();
  return result;
}

Attribution occlusion(Network& network, const NetworkInput& input, std::int64_t target) {
  const torch::NoGradGuard no_gradients;
  const auto& values = input.values;
  const bool pictures = values.dim() == 4;
  const auto likely = [&](const Tensor& shown) {
    return torch::log_softmax(network.forward(shown, input.lengths), 1).select(1, target);
  };
  // Beyond the longest clip there is nothing to take away.
  const std::int64_t columns = values.size(-1);
  const std::int64_t rows =
      pictures ? values.size(-2)
               : std::min(values.size(-2), input.lengths.max().item<std::int64_t>());
  Attribution result;
  result.method = "occlusion";
  result.unit = "nats";
  result.grid_rows = std::min<std::int64_t>(pictures ? kGrid : kGridOfTime, rows);
  result.grid_columns = std::min<std::int64_t>(kGrid, columns);
  const Tensor nothing = absent(input);
  const Tensor whole = likely(values);
  Tensor drops = torch::zeros({values.size(0), 1, result.grid_rows, result.grid_columns});
  for (std::int64_t r = 0; r < result.grid_rows; ++r) {
    const Stretch high = place_of(r, result.grid_rows, rows);
    for (std::int64_t c = 0; c < result.grid_columns; ++c) {
      const Stretch wide = place_of(c, result.grid_columns, columns);
      const auto part = [&](const Tensor& of) {
        return of.narrow(-2, high.begin, high.size).narrow(-1, wide.begin, wide.size);
      };
      Tensor without = values.clone();
      part(without).copy_(part(nothing));
      drops.select(2, r).select(2, c).select(1, 0) = whole - likely(without);
    }
  }
  result.places =
      torch::upsample_bilinear2d(drops, std::vector<std::int64_t>{rows, columns}, false).squeeze(1);
  result.places = torch::constant_pad_nd(result.places, {0, 0, 0, values.size(-2) - rows});
  return result;
}

Tensor absent(const NetworkInput& input) {
  const Tensor& values = input.values;
  if (values.dim() != 4) return torch::full_like(values, input.nothing);
  return values.mean({kRows, kColumns}, /*keepdim=*/true).expand_as(values);
}

Attribution attribution_of(Network& network, const NetworkInput& input, std::int64_t target,
                           const AttributionMethod& how) {
  if (how.name == "occlusion") return occlusion(network, input, target);
  if (how.name == "hires-cam") return hires_cam(network, input, target);
  const auto parts = network.parts();
  const bool has_places = std::ranges::all_of(
      parts, [](const Network::Part& part) { return !part.network->layer_with_places().empty(); });
  if (how.name == "grad-cam" || (how.name == "auto" && has_places)) {
    return grad_cam(network, input, target);
  }
  return integrated_gradients(network, input, target, how.steps);
}

}  // namespace aver
