#include "distributed/process_group.h"

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <thread>

#include "base/error.h"
#include "free_port.h"
#include "support.h"

using namespace aver;
using testing::AllOf;
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
  const auto alone =
      [](int rank) {  // at ports of their own: a meeting given up goes on for a while
        return error_of([rank] {
          const ProcessGroup group({rank, 2, 0, {}, "127.0.0.1", aver::test::free_port()},
                                   std::chrono::seconds(1));
        });
      };
  EXPECT_THAT(alone(0), AllOf(HasSubstr("rank 0 of 2: could not meet the others"),
                              HasSubstr("only 1 of 2 processes came")));
  EXPECT_THAT(alone(1), HasSubstr("rank 0 did not answer there"));
}

TEST(ProcessGroup, SaysWhichNameLeadsNowhere) {
  const auto said = error_of([] {
    const ProcessGroup group({1, 2, 0, {}, "no.such.host.invalid", 29500},
                             std::chrono::seconds(60));
  });
  EXPECT_THAT(said, HasSubstr("the name no.such.host.invalid leads to no address"));
}

TEST(ProcessGroup, EndsTheMeetingWithWhatIsThrownWhileItWaits) {
  const auto said = error_of([] {
    const ProcessGroup group({0, 2, 0, {}, "127.0.0.1", aver::test::free_port()},
                             std::chrono::seconds(600), [] { throw Error("enough"); });
  });
  EXPECT_THAT(said, HasSubstr("enough"));
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
