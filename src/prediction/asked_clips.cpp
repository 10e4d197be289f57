#include "prediction/asked_clips.h"

#include <algorithm>

#include "base/archives.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "corpus/catalog.h"
#include "media/media_source.h"

namespace aver {

AskedClips asked_clips(const std::vector<std::string>& paths) {
  AskedClips asked;
  std::vector<std::string>& clips = asked.clips;
  for (const std::string& path : paths) {
    if (path == kStandardInput || !fs::is_directory(path)) {
      if (path != kStandardInput) stamp_of(path);  // says what is missing before anything is loaded
      clips.push_back(path);
      continue;
    }
    const std::size_t before = clips.size();
    const auto leave_out = [&](const fs::path& file) { asked.left_out.push_back(file.string()); };
    for_each_file(
        path,
        [&](const fs::path& file) {
          // A dead link to a folder of clips fails as one of them.
          if (has_extension(file, media_extensions()) || is_dead_folder_link(file)) {
            clips.push_back(file.string());
          } else {
            leave_out(file);
          }
        },
        leave_out);
    if (clips.size() == before) {
      throw Error("{} holds no clip ({}){}", path, fmt::join(media_extensions(), ", "),
                  archive_hint(path));
    }
    std::sort(clips.begin() + static_cast<std::ptrdiff_t>(before), clips.end());
  }
  std::sort(asked.left_out.begin(), asked.left_out.end());
  return asked;
}

}  // namespace aver
