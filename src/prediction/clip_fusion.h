#pragma once

#include <span>
#include <string>
#include <vector>

#include "eval/fitted_fusion.h"
#include "prediction/recogniser_config.h"

namespace aver {

/// How what audio and visual say of a clip becomes one answer: by a rule that needs no fitting, or
/// as a fusion.json of aver-evaluate-fusion says.
class ClipFusion {
 public:
  /// Of distributions over `classes`. Throws Error that names the fusion file when it cannot be
  /// used, or is of other modalities or classes.
  ClipFusion(const RecogniserConfig& config, const std::vector<std::string>& classes);

  /// Fuses what is there; an empty distribution is a missing modality. Throws Error without any.
  Fused fuse(std::span<const double> audio, std::span<const double> visual) const;

  /// The rule's name.
  const std::string& rule() const { return fusion_.rule; }
  /// Whether answers have sets of classes that cannot be ruled out.
  bool makes_sets() const { return fusion_.conformal.has_value(); }
  /// That set of a fused answer, the likeliest class first; empty without makes_sets().
  std::vector<std::size_t> set_of(std::span<const double> fused) const;

 private:
  FittedFusion fusion_;
  ReadyRule rule_;
  std::vector<std::size_t> place_;  ///< of each class of the fusion among `classes`
};

}  // namespace aver
