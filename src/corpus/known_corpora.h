#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/scheme.h"

namespace aver {

/// Names of the corpora that come with aver, sorted.
std::vector<std::string> known_corpora();

/// The description called `name`: one that comes with aver, or the path of a .toml file. Throws
/// UsageError that names those that are known.
std::shared_ptr<const Scheme> scheme_named(const std::string& name);

/// The description by which names are read where nothing else is said.
const Scheme& ravdess();

/// What names a clip in tables: the key of a RAVDESS name; any other name stays as it is.
std::string clip_key(std::string_view name);

/// The speaker of a clip by its RAVDESS name, "05"; nothing when it is none.
std::optional<std::string> speaker_of(std::string_view name);

/// A list of folds that a description names: one of those that come with aver, or a file beside the
/// description `beside`. Throws Error when there is none.
std::string folds_text(const std::string& file, const std::string& beside);

}  // namespace aver
