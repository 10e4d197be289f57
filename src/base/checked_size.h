#pragma once

#include <cstddef>
#include <optional>
#include <ranges>

namespace aver {

/// The product of lengths that a file gives; nothing where one is negative or the product does not
/// fit.
template <std::ranges::range Lengths>
std::optional<std::size_t> checked_product(const Lengths& lengths, std::size_t product = 1) {
  bool fits = true;
  for (const auto length : lengths) {
    fits = fits && length >= 0 && !__builtin_mul_overflow(product, length, &product);
  }
  return fits ? std::optional(product) : std::nullopt;
}

}  // namespace aver
