#include "eval/system_pairs.h"

#include <gtest/gtest.h>

namespace aver {
namespace {

/// Four items of two classes, the last of which system 1 does not answer. System 0 has three right,
/// system 1 one, system 2 two.
struct Answered {
  std::vector<std::size_t> truths = {0, 0, 1, 1};
  std::vector<ItemAnswers> systems = {{0, 0, 1, 0}, {1, 0, 0, std::nullopt}, {0, 1, 1, 0}};
  std::vector<bool> taken = {true, true, true, false};
  std::vector<std::string> classes = {"no", "yes"};
};

TEST(SystemPairs, CountWhatOnlyOneGotRightOnTheItemsThatAllAnswer) {
  const Answered given;
  const auto pairs =
      compare_systems(given.systems, {0, 1, 2}, given.truths, given.taken, given.classes);
  ASSERT_EQ(pairs.size(), 3u);
  const auto pair = find_pair(pairs, 0, 1).value();
  EXPECT_EQ(pair.only_one, 2u);  // the first and the third item
  EXPECT_EQ(pair.only_other, 0u);
  EXPECT_NEAR(pair.accuracy, 2. / 3, 1e-12);
  EXPECT_NEAR(pair.uar, 1 - .25, 1e-12);
  EXPECT_NEAR(pair.mcnemar_p, .5, 1e-12);
}

TEST(SystemPairs, TurnRound) {
  const Answered given;
  auto pairs = compare_systems(given.systems, {0, 1, 2}, given.truths, given.taken, given.classes);
  const std::vector<double> zero = {0, 0, 0}, one = {.1, .2, .3};
  add_differences(pairs, {{one, one}, {zero, zero}, {one, zero}}, 0);
  const auto pair = find_pair(pairs, 0, 1).value(), turned = find_pair(pairs, 1, 0).value();
  EXPECT_EQ(turned.only_other, pair.only_one);
  EXPECT_EQ(turned.accuracy, -pair.accuracy);
  EXPECT_EQ(turned.accuracy_difference->interval.low, -pair.accuracy_difference->interval.high);
  EXPECT_EQ(turned.accuracy_difference->p, pair.accuracy_difference->p);
}

TEST(SystemPairs, AreOfTheSystemsAskedForAlone) {
  const Answered given;
  const auto pairs =
      compare_systems(given.systems, {0, 2}, given.truths, given.taken, given.classes);
  EXPECT_EQ(pairs.size(), 1u);
  EXPECT_TRUE(find_pair(pairs, 2, 0));
  EXPECT_FALSE(find_pair(pairs, 1, 0));
}

TEST(SystemPairs, OutcomesPassOverWhatIsNotAnswered) {
  const Answered given;
  const auto outcomes =
      outcomes_of(given.systems[1], given.truths, {0, 0, 1, 1}, 2, {true, true, true, true}, 2);
  EXPECT_EQ(outcomes.total(0, 0), 2u);
  EXPECT_EQ(outcomes.right(0, 0), 1u);
  EXPECT_EQ(outcomes.total(1, 1), 1u);
}

}  // namespace
}  // namespace aver
