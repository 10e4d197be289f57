#include "aver/ravdess/catalog.h"

#include <algorithm>

#include "aver/base/error.h"
#include "aver/base/text.h"

namespace aver {

ChannelFilter channel_filter_from_name(std::string_view name) {
  if (name == "speech") return ChannelFilter::speech;
  if (name == "song") return ChannelFilter::song;
  if (name == "all") return ChannelFilter::all;
  throw UsageError("--channel is '{}': speech, song or all expected", name);
}

bool takes(ChannelFilter filter, Channel channel) {
  return filter == ChannelFilter::all ||
         (channel == Channel::speech) == (filter == ChannelFilter::speech);
}

Catalog scan_dataset(const fs::path& root, const std::vector<std::string>& extensions,
                     ChannelFilter channel) {
  Catalog catalog;
  for (const auto& path : list_files(root)) {
    const std::string extension = to_lower(path.extension().string());
    if (std::find(extensions.begin(), extensions.end(), extension) == extensions.end()) continue;
    try {
      const ClipId id = parse_clip_id(path.stem().string());
      if (takes(channel, id.channel)) catalog.clips.push_back({id, path});
    } catch (const Error& error) {
      catalog.unnamed.push_back({path, error.what()});
    }
  }
  if (catalog.clips.empty() && catalog.unnamed.empty()) {
    throw Error("no {} files{} found below {}", fmt::join(extensions, " or "),
                channel == ChannelFilter::all      ? ""
                : channel == ChannelFilter::speech ? " of the speech channel"
                                                   : " of the song channel",
                root.string());
  }
  std::stable_sort(catalog.clips.begin(), catalog.clips.end(),
                   [](const DatasetClip& a, const DatasetClip& b) { return a.id < b.id; });
  const auto twin =
      std::adjacent_find(catalog.clips.begin(), catalog.clips.end(),
                         [](const DatasetClip& a, const DatasetClip& b) { return a.id == b.id; });
  if (twin != catalog.clips.end()) {
    throw Error("two files claim the clip {}: {} and {}; remove or rename one", twin->id.stem(),
                twin->path.string(), std::next(twin)->path.string());
  }
  return catalog;
}

}  // namespace aver
