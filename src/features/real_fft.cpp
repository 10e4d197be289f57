extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

#include <algorithm>
#include <type_traits>

#include "aver/base/error.h"
#include "aver/features/spectrum.h"

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
  bool real = true;
  std::unique_ptr<AVTXContext, ContextFree> context;
  av_tx_fn run = nullptr;
  AvBuffer<Float> input;
  AvBuffer<std::complex<Float>> complex_input;  // only for lengths without a real transform
  AvBuffer<std::complex<Float>> output;
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
  // multiples of four; its complex transform is right for all.
  state.real = length % 4 == 0;
  constexpr bool kSingle = std::is_same_v<Float, float>;
  constexpr AVTXType kReal = kSingle ? AV_TX_FLOAT_RDFT : AV_TX_DOUBLE_RDFT;
  constexpr AVTXType kComplex = kSingle ? AV_TX_FLOAT_FFT : AV_TX_DOUBLE_FFT;
  const Float scale = 1;
  AVTXContext* context = nullptr;
  const int status = av_tx_init(&context, &state.run, state.real ? kReal : kComplex, 0,
                                static_cast<int>(length), &scale, 0);
  if (status < 0) {
    throw Error("libavutil cannot make an FFT of {} values (status {}): choose another n_fft",
                length, status);
  }
  state.context.reset(context);
  state.input = make_buffer<Float>(length);
  state.output = make_buffer<std::complex<Float>>(length + 1);
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
  if (state.real) {
    state.run(state.context.get(), state.output.get(), state.input.get(), sizeof(Float));
  } else {
    std::copy_n(state.input.get(), state.length, state.complex_input.get());
    state.run(state.context.get(), state.output.get(), state.complex_input.get(),
              sizeof(std::complex<Float>));
  }
  return {state.output.get(), state.length / 2 + 1};
}

template class RealFft<float>;
template class RealFft<double>;

}  // namespace aver
