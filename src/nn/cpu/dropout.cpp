#include "nn/cpu/dropout.h"

#include <ATen/Parallel.h>

#include <cstdint>
#include <limits>

namespace aver {
namespace {

// SplitMix64 (Steele, Lea & Flood 2014) at a position.
std::uint64_t hash(std::uint64_t seed, std::uint64_t position) {
  std::uint64_t z = seed + (position + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// The part's share of one mask over the whole batch.
torch::Tensor dropout_of_share(const torch::Tensor& x, double rate, const BatchShare& share) {
  auto sizes = x.sizes().vec();
  sizes.front() = share.batch;
  const auto drawn = torch::rand(sizes, x.options().dtype(torch::kFloat32));
  const auto kept = drawn.narrow(0, share.begin, x.size(0)).ge(rate);
  return x * kept.to(x.scalar_type()) / (1.0 - rate);
}

}  // namespace

std::uint64_t draw_seed() {
  return static_cast<std::uint64_t>(
      torch::randint(std::numeric_limits<std::int64_t>::max(), {1}, torch::kInt64)
          .item<std::int64_t>());
}

std::uint64_t item_seed(std::uint64_t seed, std::uint64_t item) {
  return hash(seed, item);
}

torch::Tensor fast_dropout(const torch::Tensor& x, double rate, bool training,
                           const BatchShare* share) {
  if (!training || rate == 0.0) return x;
  if (!x.is_cpu() || x.scalar_type() != torch::kFloat32) {
    return share ? dropout_of_share(x, rate, *share) : torch::dropout(x, rate, training);
  }
  const std::uint64_t seed = draw_seed();
  auto mask = torch::empty_like(x);  // same memory layout: the product below moves nothing
  float* out = mask.data_ptr<float>();
  const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
  const auto scale = static_cast<float>(1.0 / (1.0 - rate));
  const std::int64_t count = mask.numel();
  // Elements are numbered through the whole batch.
  const std::int64_t first = share && count > 0 ? share->begin * (count / x.size(0)) : 0;
  const auto set = [&](std::int64_t element, std::uint64_t bits) {
    if (element < first || element >= first + count) return;
    out[element - first] = static_cast<std::uint32_t>(bits) < threshold ? 0.0F : scale;
  };
  // Two elements per hash: chunks count pairs.
  at::parallel_for(first / 2, (first + count + 1) / 2, 1 << 15,
                   [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t pair = begin; pair < end; ++pair) {
                       const std::uint64_t bits = hash(seed, static_cast<std::uint64_t>(pair));
                       set(2 * pair, bits);
                       set(2 * pair + 1, bits >> 32);
                     }
                   });
  return x * mask;
}

}  // namespace aver
