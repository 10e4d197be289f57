#include "corpus/catalog.h"

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "base/text.h"

namespace aver {

std::string_view name_of(ChannelFilter filter) {
  if (filter == ChannelFilter::all) return "all";
  return filter == ChannelFilter::speech ? "speech" : "song";
}

bool takes(ChannelFilter filter, Channel channel) {
  return filter == ChannelFilter::all ||
         (channel == Channel::speech) == (filter == ChannelFilter::speech);
}

Catalog scan_dataset(const fs::path& root, const std::vector<std::string>& extensions,
                     ChannelFilter channel) {
  Catalog catalog;
  for_each_file(root, [&](const fs::path& path) {
    const std::string extension = to_lower(path.extension().string());
    if (std::find(extensions.begin(), extensions.end(), extension) == extensions.end()) return;
    try {
      const ClipId id = parse_clip_id(path.stem().string());
      if (takes(channel, id.channel)) catalog.clips.push_back({id, path.string()});
    } catch (const Error& error) {
      catalog.unnamed.push_back({path, error.what()});
    }
  });
  if (catalog.clips.empty() && catalog.unnamed.empty()) {
    throw Error("no {} files{} found below {}", fmt::join(extensions, " or "),
                channel == ChannelFilter::all      ? ""
                : channel == ChannelFilter::speech ? " of the speech channel"
                                                   : " of the song channel",
                root.string());
  }
  std::sort(catalog.clips.begin(), catalog.clips.end(),
            [](const DatasetClip& a, const DatasetClip& b) {
              return std::tie(a.id, a.path) < std::tie(b.id, b.path);
            });
  std::sort(catalog.unnamed.begin(), catalog.unnamed.end(),
            [](const UnnamedFile& a, const UnnamedFile& b) { return a.path < b.path; });
  const auto twin =
      std::adjacent_find(catalog.clips.begin(), catalog.clips.end(),
                         [](const DatasetClip& a, const DatasetClip& b) { return a.id == b.id; });
  if (twin != catalog.clips.end()) {
    throw Error("two files claim the clip {}: {} and {}; remove or rename one", twin->id.stem(),
                twin->path, std::next(twin)->path);
  }
  return catalog;
}

}  // namespace aver
