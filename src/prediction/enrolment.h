#pragma once

#include <cstdint>
#include <string>
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

/// Moves clips of one person to the mean of the model's training part from the person's own, which
/// is guessed from `enrolled`: the fewer these are, the nearer to the mean of all.
void enrol(std::vector<MfccClip>& clips, const std::vector<std::size_t>& moved,
           const ClipFeatures& enrolled, const ModelFile& model);

/// The same for every clip that is answered from now on: a model that takes the person's mean for
/// that of its training part.
void tell_of_person(ModelFile& model, const ClipFeatures& enrolled);

/// "3 other clips of the person are known, unlabelled: no answer about a stranger"
std::string enrolled_remark(std::size_t clips);

}  // namespace aver
