#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aver {

/// What a system got right, by resampling unit (an actor, or one clip) and class.
class UnitOutcomes {
 public:
  UnitOutcomes(std::size_t units, std::size_t classes)
      : classes_(classes), right_(units * classes), total_(units * classes) {}
  void add(std::size_t unit, std::size_t truth, bool right) {
    ++total_.at(unit * classes_ + truth);
    right_[unit * classes_ + truth] += right ? 1 : 0;
  }
  std::size_t classes() const { return classes_; }
  std::size_t units() const { return classes_ == 0 ? 0 : right_.size() / classes_; }
  std::uint32_t right(std::size_t unit, std::size_t truth) const {
    return right_[unit * classes_ + truth];
  }
  std::uint32_t total(std::size_t unit, std::size_t truth) const {
    return total_[unit * classes_ + truth];
  }

 private:
  std::size_t classes_;
  std::vector<std::uint32_t> right_, total_;
};

/// A system's scores in every bootstrap draw; NaN where a draw holds none of its items.
struct BootstrapDraws {
  std::vector<double> accuracy;
  std::vector<double> uar;  ///< over the classes that the draw has
};

/// Draws as many units as there are, with replacement, `draws` times; all systems are scored on the
/// same draws, so that two of them can be compared draw by draw. All have the same units and
/// classes. The result depends on `seed` alone, not on `workers` (0 = on this thread).
std::vector<BootstrapDraws> bootstrap(const std::vector<UnitOutcomes>& systems, std::size_t draws,
                                      std::uint64_t seed, std::size_t workers = 0);

struct Interval {
  double low = 0;
  double high = 0;
};

/// The percentile interval that holds the middle `level` of the values, between order statistics
/// linearly interpolated (numpy.percentile's default). NaNs are left out. Throws Error without
/// values.
Interval percentile_interval(std::vector<double> values, double level = 0.95);

/// The interval of the mean of several systems' scores, draw by draw. There is at least one.
Interval mean_interval(const std::vector<BootstrapDraws>& systems,
                       std::vector<double> BootstrapDraws::*score);

/// The same where the systems are a sample too, as runs of several seeds are: each draw of units is
/// of as many of them, drawn with replacement by `seed`.
Interval mean_interval_of_drawn(const std::vector<BootstrapDraws>& systems,
                                std::vector<double> BootstrapDraws::*score, std::uint64_t seed);

/// What a paired bootstrap says of one system against another: the interval of the differences, and
/// the two-sided p value of a difference of 0 (twice the smaller tail, each with one draw added,
/// Davison & Hinkley 1997).
struct PairedDifference {
  Interval interval;
  double p = 1;
};
PairedDifference paired_difference(const std::vector<double>& one,
                                   const std::vector<double>& other);

/// Two-sided exact p value of McNemar's test, from the items that only one of two systems got
/// right: how likely chance alone divides them so unequally.
double mcnemar_exact(std::size_t only_one, std::size_t only_other);

/// p values of several tests after Holm's correction (1979), in the same order: as likely that any
/// of them comes out by chance alone.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace aver
