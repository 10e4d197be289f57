#include "aver/train/process_group.h"

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <thread>

#include "aver/base/error.h"
#include "free_port.h"
#include "support.h"

using namespace aver;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// Runs `body` in a group of `size`, each of its processes being a thread here.
void in_group(int size, const std::function<void(const ProcessGroup&)>& body) {
  const auto port = aver::test::free_port();
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      const ProcessGroup group({rank, size, 0, {}, "127.0.0.1", port}, std::chrono::seconds(60));
      body(group);
    });
  }
  for (auto& thread : threads) thread.join();
}

std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(ProcessGroup, OfOneChangesNothing) {
  const ProcessGroup group;
  std::array<double, 2> values = {1.5, -2.0};
  group.sum(values);
  EXPECT_THAT(values, ElementsAre(1.5, -2.0));
  std::string bytes = "own";
  group.broadcast(bytes);
  EXPECT_EQ(bytes, "own");
  EXPECT_FALSE(group.any(false));
  EXPECT_TRUE(group.any(true));
  EXPECT_TRUE(group.alone() && group.first());
}

TEST(ProcessGroup, AddsUpAndAgrees) {
  in_group(3, [](const ProcessGroup& group) {
    std::array<double, 2> values = {1.0 + group.rank(), 0.5};
    group.sum(values);
    EXPECT_THAT(values, ElementsAre(6.0, 1.5));
    EXPECT_TRUE(group.any(group.rank() == 2));
    EXPECT_FALSE(group.any(false));
  });
}

TEST(ProcessGroup, HandsOutTheBytesOfRankZero) {
  in_group(2, [](const ProcessGroup& group) {
    std::string bytes = group.first() ? std::string("a\0b", 3) : "something longer";
    group.broadcast(bytes);
    EXPECT_EQ(bytes, std::string("a\0b", 3));
    bytes = group.first() ? "" : "own";
    group.broadcast(bytes);
    EXPECT_EQ(bytes, "");
  });
}

TEST(ProcessGroup, SaysSoWhenNotAllHaveCome) {
  const auto port = aver::test::free_port();
  const auto first = error_of([&] {
    const ProcessGroup group({0, 2, 0, {}, "127.0.0.1", port}, std::chrono::seconds(1));
  });
  EXPECT_THAT(first, HasSubstr("Not all of the 2 processes met"));
  const auto second = error_of([&] {
    const ProcessGroup group({1, 2, 0, {}, "127.0.0.1", port}, std::chrono::seconds(1));
  });
  EXPECT_THAT(second, HasSubstr("Not all of the 2 processes met"));
}

TEST(ProcessGroup, SaysSoWhenAnotherDoesNotAnswer) {
  const auto port = aver::test::free_port();
  const auto join = [&](int rank) {
    return ProcessGroup({rank, 2, 0, {}, "127.0.0.1", port}, std::chrono::seconds(60));
  };
  std::string said;
  std::thread gone([&] { const ProcessGroup group = join(1); });
  std::thread left([&] {
    const ProcessGroup group = join(0);
    gone.join();
    said = error_of([&] { group.any(true); });
  });
  left.join();
  EXPECT_THAT(said, HasSubstr("Another process of the group has ended"));
}

}  // namespace
