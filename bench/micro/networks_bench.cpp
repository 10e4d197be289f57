#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <memory>

#include "base/parallel.h"
#include "nn/audio_net.h"
#include "nn/network.h"
#include "nn/visual_net.h"
#include "train/adam.h"
#include "train/runtime.h"

// All cores, as the trainers use them: compare wall times.
namespace aver::bench {
namespace {

struct Task {
  std::shared_ptr<Network> network;
  torch::Tensor inputs;
  torch::Tensor lengths;
  torch::Tensor labels;
};

Task task_of(std::shared_ptr<Network> network, std::int64_t batch) {
  start_runtime("cpu", available_cpus());
  auto shape = network->input_shape();
  const std::int64_t length = shape.front();
  shape.insert(shape.begin(), batch);
  return {std::move(network), torch::rand(shape), torch::full({batch}, length, torch::kInt64),
          torch::randint(8, {batch}, torch::kInt64)};
}

Task audio_task() {
  return task_of(make_audio_net({}, 0), 32);
}

Task visual_task(std::int64_t batch) {
  Task task = task_of(make_visual_net({}, 0), batch);
  // As the trainer's batches of pictures lie in memory.
  task.inputs = task.inputs.contiguous(torch::MemoryFormat::ChannelsLast);
  return task;
}

void forward(benchmark::State& state, const Task& task) {
  torch::NoGradGuard no_grad;
  task.network->eval();
  for (auto _ : state) benchmark::DoNotOptimize(task.network->forward(task.inputs, task.lengths));
}

void training_step(benchmark::State& state, const Task& task) {
  task.network->train();
  Adam optimizer(*task.network, 1e-3);
  for (auto _ : state) {
    optimizer.zero_grad();
    const auto logits = task.network->forward(task.inputs, task.lengths);
    torch::cross_entropy_loss(logits, task.labels).backward();
    optimizer.step();
  }
}

void audio_forward_32(benchmark::State& state) {
  forward(state, audio_task());
}
void audio_training_step_32(benchmark::State& state) {
  training_step(state, audio_task());
}
void audio_training_step_32_bf16(benchmark::State& state) {
  const Task task = audio_task();
  task.network->precision = choose_precision("auto", "cpu");
  if (task.network->precision != Precision::bf16) {
    state.SkipWithError("this CPU does not multiply bfloat16 (AVX-512 BF16)");
    return;
  }
  training_step(state, task);
}
void visual_forward_32(benchmark::State& state) {
  forward(state, visual_task(32));
}
void visual_training_step_8(benchmark::State& state) {
  training_step(state, visual_task(8));
}
BENCHMARK(audio_forward_32)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(audio_training_step_32)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(audio_training_step_32_bf16)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(visual_forward_32)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(visual_training_step_8)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace aver::bench
