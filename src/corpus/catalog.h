#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/files.h"
#include "corpus/clip_id.h"

namespace aver {

/// One media file of a dataset folder.
struct DatasetClip {
  ClipId id;
  std::string path;  ///< no fs::path, which takes ten times the memory: there may be many clips
};

/// A media file that is not named as RAVDESS names its files.
struct UnnamedFile {
  fs::path path;
  std::string reason;
};

/// What a dataset folder holds: sorted by ClipId, whatever the order of the directory listing.
struct Catalog {
  std::vector<DatasetClip> clips;
  std::vector<UnnamedFile> unnamed;
};

enum class ChannelFilter { speech, song, all };
constexpr auto choices(ChannelFilter) {
  return std::array{ChannelFilter::speech, ChannelFilter::song, ChannelFilter::all};
}
inline constexpr const char* kChannelHelp = "Vocal channel: speech, song or all";
std::string_view name_of(ChannelFilter filter);

/// True when clips of this vocal channel are taken.
bool takes(ChannelFilter filter, Channel channel);

/// Looks for files with one of `extensions` (lower case, with dot) anywhere below `root`, so that
/// `Actor_XX/`, flat folders and the zip layout `Video_Speech_Actor_XX/Actor_XX/` all work. Clips
/// of other channels are left out. Throws Error when the folder is missing, when it holds no such
/// file, and when two files claim the same seven-field name (both are named).
Catalog scan_dataset(const fs::path& root, const std::vector<std::string>& extensions,
                     ChannelFilter channel);

}  // namespace aver
