extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
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
using Context = std::unique_ptr<AVTXContext, ContextFree>;

/// libavutil's transform of so many values, for an FFT of `n_fft`.
template <typename Float>
Context make_context(AVTXType type, std::size_t values, std::size_t n_fft, av_tx_fn& run) {
  const Float scale = 1;
  AVTXContext* context = nullptr;
  const int status = av_tx_init(&context, &run, type, 0, static_cast<int>(values), &scale, 0);
  if (status < 0) {
    throw Error("libavutil cannot make an FFT of {} values (status {}): choose another n_fft",
                n_fft, status);
  }
  return Context(context);
}

/// In how many interleaved parts a transform of complex values is divided: libavutil has fast ones
/// for a power of two times one of a few odd numbers, and takes every sine of others anew.
std::size_t parts_of(std::size_t length) {
  constexpr std::array<std::size_t, 6> kFast = {1, 3, 5, 7, 9, 15};
  std::size_t odd = length;
  while (odd % 2 == 0) odd /= 2;
  for (std::size_t parts = 1; parts <= odd; parts += 2) {
    if (odd % parts == 0 && std::ranges::find(kFast, odd / parts) != kFast.end()) return parts;
  }
  return 1;
}

/// A transform of complex values of any length.
template <typename Float>
class ComplexFft {
 public:
  using Value = std::complex<Float>;

  explicit ComplexFft(std::size_t length)
      : parts_(parts_of(length)), part_length_(length / parts_) {
    constexpr AVTXType kType = std::is_same_v<Float, float> ? AV_TX_FLOAT_FFT : AV_TX_DOUBLE_FFT;
    context_ = make_context<Float>(kType, part_length_, length, run_);
    if (parts_ == 1) return;
    part_in_ = make_buffer<Value>(part_length_);
    part_out_ = make_buffer<Value>(part_length_);
    turned_.resize(length);
    for (std::size_t k = 0; k < length; ++k) {
      const double angle =
          -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length);
      roots_.emplace_back(static_cast<Float>(std::cos(angle)), static_cast<Float>(std::sin(angle)));
    }
  }

  /// `in` is changed where there is only one part.
  void run(Value* out, Value* in) {
    if (parts_ == 1) {
      run_(context_.get(), out, in, sizeof(Value));
      return;
    }
    // Cooley and Tukey's step: transforms of every parts_-th value, each turned, then added up.
    for (std::size_t part = 0; part < parts_; ++part) {
      for (std::size_t i = 0; i < part_length_; ++i) part_in_.get()[i] = in[part + i * parts_];
      run_(context_.get(), part_out_.get(), part_in_.get(), sizeof(Value));
      for (std::size_t k = 0; k < part_length_; ++k) {
        turned_[part * part_length_ + k] = times(part_out_.get()[k], roots_[part * k]);
      }
    }
    for (std::size_t block = 0; block < parts_; ++block) {
      Value* sums = out + block * part_length_;
      std::copy_n(turned_.begin(), part_length_, sums);
      for (std::size_t part = 1; part < parts_; ++part) {
        const Value root = roots_[part * block % parts_ * part_length_];
        const Value* turned = turned_.data() + part * part_length_;
        for (std::size_t k = 0; k < part_length_; ++k) sums[k] += times(turned[k], root);
      }
    }
  }

 private:
  /// Without the library's care for infinities, which takes most of the time.
  static Value times(Value a, Value b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  }

  std::size_t parts_, part_length_;
  Context context_;
  av_tx_fn run_ = nullptr;
  AvBuffer<Value> part_in_, part_out_;
  std::vector<Value> turned_, roots_;
};

}  // namespace

template <typename Float>
struct RealFft<Float>::State {
  std::size_t length = 0;
  bool packed = false;  ///< half as many complex values, unpacked by us
  bool real = true;
  Context context;  // of the real transform
  av_tx_fn run = nullptr;
  std::optional<ComplexFft<Float>> complex;
  AvBuffer<Float> input;
  AvBuffer<std::complex<Float>> complex_input;  // only for lengths without a real transform
  AvBuffer<std::complex<Float>> output;
  AvBuffer<std::complex<Float>> packed_output;
  std::vector<float> cosines, sines, re, im;  // for packed transforms

  void run_packed() {
    complex->run(packed_output.get(), reinterpret_cast<std::complex<Float>*>(input.get()));
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
  state.packed = length % 4 == 0 && kSingle;
  state.real = state.packed || (length % 4 == 0 && parts_of(length / 2) == 1);
  if (state.packed || !state.real) {
    state.complex.emplace(state.packed ? length / 2 : length);
  } else {
    constexpr AVTXType kReal = kSingle ? AV_TX_FLOAT_RDFT : AV_TX_DOUBLE_RDFT;
    state.context = make_context<Float>(kReal, length, length, state.run);
  }
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
    state.complex->run(state.output.get(), state.complex_input.get());
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
