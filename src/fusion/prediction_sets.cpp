#include "fusion/prediction_sets.h"

#include <algorithm>

#include "base/error.h"

namespace aver {
namespace {

void require_unseen(const std::vector<FusedClip>& clips) {
  if (clips.empty()) throw Error("--conformal needs clips, and none is scored");
  const auto seen = std::count_if(clips.begin(), clips.end(), [](const FusedClip& clip) {
    return clip.clip->any_seen(Seen::trained) || clip.clip->any_seen(Seen::validated);
  });
  if (seen == 0) return;
  throw Error(
      "--conformal needs clips that are test clips of every model; there are none, and of {} clips "
      "models trained on, or were chosen by, {}: a threshold from those would promise too much",
      clips.size(), seen);
}

std::string left_out_words(const BootstrapUnits& units) {
  if (units.speakers > 0) {
    return fmt::format("each of {} {}s{}", units.speakers, units.person,
                       units.without_speaker > 0
                           ? fmt::format(" and of {} clips whose names tell no {}",
                                         units.without_speaker, units.person)
                           : "");
  }
  return fmt::format("each of {} clips{}", units.count,
                     units.one_speaker ? fmt::format(" of one {}", units.person) : "");
}

std::string caution_of(const BootstrapUnits& units, double alpha) {
  std::string text;
  if (units.one_speaker) {
    text += fmt::format(" All clips are of one {0}: the sets promise nothing of other {0}s.",
                        units.person);
  }
  std::vector<std::size_t> own(units.count);
  for (const std::size_t unit : units.unit_of_clip) ++own[unit];
  const std::size_t fewest = fewest_conformal_items(alpha);
  const std::size_t all = units.unit_of_clip.size();
  if (std::any_of(own.begin(), own.end(),
                  [&](std::size_t count) { return all - count < fewest; })) {
    text += fmt::format(
        " A threshold needs {} clips of others at this alpha: where there are fewer, no class is "
        "ruled out.",
        fewest);
  }
  return text;
}

/// Shares of clips of which something holds, drawn together by unit.
class DrawnShares {
 public:
  DrawnShares(const BootstrapUnits& units, const BootstrapOptions& options)
      : units_(units), options_(options) {}

  void add(std::vector<bool> holds) { marks_.push_back(std::move(holds)); }

  /// `figure` of the shares, in the order in which they were added.
  template <typename Figure>
  SetFigure figure(const Figure& figure) const {
    std::vector<double> shares;
    for (const auto& marks : marks_) {
      shares.push_back(static_cast<double>(std::count(marks.begin(), marks.end(), true)) /
                       static_cast<double>(marks.size()));
    }
    SetFigure result{figure(shares), std::nullopt};
    if (options_.draws == 0) return result;
    std::vector<double> values;
    const auto& draws = drawn();
    for (std::size_t i = 0; i < options_.draws; ++i) {
      for (std::size_t s = 0; s < shares.size(); ++s) shares[s] = draws[s].accuracy[i];
      values.push_back(figure(shares));
    }
    result.interval = percentile_interval(std::move(values));
    return result;
  }

 private:
  const std::vector<BootstrapDraws>& drawn() const {
    if (!draws_.empty()) return draws_;
    std::vector<UnitOutcomes> outcomes;
    for (const auto& marks : marks_) {
      UnitOutcomes of_units(units_.count, 1);
      for (std::size_t i = 0; i < marks.size(); ++i) {
        of_units.add(units_.unit_of_clip[i], 0, marks[i]);
      }
      outcomes.push_back(std::move(of_units));
    }
    return draws_ = bootstrap(outcomes, options_.draws, options_.seed, options_.workers);
  }

  const BootstrapUnits& units_;
  const BootstrapOptions& options_;
  std::vector<std::vector<bool>> marks_;
  mutable std::vector<BootstrapDraws> draws_;
};

}  // namespace

bool ClipSet::holds_truth() const {
  return std::find(classes.begin(), classes.end(), clip->truth) != classes.end();
}

PredictionSets prediction_sets(const std::vector<FusedClip>& clips, double alpha,
                               const BootstrapOptions& options) {
  require_unseen(clips);
  std::vector<FusionClip> scored;
  for (const FusedClip& clip : clips) scored.push_back(*clip.clip);
  const BootstrapUnits units(scored);
  std::vector<ConformalItem> items;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    items.push_back({clips[i].fused.probabilities[clips[i].truth], units.unit_of_clip[i]});
  }
  const auto thresholds = thresholds_without_each_unit(items, units.count, alpha);
  PredictionSets sets;
  sets.alpha = alpha;
  sets.threshold = conformal_threshold(items, alpha);
  sets.left_out = left_out_words(units);
  sets.caution = caution_of(units, alpha);
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const double threshold = thresholds[units.unit_of_clip[i]];
    sets.clips.push_back(
        {&clips[i], threshold, conformal_set(clips[i].fused.probabilities, threshold)});
  }
  const auto marks = [&](const auto& holds) {
    std::vector<bool> result;
    for (const ClipSet& set : sets.clips) result.push_back(holds(set));
    return result;
  };
  DrawnShares shares(units, options);
  shares.add(marks([](const ClipSet& set) { return set.holds_truth(); }));
  shares.add(marks([](const ClipSet& set) { return set.sure(); }));
  shares.add(marks([](const ClipSet& set) { return set.sure() && set.holds_truth(); }));
  for (std::size_t more = 1; more < clips.front().fused.probabilities.size(); ++more) {
    shares.add(marks([&](const ClipSet& set) { return set.classes.size() > more; }));
  }
  using Shares = std::vector<double>;
  sets.coverage = shares.figure([](const Shares& of) { return of[0]; });
  sets.not_sure = shares.figure([](const Shares& of) { return 1 - of[1]; });
  sets.mean_size = shares.figure([](const Shares& of) {
    double size = 1;
    for (std::size_t i = 3; i < of.size(); ++i) size += of[i];
    return size;
  });
  sets.sure = static_cast<std::size_t>(std::count_if(
      sets.clips.begin(), sets.clips.end(), [](const ClipSet& set) { return set.sure(); }));
  // A draw without a sure clip has no such share, which an interval leaves out.
  if (sets.sure > 0) {
    sets.right_when_sure = shares.figure([](const Shares& of) { return of[2] / of[1]; });
  }
  return sets;
}

}  // namespace aver
