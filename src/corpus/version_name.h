#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "corpus/clip.h"

namespace aver {

/// The column of a clip that is a changed version of another one (noise, another tempo or pitch):
/// the key of that other one. A clip that is no such version lacks it.
inline constexpr const char* kVersionOf = "version_of";
/// The column with the number of a clip's version, from 1, the clip itself.
inline constexpr const char* kVersion = "version";

/// What version 2 of a clip (or of a recording) is called: "01-03-01-01-01-01_version_2". The first
/// is the clip itself and has its name.
std::string version_name(std::string_view name, int number);

/// A version of a clip, which is a clip of its own: the same label and speaker, a key by
/// version_name() and the two columns.
Clip version_of(Clip clip, int number);

/// Which version of what such a name means.
struct VersionName {
  std::string of;
  int number = 1;
};
/// Nothing for any other name.
std::optional<VersionName> version_in(std::string_view name);

/// The key of the clip that this is a version of; its own where it is none.
std::string original_of(const Clip& clip);

}  // namespace aver
