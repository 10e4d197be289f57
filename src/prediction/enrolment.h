#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "runs/model_file.h"
#include "stages/mfcc_stage.h"

namespace aver {

// Enrolment: what the unlabelled clips of a person have in common is taken out of that person's
// input, as it was taken out of each training speaker's (--centre speaker).

/// Throws UsageError naming the model when its training speakers were not centred.
void require_takes_enrolment(const ModelFile& model, const fs::path& path);

/// `count` of a person's clips, drawn by what is named here alone; fewer are the first of more.
/// None when there are not more than `count`, since one must be left to be answered.
std::vector<std::size_t> drawn_clips(const std::vector<std::size_t>& own, std::size_t count,
                                     const std::string& speaker, std::uint64_t seed);

/// The seed of what is drawn where answers are given and not evaluated.
inline constexpr std::uint64_t kDrawSeed = 42;

/// Keeps `count` of a person's clips, drawn with kDrawSeed, in their order; all where there are no
/// more, or with 0.
template <typename Clip>
void keep_drawn(std::vector<Clip>& clips, int count) {
  std::vector<std::size_t> all(clips.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  auto drawn = drawn_clips(all, static_cast<std::size_t>(count), "", kDrawSeed);
  if (drawn.empty()) return;
  std::ranges::sort(drawn);
  std::vector<Clip> kept;
  for (const std::size_t place : drawn) kept.push_back(std::move(clips[place]));
  clips = std::move(kept);
}

/// Moves clips of one person to the mean of the model's training part from the person's own, which
/// is guessed from `enrolled`: the fewer these are, the nearer to the mean of all.
void enrol(std::vector<MfccClip>& clips, const std::vector<std::size_t>& moved,
           const ClipFeatures& enrolled, const ModelFile& model);

/// The same for every clip that is answered from now on: a model that takes the person's mean for
/// that of its training part.
void tell_of_person(ModelFile& model, const ClipFeatures& enrolled);

/// What stands under every table of such answers: "Uses 3 unlabelled clips of the tested person; …"
std::string uses_of_enrolled(std::size_t clips);

/// "3 other clips of the person are known, unlabelled: no answer about a stranger"
std::string enrolled_remark(std::size_t clips);

}  // namespace aver
