#include "corpus/catalog.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/archives.h"
#include "base/error.h"
#include "base/options.h"
#include "base/printable.h"
#include "base/text.h"
#include "corpus/copies.h"

namespace aver {
namespace {

/// What archives and file managers leave behind: copies of names without their content.
bool is_litter(const fs::path& path) {
  return std::any_of(path.begin(), path.end(), [](const fs::path& part) {
    return part == "__MACOSX" || part.string().starts_with("._");
  });
}

/// The sound and the movie of a performance may have one name.
bool is_twin(const DatasetClip& a, const DatasetClip& b) {
  return a.recording.name == b.recording.name && a.recording.modality == b.recording.modality;
}

/// Refuses names that several files have, with what a user needs to tidy up.
void handle_twins(const fs::path& root, Catalog& catalog, Doubles doubles) {
  std::vector<DatasetClip>& clips = catalog.clips;
  std::vector<std::size_t> second;  // places of clips that are named as the one before
  for (std::size_t i = 1; i < clips.size(); ++i) {
    if (is_twin(clips[i - 1], clips[i])) second.push_back(i);
  }
  if (second.empty()) return;
  const DatasetClip& first = clips[second.front() - 1];
  const std::string example =
      fmt::format("two files claim the clip {}: {} and {}; remove or rename one",
                  first.recording.name, first.path, clips[second.front()].path);
  bool copies = true;
  for (const std::size_t i : second) {
    const bool equal = are_copies(clips[i - 1].path, clips[i].path);
    copies = copies && equal;
    if (doubles == Doubles::list) {
      catalog.twins.push_back(fmt::format("{} = {} ({})", clips[i - 1].path, clips[i].path,
                                          equal ? "copies" : "different"));
    } else if (!copies) {
      break;
    }
  }
  if (doubles == Doubles::list || (doubles == Doubles::first_of_copies && copies)) {
    const auto rest = std::unique(clips.begin(), clips.end(), is_twin);
    clips.erase(rest, clips.end());
    return;
  }
  if (second.size() == 1) {
    throw Error("{}{}", example,
                copies ? " (they are equal byte for byte: --keep-first takes the first)" : "");
  }
  throw Error(
      "{} holds {} names twice, {} ({}): a download that lies in itself once more does; "
      "give the inner folder as --input{} or remove one of the two",
      root.string(), second.size(),
      copies ? "all of them with equal content" : "not all with equal content", example,
      copies ? ", go on with --keep-first" : "");
}

}  // namespace

std::string_view name_of(ChannelFilter filter) {
  if (filter == ChannelFilter::all) return "all";
  return filter == ChannelFilter::speech ? "speech" : "song";
}

bool takes(ChannelFilter filter, const Clip& clip) {
  const std::string channel = clip.value("channel");
  return filter == ChannelFilter::all || channel.empty() || channel == name_of(filter);
}

std::string other_channel_reason(const std::string& channel) {
  return channel + " (see --channel)";
}

const std::vector<std::string>& video_extensions() {
  static const std::vector<std::string> kExtensions = {".mp4", ".mkv", ".avi", ".mov", ".webm",
                                                       ".m4v", ".3gp", ".flv", ".ogv"};
  return kExtensions;
}

const std::vector<std::string>& sound_extensions() {
  static const std::vector<std::string> kExtensions = {
      ".wav",  ".flac", ".mp3",  ".ogg", ".oga", ".opus", ".aac",  ".m4a", ".amr", ".aif",
      ".aiff", ".w64",  ".rf64", ".caf", ".mka", ".m4b",  ".aifc", ".spx", ".bw64"};
  return kExtensions;
}

const std::vector<std::string>& picture_extensions() {
  static const std::vector<std::string> kExtensions = {".jpg",  ".jpeg", ".jfif", ".jpe",
                                                       ".png",  ".bmp",  ".tif",  ".tiff",
                                                       ".webp", ".avif", ".heic", ".heif"};
  return kExtensions;
}

const std::vector<std::string>& recording_extensions() {
  static const std::vector<std::string> kExtensions = [] {
    std::vector<std::string> all = sound_extensions();
    all.insert(all.end(), video_extensions().begin(), video_extensions().end());
    return all;
  }();
  return kExtensions;
}

const std::vector<std::string>& media_extensions() {
  static const std::vector<std::string> kExtensions = [] {
    std::vector<std::string> all;
    for (const auto* some : {&video_extensions(), &sound_extensions(), &picture_extensions()}) {
      all.insert(all.end(), some->begin(), some->end());
    }
    return all;
  }();
  return kExtensions;
}

bool has_extension(const fs::path& path, const std::vector<std::string>& extensions) {
  return std::ranges::find(extensions, to_lower(path.extension().string())) != extensions.end();
}

std::string_view modality_by_extension(const fs::path& path) {
  if (has_extension(path, sound_extensions())) return kAudioOnly;
  return has_extension(path, picture_extensions()) ? kVideoOnly : kAudioVideo;
}

bool is_dead_folder_link(const fs::path& path) {
  std::error_code ignored;
  return !path.has_extension() && fs::is_symlink(path, ignored) && !fs::exists(path, ignored);
}

void PackedFiles::note(const fs::path& path) {
  if (has_extension(path, archive_extensions()) && !is_litter(path.lexically_relative(root_))) {
    packed_.insert(path);
  }
}

std::string PackedFiles::remark() const {
  if (packed_.empty()) return {};
  const bool one = packed_.size() == 1;
  return fmt::format("{} not read: unpack {} first, if clips are in {}",
                     one ? "an archive is" : counted(packed_.size(), "archives") + " are",
                     printable(packed_.begin()->string()), one ? "it" : "them");
}

std::string shown_ending(const fs::path& path) {
  return path.has_extension() ? printable(path.extension().string()) : "no ending";
}

std::string archive_hint(const fs::path& root) {
  for (const fs::path& file : list_files(root)) {
    if (!has_extension(file, archive_extensions())) continue;
    const std::string way = way_to_unpack(file);
    return fmt::format("; it holds {}, which must be unpacked first{}", file.filename().string(),
                       way.empty() ? "" : ": " + way);
  }
  return {};
}

void for_each_media_file(const fs::path& root, const std::vector<std::string>& extensions,
                         const std::function<void(const fs::path&)>& visit) {
  for_each_file(root, [&](const fs::path& path) {
    if (has_extension(path, extensions) && !is_litter(path.lexically_relative(root))) visit(path);
  });
}

void describe_keep_first(Options& options, bool& keep_first) {
  options.control("keep-first", keep_first,
                  "Of files that the folder holds twice take the first, where they are copies");
}

namespace {

/// Files that are named as clips and cannot be read as such, so that nobody takes them for clips
/// that were there.
class UnreadClips {
 public:
  explicit UnreadClips(const Scheme& scheme) : scheme_(scheme) {}

  void note(const fs::path& path, const fs::path& relative) {
    if (scheme_.known_folders() || scheme_.over_path()) return;  // there any file's name would do
    // An unfinished download has a second ending: clip.mp4.part.
    fs::path named = relative;
    if (has_extension(named.stem(), media_extensions())) named.replace_extension();
    try {
      scheme_.read(named, kAudioVideo);
    } catch (const Error&) {
      return;
    }
    files_.push_back(
        {path, path.has_extension()
                   ? fmt::format("no format that is read ends in {}", path.extension().string())
                   : "its name has no ending, which says the format"});
    endings_.insert(shown_ending(path));
  }

  /// Of a file that the walk through the folder passes over.
  void note_passed_over(const fs::path& path) {
    const bool hidden = path.filename().string().starts_with('.');
    files_.push_back({path, hidden ? "its name begins with a dot, which hides it"
                                   : "it is no regular file but a pipe or a device"});
    kinds_.insert(hidden ? "hidden" : "no regular file");
  }

  /// "" when there is none.
  std::string remark() const {
    if (files_.empty()) return {};
    const bool one = files_.size() == 1;
    std::set<std::string> why = kinds_;
    if (!endings_.empty()) {
      why.insert(fmt::format("in no format that is read ({})", fmt::join(endings_, ", ")));
    }
    return fmt::format("{} named as {}, {}, and left out: {}{}", counted(files_.size(), "files"),
                       one ? "a clip" : "clips", fmt::join(why, ", "),
                       printable(std::ranges::min(files_, {}, &UnnamedFile::path).path.string()),
                       one ? "" : " and others");
  }

  std::vector<UnnamedFile> files() && {
    std::ranges::sort(files_, {}, &UnnamedFile::path);
    return std::move(files_);
  }

 private:
  const Scheme& scheme_;
  std::vector<UnnamedFile> files_;
  std::set<std::string> endings_, kinds_;
};

}  // namespace

Catalog scan_dataset(const fs::path& root, const std::vector<std::string>& extensions,
                     const Scheme& scheme, Doubles doubles) {
  Catalog catalog;
  UnreadClips unread(scheme);
  PackedFiles packed(root);
  const auto take = [&](const fs::path& path, const fs::path& relative) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
      catalog.unnamed.push_back({path, kDeadLink});
      return;
    }
    try {
      DatasetClip clip = scheme.read(relative, modality_by_extension(path));
      clip.path = path.string();
      catalog.clips.push_back(std::move(clip));
    } catch (const Error& error) {
      catalog.unnamed.push_back({path, error.what()});
    }
  };
  for_each_file(
      root,
      [&](const fs::path& path) {
        const fs::path relative = path.lexically_relative(root);
        if (is_dead_folder_link(path)) catalog.unnamed.push_back({path, kDeadLink});
        packed.note(path);
        if (is_litter(relative)) return;
        if (has_extension(path, extensions)) {
          take(path, relative);
        } else if (!has_extension(path, media_extensions())) {
          unread.note(path, relative);
        }
      },
      [&](const fs::path& path) {
        const bool litter = is_litter(path.lexically_relative(root));
        if (!litter && has_extension(path, extensions)) unread.note_passed_over(path);
      });
  for (std::string remark : {unread.remark(), packed.remark()}) {
    if (!remark.empty()) catalog.remarks.push_back(std::move(remark));
  }
  catalog.unread = std::move(unread).files();
  std::sort(catalog.clips.begin(), catalog.clips.end(),
            [](const DatasetClip& a, const DatasetClip& b) {
              return std::tie(a.recording.name, a.recording.modality, a.path) <
                     std::tie(b.recording.name, b.recording.modality, b.path);
            });
  std::sort(catalog.unnamed.begin(), catalog.unnamed.end(),
            [](const UnnamedFile& a, const UnnamedFile& b) { return a.path < b.path; });
  handle_twins(root, catalog, doubles);
  return catalog;
}

}  // namespace aver
