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

/// The description of a corpus that comes with aver; null for any other name.
std::shared_ptr<const Scheme> shipped_scheme(const std::string& name);

/// The description that was read last of a corpus of this name which does not come with aver; null
/// when none was. Tables write it beside their clips, and read it from there.
std::shared_ptr<const Scheme> own_scheme(const std::string& name);

/// The description of RAVDESS: of stage folders that are older than clips.csv.
const Scheme& ravdess();

/// The description of the corpus that a clip says it is of; null for one that neither comes with
/// aver nor was read.
std::shared_ptr<const Scheme> scheme_of(const Clip& clip);

/// What the people of a clip's corpus are called: "actors", "subjects" or "speakers".
std::string people_of(const Clip& clip);

/// One of them: "actor", "subject" or "speaker".
std::string person_of(const Clip& clip);

/// A list of folds that a description names: one of those that come with aver, or a file beside the
/// description `beside`. Throws Error when there is none.
std::string folds_text(const std::string& file, const std::string& beside);

}  // namespace aver
