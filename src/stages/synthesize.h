#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/progress.h"
#include "corpus/corpus.h"
#include "synthesis/corpus.h"
#include "synthesis/performance.h"

namespace aver {

class Options;

/// Recordings in which the emotion changes, joined of clips of a dataset.
struct JoinClipsConfig {
  int recordings = 0;  ///< how many; 0 = none
  fs::path input;      ///< dataset folder
  std::string corpus = "ravdess";
  ClipChoice choice;
  std::string modality = "av";  ///< or "audio-only"
  int parts = 4;                ///< clips in each

  void describe(Options& options);
};

/// `aver-synthesize`: a RAVDESS-shaped corpus, under RAVDESS's names or those of another, of drawn
/// faces and synthetic voices.
struct SynthesizeConfig {
  fs::path output;
  std::uint64_t seed = 42;
  std::string names = "ravdess";  ///< whose names the files have; a corpus or a .toml
  CorpusScheme scheme;
  PerformanceOptions performance;
  std::string size = "320x240";    ///< pixels, WIDTHxHEIGHT, both even
  std::string fps = "30000/1001";  ///< frames per second, a ratio or a number
  JoinClipsConfig join;            ///< with recordings, they are made instead
  std::size_t workers = 0;         ///< clips side by side; 0 = one after another
  bool force = false;              ///< replace a corpus made with other settings

  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

struct SynthesizeReport {
  std::size_t clips = 0;  ///< in the corpus
  std::size_t made = 0;   ///< of these, made by this run
  std::uintmax_t bytes = 0;
  std::vector<std::string>
      left_out;  ///< clips that the names cannot say, one sentence for each kind
};

/// Writes `Actor_XX/<RAVDESS name>.mp4` (and `.wav`), or what `names` calls them (sounds, movies or
/// single pictures, and no twins), and `corpus.json` with what made them. Files
/// that are there already are kept: each appears complete or not at all, so a killed run is
/// continued by the next. Throws Error when the folder holds something else, or a corpus made with
/// other settings and `force` is not set.
SynthesizeReport run_synthesize(const SynthesizeConfig& config, Progress& progress);

}  // namespace aver
