#include <benchmark/benchmark.h>

#include <algorithm>

#include "bench_input.h"
#include "features/feature_picture.h"
#include "features/mfcc.h"
#include "features/real_fft.h"
#include "features/spectrum.h"
#include "media/resampler.h"

namespace aver::bench {
namespace {

const FloatArray& clip_mfcc() {
  static const FloatArray mfcc = Mfcc(MfccOptions{}).compute(sound(22050));
  return mfcc;
}

void mfcc_of_a_clip(benchmark::State& state) {
  Mfcc mfcc{MfccOptions{}};
  const auto samples = sound(22050);
  for (auto _ : state) benchmark::DoNotOptimize(mfcc.compute(samples));
}
BENCHMARK(mfcc_of_a_clip)->Unit(benchmark::kMicrosecond);

template <typename Float>
void fft_2048(benchmark::State& state) {
  RealFft<Float> fft(2048);
  const auto samples = sound(22050);
  for (auto _ : state) {
    std::copy_n(samples.begin(), fft.length(), fft.input().begin());
    benchmark::DoNotOptimize(fft.transform().data());
  }
}
BENCHMARK(fft_2048<float>);
BENCHMARK(fft_2048<double>);

void mel_filterbank_128(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(mel_filterbank(22050, 2048, 128, 0, 11025));
}
BENCHMARK(mel_filterbank_128)->Unit(benchmark::kMicrosecond);

void power_to_db_of_a_clip(benchmark::State& state) {
  const auto frames = Mfcc(MfccOptions{}).frame_count(sound(22050).size());
  std::vector<float> power(128 * frames);
  for (auto _ : state) {
    for (std::size_t i = 0; i < power.size(); ++i) power[i] = 1e-3F * static_cast<float>(1 + i);
    power_to_db(power, 80);
    benchmark::DoNotOptimize(power.data());
  }
}
BENCHMARK(power_to_db_of_a_clip)->Unit(benchmark::kMicrosecond);

void resample_a_clip_48000_to_22050(benchmark::State& state) {
  Resampler resampler;
  const auto samples = sound(48000);
  for (auto _ : state) benchmark::DoNotOptimize(resampler.resample(samples, 48000, 22050));
}
BENCHMARK(resample_a_clip_48000_to_22050)->Unit(benchmark::kMicrosecond);

void mfcc_picture(benchmark::State& state) {
  FeaturePainter painter;
  const RowAxis axis = Mfcc(MfccOptions{}).row_axis();
  for (auto _ : state) {
    benchmark::DoNotOptimize(painter.png(clip_mfcc(), axis, 512.0 / 22050, "01-03-01-01-01-01"));
  }
}
BENCHMARK(mfcc_picture)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aver::bench
