#pragma once

#include "base/progress.h"
#include "corpus/corpus.h"
#include "series/series_options.h"
#include "stages/mfcc_stage.h"

namespace aver {

/// Whose clips the files are.
struct SeriesSource {
  fs::path input;  ///< a folder with a file for each clip, or a table of clips, or a list of those
  Corpus corpus;
  bool named_only = true;  ///< false: what no corpus names is a clip without a label, too
};

/// Series that other programs made, in the form of a stage of features; `settings` are those of
/// `options` with what "auto" and the columns became. Files of another shape and broken ones go to
/// `failed`. Those that a list names stand side by side, of the clips that all of them have. Throws
/// Error when there is nothing that can be used, or a clip is there twice.
MfccClips read_series(const SeriesSource& source, const ClipChoice& choice, SeriesOptions options,
                      Progress& progress);

/// Whether a model's input are such series, and how those of one input were prepared.
bool is_of_series(const nlohmann::json& settings);
SeriesOptions series_options_of(const nlohmann::json& settings);

}  // namespace aver
