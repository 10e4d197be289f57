#include "nn/cpu/block_kernels.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/vector_clones.h"

namespace aver {
namespace {

/// Channels that are worked on together: their sums stay in registers.
constexpr std::int64_t kBlock = 64;

AVER_INLINE float load(float value) {
  return value;
}
AVER_INLINE float load(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}
AVER_INLINE std::uint32_t bits(float value) {
  return std::bit_cast<std::uint32_t>(value);
}
AVER_INLINE std::uint32_t bits(std::uint16_t value) {
  return static_cast<std::uint32_t>(value) << 16;
}
AVER_INLINE std::uint32_t mask(bool set) {
  return set ? ~0U : 0U;
}
AVER_INLINE void store(float value, float& to) {
  to = value;
}
AVER_INLINE void store(float value, std::uint16_t& to) {
  const std::uint32_t all = bits(value);
  const std::uint32_t rounded = (all + 0x7fffU + ((all >> 16) & 1U)) >> 16;  // to nearest, even
  to = static_cast<std::uint16_t>(value != value ? 0x7fc0U : rounded);
}

/// Not std::max(y, 0): a NaN must stay one, or a diverged run would look healthy.
AVER_INLINE float relu(float y) {
  return y < 0.0F ? 0.0F : y;
}

/// A 32-bit mixer after the pattern xor-shift, multiply, with the constants of Wellons's
/// "lowbias32" (2018): as good as a dropout mask needs, and eight or sixteen at a time.
AVER_INLINE std::uint32_t mixed(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  x ^= x >> 16;
  return x;
}

/// Per channel: sums over one row in single precision, over rows in double.
using RowSums = std::array<float, kBlock>;

AVER_INLINE void add_row(const RowSums& one, const RowSums& other, std::int64_t count,
                         double* to_one, double* to_other) {
  AVER_INDEPENDENT
  for (std::int64_t i = 0; i < count; ++i) {
    to_one[i] += static_cast<double>(one[i]);
    to_other[i] += static_cast<double>(other[i]);
  }
}

template <typename T>
AVER_INLINE void add_relu_sums_of(const BlockShape& shape, const T* y, double* sum,
                                  double* squares) {
  for (std::int64_t first = 0; first < shape.channels; first += kBlock) {
    const std::int64_t count = std::min(kBlock, shape.channels - first);
    for (std::int64_t row = 0; row < shape.height; ++row) {
      RowSums s{}, q{};
      const T* from = y + row * shape.width * shape.channels + first;
      for (std::int64_t x = 0; x < shape.width; ++x, from += shape.channels) {
        AVER_INDEPENDENT
        for (std::int64_t i = 0; i < count; ++i) {
          const float r = relu(load(from[i]));
          s[i] += r;
          q[i] += r * r;
        }
      }
      add_row(s, q, count, sum + first, squares + first);
    }
  }
}

template <typename T>
AVER_INLINE void pooled_forward_of(const BlockShape& shape, const T* y, const float* scale,
                                   const float* shift, const BlockDropout& dropout, T* out,
                                   std::uint8_t* code) {
  const std::int64_t channels = shape.channels;
  const std::int64_t columns = shape.width / 2;
  const std::int64_t row_step = shape.width * channels;
  const auto low = static_cast<std::uint32_t>(dropout.seed);
  const auto high = static_cast<std::uint32_t>(dropout.seed >> 32);
  const std::uint32_t threshold = dropout.threshold;
  const float keep_scale = dropout.scale;
  for (std::int64_t row = 0; row < shape.height / 2; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      const T* __restrict top = y + 2 * row * row_step + 2 * column * channels;
      const T* __restrict bottom = top + row_step;
      const std::int64_t at = (row * columns + column) * channels;
      T* __restrict to = out + at;
      std::uint8_t* __restrict won = code + at;
      const auto position = static_cast<std::uint32_t>(at);
      AVER_INDEPENDENT
      for (std::int64_t i = 0; i < channels; ++i) {
        const float v0 = relu(load(top[i])) * scale[i] + shift[i];
        const float v1 = relu(load(top[channels + i])) * scale[i] + shift[i];
        const float v2 = relu(load(bottom[i])) * scale[i] + shift[i];
        const float v3 = relu(load(bottom[channels + i])) * scale[i] + shift[i];
        float best = v0;
        std::uint32_t winner = 0;
        // "not less or equal" lets a NaN win, and the second half lets it stay.
        const bool take1 = !(v1 <= best) && best == best;
        winner = take1 ? 1U : winner;
        best = take1 ? v1 : best;
        const bool take2 = !(v2 <= best) && best == best;
        winner = take2 ? 2U : winner;
        best = take2 ? v2 : best;
        const bool take3 = !(v3 <= best) && best == best;
        winner = take3 ? 3U : winner;
        best = take3 ? v3 : best;
        const std::uint32_t draw =
            mixed(mixed(position + static_cast<std::uint32_t>(i) + low) ^ high);
        const bool dropped = draw < threshold;
        store(dropped ? 0.0F : best * keep_scale, to[i]);
        won[i] = static_cast<std::uint8_t>(dropped ? 4U : winner);
      }
    }
  }
}

template <typename T>
AVER_INLINE void plain_forward_of(const BlockShape& shape, const T* __restrict y,
                                  const float* scale, const float* shift, T* __restrict out) {
  for (std::int64_t pixel = 0; pixel < shape.pixels(); ++pixel) {
    const std::int64_t at = pixel * shape.channels;
    AVER_INDEPENDENT
    for (std::int64_t i = 0; i < shape.channels; ++i) {
      store(relu(load(y[at + i])) * scale[i] + shift[i], out[at + i]);
    }
  }
}

template <typename T>
AVER_INLINE void block_forward_of(const BlockShape& shape, const T* y, const float* scale,
                                  const float* shift, const BlockDropout& dropout, T* out,
                                  std::uint8_t* code) {
  if (shape.pooled) {
    pooled_forward_of(shape, y, scale, shift, dropout, out, code);
  } else {
    plain_forward_of(shape, y, scale, shift, out);
  }
}

template <typename T>
AVER_INLINE void pooled_sums_of(const BlockShape& shape, const T* y, const T* gradient,
                                const std::uint8_t* code, float keep_scale, double* sum,
                                double* product) {
  const std::int64_t channels = shape.channels;
  const std::int64_t columns = shape.width / 2;
  const std::int64_t row_step = shape.width * channels;
  for (std::int64_t first = 0; first < channels; first += kBlock) {
    const std::int64_t count = std::min(kBlock, channels - first);
    for (std::int64_t row = 0; row < shape.height / 2; ++row) {
      RowSums s{}, p{};
      for (std::int64_t column = 0; column < columns; ++column) {
        const T* top = y + 2 * row * row_step + 2 * column * channels + first;
        const T* bottom = top + row_step;
        const std::int64_t at = (row * columns + column) * channels + first;
        AVER_INDEPENDENT
        for (std::int64_t i = 0; i < count; ++i) {
          const std::uint32_t won = code[at + i];
          // Masks, not a choice: a choice would load only the winner and could not vectorise.
          const auto r = std::bit_cast<float>(
              (bits(top[i]) & mask(won == 0)) | (bits(top[channels + i]) & mask(won == 1)) |
              (bits(bottom[i]) & mask(won == 2)) | (bits(bottom[channels + i]) & mask(won == 3)));
          const auto g = std::bit_cast<float>(bits(gradient[at + i]) & mask(won != 4)) * keep_scale;
          s[i] += g;
          p[i] += g * relu(r);
        }
      }
      add_row(s, p, count, sum + first, product + first);
    }
  }
}

template <typename T>
AVER_INLINE void plain_sums_of(const BlockShape& shape, const T* y, const T* gradient, double* sum,
                               double* product) {
  for (std::int64_t first = 0; first < shape.channels; first += kBlock) {
    const std::int64_t count = std::min(kBlock, shape.channels - first);
    for (std::int64_t row = 0; row < shape.height; ++row) {
      RowSums s{}, p{};
      for (std::int64_t x = 0; x < shape.width; ++x) {
        const std::int64_t at = (row * shape.width + x) * shape.channels + first;
        AVER_INDEPENDENT
        for (std::int64_t i = 0; i < count; ++i) {
          const float g = load(gradient[at + i]);
          s[i] += g;
          p[i] += g * relu(load(y[at + i]));
        }
      }
      add_row(s, p, count, sum + first, product + first);
    }
  }
}

template <typename T>
AVER_INLINE void add_gradient_sums_of(const BlockShape& shape, const T* y, const T* gradient,
                                      const std::uint8_t* code, float keep_scale, double* sum,
                                      double* product) {
  if (shape.pooled) {
    pooled_sums_of(shape, y, gradient, code, keep_scale, sum, product);
  } else {
    plain_sums_of(shape, y, gradient, sum, product);
  }
}

/// One row of the gradient at y; `pooled_row` is its row of pooled values, none below the last.
template <bool pooled, typename T>
AVER_INLINE void backward_row_of(const BlockShape& shape, const T* y, const T* gradient,
                                 const std::uint8_t* code, std::int64_t row, float keep_scale,
                                 const float* a, const float* b, const float* c, T* y_gradient) {
  const std::int64_t channels = shape.channels;
  const std::int64_t columns = shape.width / 2;
  for (std::int64_t x = 0; x < shape.width; ++x) {
    const std::int64_t pixel = (row * shape.width + x) * channels;
    const bool reached = !pooled || (row / 2 < shape.height / 2 && x / 2 < columns);
    const std::int64_t at = !pooled   ? pixel
                            : reached ? ((row / 2) * columns + x / 2) * channels
                                      : 0;
    const auto place = static_cast<std::uint32_t>((row & 1) * 2 + (x & 1));
    const float factor = reached ? keep_scale : 0.0F;
    const T* __restrict from = y + pixel;
    const T* __restrict g_from = gradient + at;
    const std::uint8_t* __restrict won = pooled ? code + at : nullptr;
    T* __restrict to = y_gradient + pixel;
    AVER_INDEPENDENT
    for (std::int64_t i = 0; i < channels; ++i) {
      const float value = load(from[i]);
      float g = load(g_from[i]) * factor;
      if constexpr (pooled) g = won[i] == place ? g : 0.0F;
      const float d = a[i] * g + b[i] + c[i] * value;  // only used where y > 0, there r = y
      store(value > 0.0F ? d : 0.0F, to[i]);
    }
  }
}

template <typename T>
AVER_INLINE void block_backward_of(const BlockShape& shape, const T* y, const T* gradient,
                                   const std::uint8_t* code, float keep_scale, const float* a,
                                   const float* b, const float* c, T* y_gradient) {
  for (std::int64_t row = 0; row < shape.height; ++row) {
    if (shape.pooled) {
      backward_row_of<true>(shape, y, gradient, code, row, keep_scale, a, b, c, y_gradient);
    } else {
      backward_row_of<false>(shape, y, gradient, code, row, keep_scale, a, b, c, y_gradient);
    }
  }
}

}  // namespace

// Overloads, not template instances: the compiler clones only plain functions.
#define AVER_DEFINE_KERNELS(T)                                                                   \
  AVER_VECTOR_CLONES void add_relu_sums(const BlockShape& shape, const T* y, double* sum,        \
                                        double* squares) {                                       \
    add_relu_sums_of(shape, y, sum, squares);                                                    \
  }                                                                                              \
  AVER_VECTOR_CLONES void block_forward(const BlockShape& shape, const T* y, const float* scale, \
                                        const float* shift, const BlockDropout& dropout, T* out, \
                                        std::uint8_t* code) {                                    \
    block_forward_of(shape, y, scale, shift, dropout, out, code);                                \
  }                                                                                              \
  AVER_VECTOR_CLONES void add_gradient_sums(const BlockShape& shape, const T* y,                 \
                                            const T* gradient, const std::uint8_t* code,         \
                                            float keep_scale, double* sum, double* product) {    \
    add_gradient_sums_of(shape, y, gradient, code, keep_scale, sum, product);                    \
  }                                                                                              \
  AVER_VECTOR_CLONES void block_backward(                                                        \
      const BlockShape& shape, const T* y, const T* gradient, const std::uint8_t* code,          \
      float keep_scale, const float* a, const float* b, const float* c, T* y_gradient) {         \
    block_backward_of(shape, y, gradient, code, keep_scale, a, b, c, y_gradient);                \
  }

AVER_DEFINE_KERNELS(float)
AVER_DEFINE_KERNELS(std::uint16_t)

}  // namespace aver
