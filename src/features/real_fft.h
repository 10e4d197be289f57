#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace aver {

/// Discrete Fourier transform of `length` real values, unscaled (libavutil's). Owns its buffers and
/// is not for use by two threads at once. In float about 1e-7 of the frame's strongest component is
/// rounding noise and the transform has vector code; in double it takes two to three times as long.
template <typename Float>
class RealFft {
 public:
  /// `length` must be even and at least 4. Throws Error when libavutil cannot make the transform.
  explicit RealFft(std::size_t length);
  ~RealFft();
  RealFft(RealFft&&) noexcept;
  RealFft& operator=(RealFft&&) noexcept;

  std::size_t length() const;
  /// Write the values here.
  std::span<Float> input();
  /// Transforms what input() holds. [length/2 + 1], valid until the next call.
  std::span<const std::complex<Float>> transform();
  /// The same, but of each value its squared magnitude; `power` takes length/2 + 1 of them.
  void power(float* power);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template class RealFft<float>;
extern template class RealFft<double>;

}  // namespace aver
