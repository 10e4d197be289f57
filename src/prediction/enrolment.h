#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "corpus/clip_table.h"
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

/// Who speaks in a clip. Throws Error when nothing says it.
std::string speaker_to_enrol(const ClipTable& table, const Clip& clip);

/// Clips of which some of each speaker have been drawn.
struct EnrolledClips {
  std::vector<MfccClip> clips;  ///< all of them; those that are asked about have been moved
  std::map<std::string, std::vector<std::size_t>> asked;  ///< speaker -> clips that are not drawn
  std::vector<std::string> left_out;                      ///< speakers with no more than are drawn
};

/// Draws `count` clips of each speaker (`own`: speaker -> clips) and moves that speaker's others to
/// the mean of the model's training part from the speaker's own, which is guessed from the drawn
/// ones: the fewer these are, the nearer to the mean of all. With 0 all are asked about as they
/// are.
EnrolledClips enrolled_clips(std::vector<MfccClip> clips,
                             const std::map<std::string, std::vector<std::size_t>>& own,
                             std::size_t count, std::uint64_t seed, const ModelFile& model);

/// Moves every clip that is answered from now on so: a model that takes the person's mean, guessed
/// from `enrolled`, for that of its training part.
void tell_of_person(ModelFile& model, const ClipFeatures& enrolled);

/// What stands under every table of such answers: "Uses 3 unlabelled clips of the tested person; …"
std::string uses_of_enrolled(std::size_t clips);

/// "3 clips of the person are known, unlabelled: no answer about a stranger"
std::string enrolled_remark(std::size_t clips);

}  // namespace aver
