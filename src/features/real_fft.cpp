extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "features/mfcc_kernels.h"
#include "features/real_fft.h"

namespace aver {
namespace {

template <typename T>
struct AvFree {
  void operator()(T* memory) const { av_free(memory); }
};
template <typename T>
using AvBuffer = std::unique_ptr<T, AvFree<T>>;

template <typename T>
AvBuffer<T> make_buffer(std::size_t count) {
  // Aligned for the widest vectors; av_mallocz does that for the CPU at hand.
  AvBuffer<T> buffer(static_cast<T*>(av_mallocz(count * sizeof(T))));
  if (!buffer) {
    throw Error("Cannot allocate {} bytes for an FFT", count * sizeof(T));
  }
  return buffer;
}

struct ContextFree {
  void operator()(AVTXContext* context) const { av_tx_uninit(&context); }
};

}  // namespace

template <typename Float>
struct RealFft<Float>::State {
  std::size_t length = 0;
  bool packed = false;  ///< half as many complex values, unpacked by us
  bool real = true;
  std::unique_ptr<AVTXContext, ContextFree> context;
  av_tx_fn run = nullptr;
  AvBuffer<Float> input;
  AvBuffer<std::complex<Float>> complex_input;  // only for lengths without a real transform
  AvBuffer<std::complex<Float>> output;
  AvBuffer<std::complex<Float>> packed_output;
  std::vector<float> cosines, sines, re, im;  // for packed transforms

  void run_packed() {
    run(context.get(), packed_output.get(), input.get(), sizeof(std::complex<Float>));
  }
};

template <typename Float>
RealFft<Float>::RealFft(std::size_t length) : state_(std::make_unique<State>()) {
  if (length < 4 || length % 2 != 0) {
    throw Error("An FFT of {} real values is not possible: the length must be even, at least 4",
                length);
  }
  State& state = *state_;
  state.length = length;
  // libavutil's real transform gives wrong values, without saying so, for lengths that are not
  // multiples of four; its complex transform is right for all. In single precision its real
  // transform also takes three times as long as a complex one of half the length.
  constexpr bool kSingle = std::is_same_v<Float, float>;
  state.real = length % 4 == 0;
  state.packed = state.real && kSingle;
  constexpr AVTXType kReal = kSingle ? AV_TX_FLOAT_RDFT : AV_TX_DOUBLE_RDFT;
  constexpr AVTXType kComplex = kSingle ? AV_TX_FLOAT_FFT : AV_TX_DOUBLE_FFT;
  const Float scale = 1;
  const std::size_t transformed = state.packed ? length / 2 : length;
  AVTXContext* context = nullptr;
  const int status =
      av_tx_init(&context, &state.run, state.real && !state.packed ? kReal : kComplex, 0,
                 static_cast<int>(transformed), &scale, 0);
  if (status < 0) {
    throw Error("libavutil cannot make an FFT of {} values (status {}): choose another n_fft",
                length, status);
  }
  state.context.reset(context);
  state.input = make_buffer<Float>(length);
  state.output = make_buffer<std::complex<Float>>(length + 1);
  if (state.packed) {
    const std::size_t half = length / 2;
    state.packed_output = make_buffer<std::complex<Float>>(half);
    state.re.resize(half + 1);
    state.im.resize(half + 1);
    for (std::size_t k = 0; k < half; ++k) {
      const double angle = std::numbers::pi * static_cast<double>(k) / static_cast<double>(half);
      state.cosines.push_back(static_cast<float>(std::cos(angle)));
      state.sines.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  if (!state.real) {
    state.complex_input = make_buffer<std::complex<Float>>(length);
  }
}

template <typename Float>
RealFft<Float>::~RealFft() = default;
template <typename Float>
RealFft<Float>::RealFft(RealFft&&) noexcept = default;
template <typename Float>
RealFft<Float>& RealFft<Float>::operator=(RealFft&&) noexcept = default;

template <typename Float>
std::size_t RealFft<Float>::length() const {
  return state_->length;
}

template <typename Float>
std::span<Float> RealFft<Float>::input() {
  return {state_->input.get(), state_->length};
}

template <typename Float>
std::span<const std::complex<Float>> RealFft<Float>::transform() {
  State& state = *state_;
  const std::size_t count = state.length / 2 + 1;
  if constexpr (std::is_same_v<Float, float>) {
    if (state.packed) {
      state.run_packed();
      unpack_real_transform(reinterpret_cast<const float*>(state.packed_output.get()),
                            state.length / 2, state.cosines.data(), state.sines.data(),
                            state.re.data(), state.im.data(),
                            reinterpret_cast<float*>(state.output.get()));
      return {state.output.get(), count};
    }
  }
  if (state.real) {
    state.run(state.context.get(), state.output.get(), state.input.get(), sizeof(Float));
  } else {
    std::copy_n(state.input.get(), state.length, state.complex_input.get());
    state.run(state.context.get(), state.output.get(), state.complex_input.get(),
              sizeof(std::complex<Float>));
  }
  return {state.output.get(), count};
}

template <typename Float>
void RealFft<Float>::power(float* power) {
  if constexpr (std::is_same_v<Float, float>) {
    State& state = *state_;
    if (state.packed) {
      state.run_packed();
      unpack_real_power(reinterpret_cast<const float*>(state.packed_output.get()), state.length / 2,
                        state.cosines.data(), state.sines.data(), state.re.data(), state.im.data(),
                        power);
      return;
    }
  }
  for (const auto& value : transform()) {
    *power++ = static_cast<float>(value.real() * value.real() + value.imag() * value.imag());
  }
}

template class RealFft<float>;
template class RealFft<double>;

}  // namespace aver
