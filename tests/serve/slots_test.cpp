#include "serve/slots.h"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "serve/worker_threads.h"

namespace aver {
namespace {

using std::chrono::milliseconds;

TEST(Slots, BeyondThemThereIsNothingUntilOneIsFreeAgain) {
  Slots slots(2);
  const auto first = slots.take(milliseconds(0));
  ASSERT_TRUE(first);
  {
    const auto second = slots.take(milliseconds(0));
    ASSERT_TRUE(second);
    EXPECT_NE(first->number(), second->number());
    EXPECT_EQ(slots.in_use(), 2U);
    EXPECT_FALSE(slots.take(milliseconds(0)));
  }
  EXPECT_EQ(slots.in_use(), 1U);
  EXPECT_TRUE(slots.take(milliseconds(0)));
}

TEST(Slots, WhoWaitsGetsThePlaceThatIsGivenBack) {
  Slots slots(1);
  auto place = slots.take(milliseconds(0));
  std::jthread other([&] { EXPECT_TRUE(slots.take(std::chrono::minutes(1))); });
  place.reset();
}

TEST(WorkerThreads, DoEverythingThatWasAddedBeforeTheyEnd) {
  std::atomic<int> done = 0;
  {
    WorkerThreads threads(3, 2);
    for (int i = 0; i < 100; ++i) threads.add([&] { ++done; });
  }
  EXPECT_EQ(done, 100);
}

TEST(WorkerThreads, AreCrowdedWhileWorkWaits) {
  WorkerThreads threads(1, 8);
  std::mutex gate;
  gate.lock();
  std::atomic<bool> begun = false;
  threads.add([&] {
    begun = true;
    std::lock_guard lock(gate);
  });
  while (!begun) std::this_thread::yield();
  EXPECT_FALSE(threads.crowded());
  threads.add([] {});
  EXPECT_TRUE(threads.crowded());
  gate.unlock();
  threads.finish();
  EXPECT_FALSE(threads.crowded());
}

}  // namespace
}  // namespace aver
