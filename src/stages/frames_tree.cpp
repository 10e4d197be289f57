#include "stages/frames_tree.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/inner_path.h"
#include "corpus/frame_name.h"

namespace aver {
namespace {

constexpr auto kByActor = "by-actor";
constexpr auto kByEmotion = "by-emotion";

/// The recording that a frame's file name says it is of; nothing for other files.
std::optional<std::string> recording_of_frame(const fs::path& path) {
  const std::string stem = path.stem().string();
  const auto mark = frame_mark(stem);
  if (path.extension() != ".jpg" || mark == stem.size()) return std::nullopt;
  return stem.substr(0, mark);
}

std::string twin_path(const Recording& recording, const std::string& file_name) {
  return fmt::format("{}/{}/{}", kByEmotion, recording.clip.label, file_name);
}

/// A frame's file name is unique in either tree.
bool owns(const StageClip* clip, std::string_view file_name) {
  return clip != nullptr &&
         std::any_of(clip->outputs.begin(), clip->outputs.end(), [&](const StageOutput& output) {
           const std::string_view path = output.path;
           return path.substr(path.rfind('/') + 1) == file_name;
         });
}

}  // namespace

std::string frame_path(const DatasetClip& clip, std::int64_t index) {
  return fmt::format("{}/{}.jpg", kByActor, frame_name(clip.output_stem(), index));
}

void FramesTree::renew_twin(const Recording& recording, const std::string& by_actor_path) const {
  const fs::path source = root_ / by_actor_path;
  const std::string twin = twin_path(recording, source.filename().string());
  link_or_copy(source, inner_path(root_, twin, recording.name, "its label names a folder"));
}

void FramesTree::restore_twins(const StageWriter& writer) const {
  for (const auto& [name, clip] : writer.clips()) {
    for (const auto& output : clip.outputs) {
      const std::string file = fs::path(output.path).filename().string();
      if (!fs::exists(root_ / twin_path(clip.recording, file))) {
        renew_twin(clip.recording, output.path);
      }
    }
  }
}

void FramesTree::make_consistent(const StageWriter& writer) const {
  restore_twins(writer);
  for (const char* tree : {kByActor, kByEmotion}) {
    if (!fs::is_directory(root_ / tree)) continue;
    for_each_file(root_ / tree, [&](const fs::path& path) {
      const auto recording = recording_of_frame(path);
      if (!recording) return;
      const StageClip* clip = writer.find(*recording);
      const bool frame_of_ours = clip != nullptr || corpus_.find(*recording);
      if (frame_of_ours && !owns(clip, path.filename().string())) {
        remove_inner(root_, path.lexically_relative(root_).string());
      }
    });
  }
}

}  // namespace aver
