#include "eval/class_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "drawn_pairs.h"

namespace aver {
namespace {

using test::DrawnPairs;
using Values = std::vector<double>;

constexpr std::size_t kClasses = 4;

/// Answers of one modality that a test may change.
struct Answers {
  explicit Answers(std::uint64_t seed, std::size_t people = 12, std::size_t clips_each = 20,
                   double pull = 1.0) {
    const DrawnPairs drawn(seed, {{pull, 1.5}}, people, clips_each, kClasses);
    for (const auto& clip : drawn.clips) {
      values.emplace_back(clip.answers[0].begin(), clip.answers[0].end());
      truths.push_back(clip.truth);
      persons.push_back(clip.group);
    }
  }
  KnownCounts known() const {
    std::vector<PersonAnswer> answers;
    for (std::size_t i = 0; i < values.size(); ++i) {
      answers.push_back({values[i], truths[i], persons[i]});
    }
    return known_class_counts(answers, kClasses);
  }
  /// Places of one person's clips.
  std::vector<std::size_t> of_person(std::size_t person) const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < persons.size(); ++i) {
      if (persons[i] == person) places.push_back(i);
    }
    return places;
  }
  std::size_t people() const { return persons.back() + 1; }
  double count(std::size_t person, std::size_t k) const {
    double result = 0;
    for (const std::size_t i : of_person(person)) result += truths[i] == k ? 1 : 0;
    return result;
  }

  /// Sinkhorn's balancing: each clip's probabilities sum to 1, each class's to its count.
  void balance() {
    for (std::size_t person = 0; person < people(); ++person) {
      const auto places = of_person(person);
      for (int round = 0; round < 300; ++round) {
        for (std::size_t k = 0; k < kClasses; ++k) {
          double sum = 0;
          for (const std::size_t i : places) sum += values[i][k];
          for (const std::size_t i : places) values[i][k] *= count(person, k) / sum;
        }
        for (const std::size_t i : places) {
          double sum = 0;
          for (const double p : values[i]) sum += p;
          for (double& p : values[i]) p /= sum;
        }
      }
    }
  }

  /// Each class is answered as often as it is true, the surest clips first.
  void assign() {
    for (std::size_t person = 0; person < people(); ++person) {
      std::vector<std::tuple<double, std::size_t, std::size_t>> wishes;
      Values left(kClasses);
      for (std::size_t k = 0; k < kClasses; ++k) left[k] = count(person, k);
      for (const std::size_t i : of_person(person)) {
        for (std::size_t k = 0; k < kClasses; ++k) wishes.emplace_back(values[i][k], i, k);
      }
      std::sort(wishes.rbegin(), wishes.rend());
      std::vector<bool> answered(values.size(), false);
      for (const auto& [p, i, k] : wishes) {
        if (answered[i] || left[k] == 0) continue;
        answered[i] = true;
        --left[k];
        values[i] = Values(kClasses, .1);
        values[i][k] = .7;
      }
    }
  }

  std::vector<Values> values;
  std::vector<std::size_t> truths, persons;
};

TEST(KnownClassCounts, AreNotSeenInHonestAnswers) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_EQ(Answers(seed).known(), KnownCounts::none) << seed;
    EXPECT_EQ(Answers(seed, 3, 8).known(), KnownCounts::none) << seed;
    EXPECT_EQ(Answers(seed, 24, 60, 3.0).known(), KnownCounts::none) << seed;  // nearly all right
  }
}

TEST(KnownClassCounts, AreSeenWhereProbabilitiesWereBalanced) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Answers answers(seed);
    answers.balance();
    EXPECT_NE(answers.known(), KnownCounts::none) << seed;
    for (Values& p : answers.values) {
      for (double& value : p) value = std::round(value * 1e6) / 1e6;  // as tables have them
    }
    EXPECT_NE(answers.known(), KnownCounts::none) << seed;
  }
}

TEST(KnownClassCounts, AreSeenWhereAnswersWereAssigned) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Answers answers(seed);
    answers.assign();
    EXPECT_EQ(answers.known(), KnownCounts::answers) << seed;
  }
}

TEST(KnownClassCounts, AreNotToldByWhatNeedsNone) {
  // A system without errors, one that says the same of every clip, and people with one clip.
  Answers right(1);
  for (std::size_t i = 0; i < right.values.size(); ++i) {
    right.values[i] = Values(kClasses, 0.0);
    right.values[i][right.truths[i]] = 1;
  }
  EXPECT_EQ(right.known(), KnownCounts::none);
  Answers prior(2);
  for (Values& p : prior.values) p = Values(kClasses, .25);
  EXPECT_EQ(prior.known(), KnownCounts::none);
  EXPECT_EQ(Answers(3, 40, 1).known(), KnownCounts::none);
  EXPECT_EQ(known_class_counts({}, kClasses), KnownCounts::none);
}

TEST(KnownClassCounts, AreSaidInASentence) {
  EXPECT_EQ(known_counts_words(KnownCounts::none), "");
  EXPECT_THAT(known_counts_words(KnownCounts::sums),
              testing::HasSubstr("the probabilities of every class sum to how often it is true"));
  EXPECT_THAT(known_counts_words(KnownCounts::answers),
              testing::HasSubstr("every class is answered exactly as often as it is true"));
}

}  // namespace
}  // namespace aver
