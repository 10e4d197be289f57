#include "serve/estimate_queue.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "base/error.h"

namespace aver {
namespace {

ClipInput named(const std::string& name) {
  ClipInput clip;
  clip.name = name;
  return clip;
}

std::vector<ClipEstimate> echo(const std::vector<ClipInput>& clips) {
  std::vector<ClipEstimate> estimates;
  for (const ClipInput& clip : clips) {
    if (clip.name == "bad") throw Error("this one cannot be done");
    estimates.push_back({});
    estimates.back().name = clip.name;
  }
  return estimates;
}

TEST(EstimateQueue, EveryoneGetsTheAnswerToTheirOwnClip) {
  EstimateQueue queue(echo, 4);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&queue, i] {
      const std::string name = std::to_string(i);
      EXPECT_EQ(queue.estimate(named(name)).estimate.name, name);
    });
  }
}

/// Holds the first batch until `waiting` clips can have queued up behind it.
class Gate {
 public:
  std::vector<ClipEstimate> operator()(const std::vector<ClipInput>& clips) {
    sizes.push_back(clips.size());
    while (!open) std::this_thread::yield();
    return echo(clips);
  }
  std::vector<std::size_t> sizes;
  std::atomic<bool> open = false;
};

TEST(EstimateQueue, ClipsThatWaitShareABatchOfBoundedSize) {
  Gate gate;
  {
    EstimateQueue queue(std::ref(gate), 4);
    std::atomic<int> begun = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 9; ++i) {
      threads.emplace_back([&] {
        ++begun;
        queue.estimate(named("clip"));
      });
    }
    while (begun < 9) std::this_thread::yield();
    gate.open = true;
  }
  std::size_t clips = 0;
  for (const std::size_t size : gate.sizes) {
    clips += size;
    EXPECT_LE(size, 4U);
  }
  EXPECT_EQ(clips, 9U);
}

TEST(EstimateQueue, AClipThatFailsDoesNotTakeItsBatchAlong) {
  std::atomic<bool> open = false;
  EstimateQueue queue([&](const std::vector<ClipInput>& clips) {
    while (!open) std::this_thread::yield();
    return echo(clips);
  });
  std::atomic<int> answered = 0;
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (const char* name : {"good", "bad", "good", "bad", "good"}) {
      threads.emplace_back([&, name] {
        try {
          queue.estimate(named(name));
          ++answered;
        } catch (const Error&) {
          ++failed;
        }
      });
    }
    open = true;
  }
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(failed, 2);
}

}  // namespace
}  // namespace aver
