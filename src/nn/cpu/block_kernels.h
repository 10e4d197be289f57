#pragma once

#include <cstdint>

// The loops between two convolutions, each over one item in channels-last memory: pixels row by
// row, and the channels of a pixel side by side. They read the convolution's output y once per pass
// and never write what the next pass can compute again, since memory is what limits them.
//
//     r = relu(y),  n = scale · r + shift,  out = dropout(max-pool 2x2(n))
//
// Values are float, or std::uint16_t for the bits of a bfloat16; arithmetic is float, sums double.

namespace aver {

/// Height, width and channels of one item before pooling. Pooling drops an odd last row or column.
struct BlockShape {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  bool pooled = false;

  std::int64_t pixels() const { return height * width; }
  std::int64_t out_pixels() const { return pooled ? (height / 2) * (width / 2) : pixels(); }
};

/// Dropout of one item: value i is dropped when hash(seed, i) < threshold, else multiplied by
/// `scale`. Threshold 0 keeps everything.
struct BlockDropout {
  std::uint64_t seed = 0;
  std::uint32_t threshold = 0;
  float scale = 1.0F;
};

/// Adds per channel Σ r and Σ r² of one item to `sum` and `squares`.
void add_relu_sums(const BlockShape& shape, const float* y, double* sum, double* squares);
void add_relu_sums(const BlockShape& shape, const std::uint16_t* y, double* sum, double* squares);

/// Fills `out`; with pooling also `code`, per output value which of the four won (0 … 3, row by
/// row) or 4 when it was dropped. Without pooling nothing is dropped and `code` is not used.
void block_forward(const BlockShape& shape, const float* y, const float* scale, const float* shift,
                   const BlockDropout& dropout, float* out, std::uint8_t* code);
void block_forward(const BlockShape& shape, const std::uint16_t* y, const float* scale,
                   const float* shift, const BlockDropout& dropout, std::uint16_t* out,
                   std::uint8_t* code);

/// Adds per channel Σ g and Σ g·r of one item, where g is the gradient at n.
void add_gradient_sums(const BlockShape& shape, const float* y, const float* gradient,
                       const std::uint8_t* code, float keep_scale, double* sum, double* product);
void add_gradient_sums(const BlockShape& shape, const std::uint16_t* y,
                       const std::uint16_t* gradient, const std::uint8_t* code, float keep_scale,
                       double* sum, double* product);

/// The gradient at y: (y > 0) · (a·g + b + c·r) per channel. Batch normalisation in training gives
/// a, b and c; without it a is 1, b and c are 0.
void block_backward(const BlockShape& shape, const float* y, const float* gradient,
                    const std::uint8_t* code, float keep_scale, const float* a, const float* b,
                    const float* c, float* y_gradient);
void block_backward(const BlockShape& shape, const std::uint16_t* y, const std::uint16_t* gradient,
                    const std::uint8_t* code, float keep_scale, const float* a, const float* b,
                    const float* c, std::uint16_t* y_gradient);

}  // namespace aver
