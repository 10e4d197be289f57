#pragma once

#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"
#include "corpus/scheme.h"

namespace aver {

class Options;

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
  std::vector<std::string> twins;    ///< "a = b": files of one name, where they are not refused
  std::vector<std::string> remarks;  ///< what to do when no file has a name of the corpus, and
                                     ///< which folders are taken as classes where that is not plain
  std::vector<UnnamedFile> other_channel;  ///< left out by --channel, each with its own channel
  std::vector<UnnamedFile> unread;  ///< named as clips, in a format that is not read, and left out
};

enum class ChannelFilter { speech, song, all };
constexpr auto choices(ChannelFilter) {
  return std::array{ChannelFilter::speech, ChannelFilter::song, ChannelFilter::all};
}
inline constexpr const char* kChannelHelp = "Vocal channel: speech, song or all";
std::string_view name_of(ChannelFilter filter);

/// Why a clip of this channel is not taken: "song (see --channel)".
std::string other_channel_reason(const std::string& channel);

/// True when a clip of this vocal channel is taken, and for one that has none.
bool takes(ChannelFilter filter, const Clip& clip);

/// Containers that recordings with picture come in, files of sound alone and single pictures; lower
/// case, with dot.
const std::vector<std::string>& video_extensions();
const std::vector<std::string>& sound_extensions();
const std::vector<std::string>& picture_extensions();
/// What has sound, or may have: of sound alone, then containers.
const std::vector<std::string>& recording_extensions();
/// All three.
const std::vector<std::string>& media_extensions();
/// True for a path that ends in one of `extensions`, in whatever case.
bool has_extension(const fs::path& path, const std::vector<std::string>& extensions);
/// What a file is where nothing else says it: audio-only for a sound file, video-only for a single
/// picture, else audio-video.
std::string_view modality_by_extension(const fs::path& path);

/// Why a file or folder is none.
inline constexpr const char* kDeadLink =
    "its link leads nowhere: git annex get or datalad get fetches what it stands for, where it is "
    "of theirs";
/// A link to nowhere whose name could be that of a folder, of a speaker or a class.
bool is_dead_folder_link(const fs::path& path);
/// The end of a sentence where clips are missing: an archive below a folder and the command that
/// unpacks it; "" when there is none.
std::string archive_hint(const fs::path& root);

/// How a file's name ends, as a remark shows it: ".mpg", or "no ending".
std::string shown_ending(const fs::path& path);

/// Archives among the files below a folder, which nobody has unpacked.
class PackedFiles {
 public:
  explicit PackedFiles(fs::path root) : root_(std::move(root)) {}
  /// Any file below the folder.
  void note(const fs::path& path);
  /// A sentence; "" when there is none.
  std::string remark() const;

 private:
  fs::path root_;
  std::set<fs::path> packed_;
};

/// Visits the files below `root` with one of `extensions`, but for what archives and file managers
/// leave behind (`__MACOSX`, `._*`).
void for_each_media_file(const fs::path& root, const std::vector<std::string>& extensions,
                         const std::function<void(const fs::path&)>& visit);

/// What becomes of files that have one name: an error, the first where the others are copies of it
/// (--keep-first), or the first with the others among the catalog's twins.
enum class Doubles { refuse, first_of_copies, list };
/// Of the option --keep-first.
void describe_keep_first(Options& options, bool& keep_first);
inline Doubles doubles_of(bool keep_first) {
  return keep_first ? Doubles::first_of_copies : Doubles::refuse;
}

/// Looks for files with one of `extensions` anywhere below `root`, so that `Actor_XX/`, flat
/// folders and the zip layout `Video_Speech_Actor_XX/Actor_XX/` all work, and reads their names by
/// `scheme`. Throws Error when the folder is missing, and when two files claim the same name (says
/// of how many pairs, and whether they are copies) unless `doubles` says otherwise. Links that lead
/// nowhere are `unnamed`.
Catalog scan_dataset(const fs::path& root, const std::vector<std::string>& extensions,
                     const Scheme& scheme, Doubles doubles = Doubles::refuse);

}  // namespace aver
