#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// How often each class was taken for each other one. Rows are the truth, columns what was
/// predicted; class names say which is which, so matrices can be compared whatever their order.
class ConfusionMatrix {
 public:
  /// Empty matrix. Throws Error when a name is given twice or there is none.
  explicit ConfusionMatrix(std::vector<std::string> classes);
  /// `counts`: row-major, one row per true class.
  ConfusionMatrix(std::vector<std::string> classes, std::vector<std::size_t> counts);

  const std::vector<std::string>& classes() const { return classes_; }
  std::size_t at(std::size_t truth, std::size_t predicted) const {
    return counts_[truth * classes_.size() + predicted];
  }
  void add(std::size_t truth, std::size_t predicted, std::size_t count = 1) {
    counts_[truth * classes_.size() + predicted] += count;
  }

  /// Index of a class. Throws Error that names the class and those there are.
  std::size_t index_of(std::string_view name) const;

  std::size_t total() const;
  std::size_t correct() const;
  /// How many items are of this class.
  std::size_t support(std::size_t truth) const;
  /// How many items were taken for this class.
  std::size_t predicted(std::size_t column) const;

  /// The same counts with rows and columns in another order. Throws Error unless `classes` holds
  /// the same names.
  ConfusionMatrix in_order(const std::vector<std::string>& classes) const;

  bool operator==(const ConfusionMatrix&) const = default;

 private:
  std::vector<std::string> classes_;
  std::vector<std::size_t> counts_;
};

/// Precision, recall and F1 of one class, 0 where undefined (no such prediction, no such item).
struct ClassScores {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  std::size_t support = 0;    ///< items of this class
  std::size_t predicted = 0;  ///< items taken for this class
};

/// Metrics of one system on one set of items, as scikit-learn defines them.
struct Scores {
  std::size_t total = 0;
  std::size_t correct = 0;
  double accuracy = 0;  ///< share of items that are right ("WA" in the field); 0 without items
  /// Mean recall over the classes that have items ("UA"; balanced_accuracy_score).
  double uar = 0;
  /// Unweighted means over the classes that occur as truth or as prediction
  /// (precision_score, recall_score and f1_score with average="macro", zero_division=0).
  double macro_precision = 0;
  double macro_recall = 0;
  double macro_f1 = 0;
  std::vector<ClassScores> classes;  ///< in the order of the matrix
};

Scores score(const ConfusionMatrix& matrix);

/// One figure of a system; nothing without items, where 0 would read as "all wrong".
std::optional<double> figure(const Scores& scores, double Scores::*which);

/// Index of the largest value, the first one on a tie. `values` is not empty.
std::size_t argmax(std::span<const double> values);

}  // namespace aver
