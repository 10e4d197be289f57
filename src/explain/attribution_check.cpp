#include "explain/attribution_check.h"

#include <ATen/CPUGeneratorImpl.h>

namespace aver {
namespace {

using torch::Tensor;

constexpr int kSteps = 10;
constexpr int kRandomMaps = 10;

torch::Generator generator_of(std::uint64_t seed) {
  return at::detail::createCPUGenerator(seed);
}

}  // namespace

Deletion::Deletion(Network& network, NetworkInput input, std::int64_t target)
    : network_(network),
      input_(std::move(input)),
      target_(target),
      nothing_(absent(input_)),
      ends_(probability(input_.values) + probability(nothing_.contiguous())) {}

double Deletion::probability(const Tensor& values) const {
  const torch::NoGradGuard no_gradients;
  const Tensor answer = torch::softmax(network_.forward(values, input_.lengths), 1);
  return answer.select(1, target_).mean().item<double>();
}

double Deletion::area(const Tensor& places) const {
  const Tensor order = places.flatten(1).argsort(/*dim=*/1, /*descending=*/true);
  const auto cells = order.size(1);
  Tensor rank = order.argsort(/*dim=*/1, /*descending=*/false).view_as(places);
  if (input_.values.dim() == 4) rank = rank.unsqueeze(1);
  // What stands beyond a clip's end is never taken away.
  const std::int64_t beyond = input_.values.size(-2) - places.size(1);
  rank = torch::constant_pad_nd(rank, {0, 0, 0, beyond}, cells);
  double sum = ends_ / 2;
  for (int step = 1; step < kSteps; ++step) {
    const Tensor gone = rank < static_cast<double>(cells) * step / kSteps;
    sum += probability(torch::where(gone, nothing_, input_.values).contiguous());
  }
  return sum / kSteps;
}

double Deletion::random_area(const Attribution& attribution, std::uint64_t seed) const {
  auto generator = generator_of(seed);
  const Tensor& places = attribution.places;
  double sum = 0;
  for (int i = 0; i < kRandomMaps; ++i) {
    const Tensor grid = torch::rand(
        {places.size(0), 1, attribution.grid_rows, attribution.grid_columns}, generator);
    const Tensor drawn = torch::upsample_bilinear2d(
        grid, std::vector<std::int64_t>{places.size(1), places.size(2)}, /*align_corners=*/false);
    sum += area(drawn.squeeze(1));
  }
  return sum / kRandomMaps;
}

double correlation(const Attribution& one, const Attribution& other) {
  const auto centred = [](const Attribution& attribution) {
    const Tensor values = attribution.places.flatten().to(torch::kFloat64);
    return values - values.mean();
  };
  const Tensor a = centred(one), b = centred(other);
  const double scale = (a.norm() * b.norm()).item<double>();
  return scale > 0 ? a.dot(b).item<double>() / scale : 0;
}

void shuffle_weights(Network& network, std::uint64_t seed) {
  const torch::NoGradGuard no_gradients;
  auto generator = generator_of(seed);
  const auto shuffle = [&](Tensor tensor) {
    if (!tensor.is_floating_point() || tensor.numel() < 2) return;
    const Tensor order = torch::randperm(tensor.numel(), generator);
    tensor.copy_(tensor.flatten().index_select(0, order).view_as(tensor));
  };
  for (auto& weights : network.parameters()) shuffle(weights);
  for (auto& statistics : network.buffers()) shuffle(statistics);
}

}  // namespace aver
