#include <benchmark/benchmark.h>

#include <algorithm>

#include "bench_input.h"
#include "corpus/corpus.h"
#include "eval/confusion.h"
#include "eval/fusion_rules.h"
#include "store/npy.h"
#include "store/predictions.h"
#include "synthesis/clip_id.h"

namespace aver::bench {
namespace {

// All clips of RAVDESS's speech, each with a distribution drawn from `seed`.
Predictions predictions_of(std::uint64_t seed) {
  Random random(seed);
  Predictions predictions;
  predictions.classes.assign(kEmotionNames.begin(), kEmotionNames.end());
  for (int i = 0; i < 24 * 60; ++i) {
    const int take = i % 60 + 4;  // neutral has only one intensity
    const ClipId id{.emotion = static_cast<Emotion>(take / 8),
                    .intensity = take < 8 ? 1 : take / 4 % 2 + 1,
                    .statement = take / 2 % 2 + 1,
                    .repetition = take % 2 + 1,
                    .actor = i / 60 + 1};
    std::vector<double> weights(predictions.classes.size());
    for (double& weight : weights) weight = random.uniform();
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights) weight /= total;
    predictions.rows.push_back(
        {id.key(), 0, Role::test, std::string(name_of(id.emotion)), weights});
  }
  return predictions;
}

std::size_t top(const std::vector<double>& probabilities) {
  return static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin());
}

void write_1440_predictions(benchmark::State& state) {
  const auto predictions = predictions_of(1);
  for (auto _ : state) write_predictions(folder() / "written.csv", predictions);
}
BENCHMARK(write_1440_predictions)->Unit(benchmark::kMicrosecond);

void read_1440_predictions(benchmark::State& state) {
  write_predictions(folder() / "read.csv", predictions_of(1));
  const ClipTable clips = Corpus().clips();
  for (auto _ : state) benchmark::DoNotOptimize(read_predictions(folder() / "read.csv", clips));
}
BENCHMARK(read_1440_predictions)->Unit(benchmark::kMicrosecond);

void fuse_and_score_1440_clips(benchmark::State& state) {
  const auto audio = predictions_of(1);
  const auto visual = predictions_of(2);
  const ReadyRule rule = ready_rule(fusion_rule("max-confidence"));
  for (auto _ : state) {
    ConfusionMatrix confusion(audio.classes);
    for (std::size_t i = 0; i < audio.rows.size(); ++i) {
      const Fused fused = fuse(rule, {audio.rows[i].probabilities, visual.rows[i].probabilities});
      confusion.add(confusion.index_of(audio.rows[i].label), top(fused.probabilities));
    }
    benchmark::DoNotOptimize(score(confusion));
  }
}
BENCHMARK(fuse_and_score_1440_clips)->Unit(benchmark::kMicrosecond);

FloatArray mfcc_of_a_clip() {
  return {{40, 156}, std::vector<float>(40 * 156, 1.5F)};
}

void write_npy_of_a_clip(benchmark::State& state) {
  const auto mfcc = mfcc_of_a_clip();
  for (auto _ : state) write_npy(folder() / "written.npy", mfcc);
}
BENCHMARK(write_npy_of_a_clip)->Unit(benchmark::kMicrosecond);

void read_npy_of_a_clip(benchmark::State& state) {
  write_npy(folder() / "read.npy", mfcc_of_a_clip());
  for (auto _ : state) benchmark::DoNotOptimize(read_npy(folder() / "read.npy"));
}
BENCHMARK(read_npy_of_a_clip)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aver::bench
