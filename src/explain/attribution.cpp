#include "explain/attribution.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"

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
  Tensor sum = torch::zeros_like(input.values);
  for (int step = 0; step < steps; ++step) {
    const Tensor on_the_way = (input.values * ((step + .5) / steps)).detach().requires_grad_(true);
    sum += torch::autograd::grad({score(on_the_way).sum()}, {on_the_way}).front();
  }
  const Tensor shares = (input.values * sum / steps).detach();
  const torch::NoGradGuard no_gradients;
  const Tensor should = score(input.values) - score(torch::zeros_like(input.values));
  const Tensor gap = (shares.flatten(1).sum(1) - should).abs() / should.abs().clamp_min(1e-6);
  Attribution result;
  result.method = "integrated gradients";
  result.places = shares.dim() == 4 ? shares.sum(1) : shares;
  result.grid_rows = result.places.size(1);
  result.grid_columns = result.places.size(2);
  result.gap = gap.mean().item<double>();
  return result;
}

Attribution attribution_of(Network& network, const NetworkInput& input, std::int64_t target,
                           const AttributionMethod& how) {
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
