#include "distributed/first_rank.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/error.h"
#include "base/interruption.h"
#include "free_port.h"

using namespace aver;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// What became of `body` in each of two processes, which are threads here.
std::vector<std::string> outcomes(const std::function<void(const ProcessGroup&)>& body,
                                  std::chrono::seconds timeout = std::chrono::seconds(60)) {
  const auto port = test::free_port();
  std::vector<std::string> said(2);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 2; ++rank) {
    threads.emplace_back([&, rank] {
      const ProcessGroup group({rank, 2, 0, {}, "127.0.0.1", port}, timeout);
      auto& word = said[static_cast<std::size_t>(rank)];
      try {
        body(group);
        word = "done";
      } catch (const Interrupted&) {
        word = "interrupted";
      } catch (const UsageError& error) {
        word = std::string("usage: ") + error.what();
      } catch (const Error& error) {
        word = std::string("error: ") + error.what();
      } catch (const std::exception& error) {
        word = std::string("other: ") + error.what();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return said;
}

TEST(FirstRank, DoesAloneWhatTheOthersWaitFor) {
  int done_by = 0;
  EXPECT_THAT(outcomes([&](const ProcessGroup& group) {
                NoProgress none;
                on_first_rank(group, none, [&](Progress&) { done_by += 1 + group.rank(); });
                EXPECT_EQ(done_by, 1);
              }),
              ElementsAre("done", "done"));
}

TEST(FirstRank, EndsTheOthersAsItEnds) {
  const auto ends = [](auto thrown) {
    return outcomes([&](const ProcessGroup& group) {
      NoProgress none;
      on_first_rank(group, none, [&](Progress&) { throw thrown; });
    });
  };
  EXPECT_THAT(ends(Error("no disk")), ElementsAre("error: no disk", "error: no disk"));
  EXPECT_THAT(ends(UsageError("no {}")), ElementsAre("usage: no {}", "usage: no {}"));
  EXPECT_THAT(ends(Interrupted{}), ElementsAre("interrupted", "interrupted"));
  EXPECT_THAT(ends(std::runtime_error("no memory")),
              ElementsAre("other: no memory", "error: no memory"));
}

TEST(FirstRank, IsWaitedForLongerThanTheTimeoutWhileItReportsProgress) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kTimeout(2);
  const auto work = [&](const ProcessGroup& group) {
    NoProgress none;
    on_first_rank(group, none, [&](Progress& progress) {
      const auto end = Clock::now() + 2 * kTimeout;
      while (Clock::now() < end) progress.update(1, {});
    });
  };
  EXPECT_THAT(outcomes(work, kTimeout), ElementsAre("done", "done"));
}

TEST(StopTogether, StopsAllWhenOneIsToStop) {
  const auto ends = [](int stopped) {
    return outcomes([&](const ProcessGroup& group) {
      stop_together(group, [&] { return group.rank() == stopped; });
    });
  };
  EXPECT_THAT(ends(1), ElementsAre("interrupted", "interrupted"));
  EXPECT_THAT(ends(-1), ElementsAre("done", "done"));
  EXPECT_THAT(outcomes([](const ProcessGroup& group) { stop_together(group, {}); }),
              ElementsAre("done", "done"));
}

TEST(SameSettings, NameTheFirstThatDiffers) {
  EXPECT_THAT(outcomes([](const ProcessGroup& group) {
                require_same_settings(group, {{"seed", 1}, {"dropout", 0.1 + group.rank()}});
              }),
              ElementsAre(HasSubstr("dropout = 0.1 in rank 0, but not in all"),
                          HasSubstr("dropout = 1.1 here, but 0.1 in rank 0")));
  EXPECT_THAT(outcomes([](const ProcessGroup& group) {
                require_same_settings(group, {{"seed", 1}});
              }),
              ElementsAre("done", "done"));
}

}  // namespace
