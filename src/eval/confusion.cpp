#include "eval/confusion.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/error.h"

namespace aver {
namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0.0;
}

ClassScores score_class(const ConfusionMatrix& matrix, std::size_t index) {
  ClassScores scores;
  scores.support = matrix.support(index);
  scores.predicted = matrix.predicted(index);
  const auto right = static_cast<double>(matrix.at(index, index));
  scores.precision = ratio(right, static_cast<double>(scores.predicted));
  scores.recall = ratio(right, static_cast<double>(scores.support));
  // F1 = 2 TP / (2 TP + FP + FN), the form that needs no case for zero precision and recall.
  scores.f1 = ratio(2 * right, static_cast<double>(scores.predicted + scores.support));
  return scores;
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> classes)
    : ConfusionMatrix(classes, std::vector<std::size_t>(classes.size() * classes.size(), 0)) {}

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> classes, std::vector<std::size_t> counts)
    : classes_(std::move(classes)), counts_(std::move(counts)) {
  if (classes_.empty()) {
    throw Error("a confusion matrix needs at least one class");
  }
  if (std::set<std::string>(classes_.begin(), classes_.end()).size() != classes_.size()) {
    throw Error("a confusion matrix needs distinct class names, not {}", fmt::join(classes_, ", "));
  }
  if (counts_.size() != classes_.size() * classes_.size()) {
    throw Error("a confusion matrix of {} classes has {} cells, not {}", classes_.size(),
                classes_.size() * classes_.size(), counts_.size());
  }
}

std::size_t ConfusionMatrix::index_of(std::string_view name) const {
  const auto found = std::find(classes_.begin(), classes_.end(), name);
  if (found == classes_.end()) {
    throw Error("there is no class \"{}\" among {}", name, fmt::join(classes_, ", "));
  }
  return static_cast<std::size_t>(found - classes_.begin());
}

std::size_t ConfusionMatrix::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::size_t{0});
}

std::size_t ConfusionMatrix::correct() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) sum += at(i, i);
  return sum;
}

std::size_t ConfusionMatrix::support(std::size_t truth) const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) sum += at(truth, i);
  return sum;
}

std::size_t ConfusionMatrix::predicted(std::size_t column) const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) sum += at(i, column);
  return sum;
}

ConfusionMatrix ConfusionMatrix::in_order(const std::vector<std::string>& classes) const {
  ConfusionMatrix result(classes);
  if (classes.size() != classes_.size()) {
    throw Error("cannot reorder classes {} as {}: not the same names", fmt::join(classes_, ", "),
                fmt::join(classes, ", "));
  }
  std::vector<std::size_t> old_index;
  for (const auto& name : classes) old_index.push_back(index_of(name));
  for (std::size_t truth = 0; truth < classes.size(); ++truth) {
    for (std::size_t predicted = 0; predicted < classes.size(); ++predicted) {
      result.add(truth, predicted, at(old_index[truth], old_index[predicted]));
    }
  }
  return result;
}

Scores score(const ConfusionMatrix& matrix) {
  Scores scores;
  scores.total = matrix.total();
  scores.correct = matrix.correct();
  scores.accuracy = ratio(static_cast<double>(scores.correct), static_cast<double>(scores.total));
  double occurring = 0;
  double with_items = 0;
  for (std::size_t i = 0; i < matrix.classes().size(); ++i) {
    const ClassScores one = score_class(matrix, i);
    scores.classes.push_back(one);
    if (one.support > 0) {
      with_items += 1;
      scores.uar += one.recall;
    }
    if (one.support + one.predicted > 0) {
      occurring += 1;
      scores.macro_precision += one.precision;
      scores.macro_recall += one.recall;
      scores.macro_f1 += one.f1;
    }
  }
  scores.uar = ratio(scores.uar, with_items);
  scores.macro_precision = ratio(scores.macro_precision, occurring);
  scores.macro_recall = ratio(scores.macro_recall, occurring);
  scores.macro_f1 = ratio(scores.macro_f1, occurring);
  return scores;
}

std::optional<double> figure(const Scores& scores, double Scores::*which) {
  return scores.total > 0 ? std::optional(scores.*which) : std::nullopt;
}

std::size_t argmax(std::span<const double> values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

}  // namespace aver
