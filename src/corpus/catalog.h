#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"
#include "corpus/scheme.h"

namespace aver {

/// A media file that is not named as its corpus names files.
struct UnnamedFile {
  fs::path path;
  std::string reason;
};

/// What a dataset folder holds: sorted by the recordings' names, whatever the order of the
/// directory listing.
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

/// True when a clip of this vocal channel is taken, and for one that has none.
bool takes(ChannelFilter filter, const Clip& clip);

/// Containers that recordings with picture come in, and files of sound alone; lower case, with dot.
const std::vector<std::string>& video_extensions();
const std::vector<std::string>& sound_extensions();
/// True for a path that ends in one of `extensions`, in whatever case.
bool has_extension(const fs::path& path, const std::vector<std::string>& extensions);

/// Looks for files with one of `extensions` anywhere below `root`, so that `Actor_XX/`, flat
/// folders and the zip layout `Video_Speech_Actor_XX/Actor_XX/` all work, and reads their names by
/// `scheme`. Throws Error when the folder is missing, and when two files claim the same name (says
/// of how many pairs, and whether they are copies).
Catalog scan_dataset(const fs::path& root, const std::vector<std::string>& extensions,
                     const Scheme& scheme);

}  // namespace aver
