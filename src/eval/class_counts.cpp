#include "eval/class_counts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "eval/confusion.h"

namespace aver {
namespace {

constexpr double kChance = 1e-4;
// Sums that were made equal are off by their last round and the decimals of a table; those of an
// honest system are off by about a standard deviation.
constexpr double kEqualSums = .05;  // of that deviation
constexpr double kChanceOfEqualSums = .04;
constexpr double kDecimals = 1e-3;  // what rounding alone adds to a sum

/// One person's clips, by class.
struct Person {
  explicit Person(std::size_t classes)
      : truths(classes),
        answers(classes),
        errors(classes),
        sums(classes),
        squares(classes),
        softness(classes) {}
  double clips = 0;
  std::vector<double> truths, answers;
  std::vector<double> errors;  ///< that have the class as truth or as answer
  std::vector<double> sums, squares;
  std::vector<double> softness;  ///< Σ p·(1 − p): what the sum varies by when p is right
};

std::vector<Person> people_of(const std::vector<PersonAnswer>& answers, std::size_t classes) {
  std::map<std::size_t, Person> people;
  for (const PersonAnswer& answer : answers) {
    Person& person = people.try_emplace(answer.person, classes).first->second;
    const std::size_t said = argmax(answer.probabilities);
    ++person.clips;
    ++person.truths[answer.truth];
    ++person.answers[said];
    if (said != answer.truth) {
      ++person.errors[answer.truth];
      ++person.errors[said];
    }
    for (std::size_t k = 0; k < classes; ++k) {
      const double p = answer.probabilities[k];
      person.sums[k] += p;
      person.squares[k] += p * p;
      person.softness[k] += p * (1 - p);
    }
  }
  std::vector<Person> result;
  for (auto& [key, person] : people) result.push_back(std::move(person));
  return result;
}

/// How likely errors that go either way as easily leave every count as it is: for each class but
/// one, that as many of them lead to it as away from it. 1 without errors.
double chance_of_balance(const Person& person) {
  std::vector<double> errors;
  for (const double count : person.errors) {
    if (count > 0) errors.push_back(count);
  }
  if (errors.empty()) return 1;
  errors.erase(std::max_element(errors.begin(), errors.end()));
  double chance = 1;
  for (const double count : errors) {
    chance *= std::min(1.0, std::sqrt(2 / (std::numbers::pi * count)));
  }
  return chance;
}

bool answers_known(const std::vector<Person>& people) {
  double chance = 1;
  for (const Person& person : people) {
    if (person.truths != person.answers) return false;
    chance *= chance_of_balance(person);
  }
  return chance < kChance;
}

bool sums_known(const std::vector<Person>& people) {
  double chance = 1;
  for (const Person& person : people) {
    bool varies = false;
    for (std::size_t k = 0; k < person.sums.size(); ++k) {
      // Distributions that are all alike, or all sure, sum to something without having been made
      // to.
      const double variance = person.squares[k] - person.sums[k] * person.sums[k] / person.clips;
      const double tolerance =
          kEqualSums * std::sqrt(std::max(0.0, std::min(variance, person.softness[k])));
      if (std::abs(person.sums[k] - person.truths[k]) > std::max(tolerance, kDecimals)) {
        return false;
      }
      varies = varies || tolerance > kDecimals;
    }
    // Where the answers' counts are right, their errors say how likely that is; where they are not,
    // sums that are right all the same were made so.
    if (varies) {
      chance *= person.truths == person.answers ? chance_of_balance(person) : kChanceOfEqualSums;
    }
  }
  return chance < kChance;
}

}  // namespace

KnownCounts known_class_counts(const std::vector<PersonAnswer>& answers, std::size_t classes) {
  const auto people = people_of(answers, classes);
  if (answers_known(people)) return KnownCounts::answers;
  return sums_known(people) ? KnownCounts::sums : KnownCounts::none;
}

std::string known_counts_words(KnownCounts found) {
  if (found == KnownCounts::none) return "";
  return std::string("the class counts of each person seem to have been known: ") +
         (found == KnownCounts::answers
              ? "every class is answered exactly as often as it is true, wrong answers and all"
              : "the probabilities of every class sum to how often it is true") +
         "; such figures say nothing of people whose counts are unknown";
}

}  // namespace aver
