#include "stages/visual_items.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "corpus/catalog.h"
#include "corpus/known_corpora.h"
#include "stages/chosen_stage.h"
#include "store/stage.h"

namespace aver {
namespace {

constexpr const char* kFrameMark = "_frame_";

bool is_picture(const fs::path& path) {
  return has_extension(path, picture_extensions());
}

void add_frames(VisualItems& items, const Stage& stage, const StageClip& clip) {
  for (const StageOutput& output : clip.outputs) {
    const fs::path path(output.path);
    const std::string stem = path.stem().string();
    const auto mark = stem.find(kFrameMark);
    // The tree by emotion holds the same pictures again.
    if (mark == std::string::npos || !is_picture(path) || output.path.starts_with("by-emotion/")) {
      continue;
    }
    items.files.push_back(stage.root / path);
    items.names.push_back(clip.recording.clip.key + stem.substr(mark));
    items.clips.push_back(clip.recording.clip.key);
    items.labels.push_back(clip.recording.clip.label);
    items.groups.push_back(clip.recording.clip.speaker);
  }
}

}  // namespace

std::vector<SplitItem> VisualItems::split_items() const {
  std::vector<SplitItem> result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    result.push_back({names[i], labels[i], groups[i]});
  }
  return result;
}

std::vector<std::string> VisualItems::roles(const Split& split) const {
  std::map<std::string, Role> role_of;
  for (const SplitRow& row : split.rows) {
    role_of[row.item] = row.role;
    role_of.emplace(clip_key(row.item), row.role);
  }
  std::vector<std::string> roles;
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto found = role_of.find(names[i]);
    if (found == role_of.end()) found = role_of.find(clips[i]);
    roles.push_back(found == role_of.end() ? "" : std::string(name_of(found->second)));
  }
  return roles;
}

VisualItems frames_of_stage(const fs::path& input, const ClipChoice& choice) {
  const Stage stage = read_stage(input, "frames");
  VisualItems items;
  items.frames = true;
  items.settings = stage.settings;
  ChosenClips chosen(choice);
  const auto clips = chosen_clips(stage, chosen);
  require_one_recording_each(stage, clips);
  items.left_out = chosen.left_out();
  for (const StageClip& clip : clips) {
    items.known.add(clip.recording.clip);
    add_frames(items, stage, clip);
  }
  if (items.files.empty()) {
    throw Error("{} holds no frames that can be used: check --channel", input.string());
  }
  return items;
}

std::string subject_of(const std::string& file_name, const std::regex& group_pattern) {
  std::smatch match;
  if (!std::regex_search(file_name, match, group_pattern) || match.size() < 2) return {};
  return match[1].str();
}

VisualItems pictures_of_folders(const fs::path& root, const std::string& group_pattern) {
  VisualItems items;
  const std::regex expression(group_pattern);
  for (const fs::path& file : list_files(root)) {
    if (!is_picture(file)) continue;
    const fs::path relative = file.lexically_relative(root);
    const std::string label = relative.begin()->string();
    if (std::next(relative.begin()) == relative.end()) {
      throw Error("{} lies in no class folder: --images wants one folder per class below it",
                  file.string());
    }
    std::string group;
    if (!group_pattern.empty()) {
      group = subject_of(file.filename().string(), expression);
      if (group.empty()) {
        throw Error("{} does not match --group-pattern '{}' with a group", file.string(),
                    group_pattern);
      }
    }
    items.files.push_back(file);
    items.names.push_back(relative.generic_string());
    items.clips.push_back(relative.generic_string());
    items.labels.push_back(label);
    items.groups.push_back(group);
  }
  if (items.files.empty()) {
    throw Error("{} holds no pictures in class-named folders", root.string());
  }
  return items;
}

}  // namespace aver
