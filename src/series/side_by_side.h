#pragma once

#include <string>
#include <vector>

#include "series/series_stage.h"

namespace aver {

/// One of several series of the same clips.
struct SeriesPart {
  std::string name;
  fs::path input;
  SeriesOptions options;
  nlohmann::json said;  ///< of the options those that the list gives, by their names in JSON
};

/// Whether a path is a list of series rather than one of them: a .toml.
bool lists_series(const fs::path& input);

/// Those that a list names, in its order: `[[series]]` with `name`, `input` (relative to the list)
/// and how it is prepared; what it does not say of that is as in `usual`. Throws Error that names
/// the file and what is wrong with it.
std::vector<SeriesPart> read_series_list(const fs::path& list, const SeriesOptions& usual);

/// What tells a series, or all that a list names, from others: as fingerprint_of_files().
std::string fingerprint_of_series(const fs::path& input);

/// The series of one part, as it was read.
struct ReadPart {
  std::string name;
  std::size_t features = 0;  ///< of each step
  MfccClips clips;           ///< none, where the part is away from every clip
  /// How many of its steps one of the first part's is, on the mean over the clips that a model was
  /// trained on; 0 = to be measured on these clips.
  double steps = 0;
};

/// One series for each clip, in which the features of all parts follow each other: each step of the
/// first part that a clip has is shown what the others have at that time, as if all began and ended
/// together (means of what falls into the step, or what lies between two of them). `may_lack`: a
/// clip that some part has not is taken, and NaN stands there; else it is left out, which is said.
/// Where the first part is away, steps are as long as they are with it, by ReadPart::steps. Throws
/// Error when no clip is left.
MfccClips side_by_side(std::vector<ReadPart> parts, bool may_lack);

/// The settings of each part in those of series side by side; empty for those of one series.
std::vector<nlohmann::json> settings_of_parts(const nlohmann::json& settings);

/// How many features each part has.
std::vector<int> features_of_parts(const nlohmann::json& settings);

}  // namespace aver
