#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "explain/looked_at.h"
#include "explain/modality_share.h"

namespace aver {

/// One clip and what was found in it.
struct ExplainedClip {
  std::string name;
  std::string folder;                   ///< of its files, below the output
  std::string emotion;                  ///< the class that is explained
  std::string answer;                   ///< what the models say
  double probability = 0;               ///< of `emotion`, by all models
  std::optional<double> visual, audio;  ///< the same by one of them
  std::optional<ModalityShares> shares;
  std::optional<LookedAt> face, sound;
  std::string sound_modality = "audio";  ///< or "features", of a model of series
  std::vector<std::string> remarks;

  // For the page, as files of the folder hold them too; empty of clips that it only lists.
  std::vector<double> picture_seconds;
  std::vector<std::byte> faces;     ///< PNG: the pictures side by side, above what was looked at
  std::vector<std::byte> features;  ///< PNG of what the other model heard or read
  std::vector<std::byte> looked;    ///< PNG of what it looked at there
  double seconds = 0;               ///< that these two span, or frames
  std::string unit = "s";           ///< of that: "s" or "frames"
};

/// So many clips are shown; others are listed with their folders.
inline constexpr std::size_t kClipsOnPage = 20;

/// A page that is one file, with a slider over the time of each clip.
std::string explanation_page(const std::vector<ExplainedClip>& clips,
                             const std::vector<std::string>& failed);

}  // namespace aver
