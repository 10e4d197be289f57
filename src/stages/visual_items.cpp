#include "stages/visual_items.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>

#include "base/archives.h"
#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "corpus/catalog.h"
#include "corpus/class_folders.h"
#include "corpus/copies.h"
#include "corpus/frame_name.h"
#include "corpus/group_pattern.h"
#include "stages/chosen_stage.h"
#include "store/stage.h"

namespace aver {
namespace {

bool is_picture(const fs::path& path) {
  return has_extension(path, picture_extensions());
}

void add_frames(VisualItems& items, const Stage& stage, const StageClip& clip) {
  for (const StageOutput& output : clip.outputs) {
    const fs::path path(output.path);
    const std::string stem = path.stem().string();
    const auto mark = frame_mark(stem);
    // The tree by emotion holds the same pictures again.
    if (mark == stem.size() || !is_picture(path) || output.path.starts_with("by-emotion/")) {
      continue;
    }
    const Clip& facts = clip.recording.clip;
    items.items.push_back({stage.root / path, facts.key + stem.substr(mark), facts.key, facts.label,
                           facts.speaker, std::nullopt, output});
  }
}

}  // namespace

std::vector<SplitItem> VisualItems::split_items() const {
  std::vector<SplitItem> result;
  for (const VisualItem& item : items) result.push_back({item.name, item.label, item.group});
  return result;
}

std::optional<Split> VisualItems::given_split() const {
  const auto has = [&](Role role) {
    return std::ranges::any_of(items, [&](const auto& item) { return item.part == role; });
  };
  const bool all =
      std::ranges::all_of(items, [](const auto& item) { return item.part.has_value(); });
  const bool tests = has(Role::test);
  if (!all || !has(Role::train) || !(tests || has(Role::validation))) return std::nullopt;
  Split split{"given", 0, {}};
  for (const VisualItem& item : items) {
    const bool moved = !tests && item.part == Role::validation;
    split.rows.push_back({0, item.name, moved ? Role::test : *item.part});
  }
  return split;
}

std::vector<fs::path> VisualItems::files() const {
  std::vector<fs::path> files;
  for (const VisualItem& item : items) files.push_back(item.file);
  return files;
}

std::vector<std::string> VisualItems::names() const {
  std::vector<std::string> names;
  for (const VisualItem& item : items) names.push_back(item.name);
  return names;
}

std::vector<StageOutput> VisualItems::recorded() const {
  std::vector<StageOutput> recorded;
  for (const VisualItem& item : items) recorded.push_back(item.recorded);
  return recorded;
}

std::vector<std::string> VisualItems::clips() const {
  std::vector<std::string> clips;
  for (const VisualItem& item : items) clips.push_back(item.clip);
  return clips;
}

Roles VisualItems::roles(const Split& split) const {
  const auto by_item = roles_by_item(split);
  Roles roles;
  for (const VisualItem& item : items) {
    const auto own = role_of(by_item, item.name);
    roles.push_back(own ? own : role_of(by_item, item.clip));
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
  items.left_out = chosen.left_out_of_all();
  items.remarks = chosen.labels_against_names();
  for (const StageClip& clip : clips) {
    items.known.add(clip.recording);
    add_frames(items, stage, clip);
  }
  if (items.items.empty()) {
    throw Error("{} holds no frames that can be used{}", input.string(), chosen.why_none());
  }
  return items;
}

VisualItems frames_of_stages(const std::vector<fs::path>& inputs, const ClipChoice& choice) {
  VisualItems all = frames_of_stage(inputs.front(), choice);
  if (inputs.size() == 1) return all;
  std::vector<std::string> keys;
  const auto add_keys = [&](const VisualItems& items) {
    for (const auto& [key, clip] : items.known.clips()) keys.push_back(key);
  };
  add_keys(all);
  for (const fs::path& input : std::span(inputs).subspan(1)) {
    VisualItems more = frames_of_stage(input, choice);
    require_same_stage(inputs.front(), all.settings, input, more.settings);
    add_keys(more);
    for (const auto& [key, clip] : more.known.clips()) all.known.add(clip);
    std::ranges::move(more.items, std::back_inserter(all.items));
    std::ranges::move(more.left_out, std::back_inserter(all.left_out));
    std::ranges::move(more.remarks, std::back_inserter(all.remarks));
  }
  std::ranges::sort(keys);
  require_once(keys);
  std::ranges::stable_sort(all.items, {}, &VisualItem::name);
  for (VisualItem& item : all.items) item.group = all.known.speaker(*all.known.find(item.clip));
  return all;
}

VisualItems degraded_frames(const fs::path& copies, const fs::path& input,
                            const nlohmann::json& settings, const ClipChoice& choice) {
  VisualItems items = frames_of_stage(copies, choice);
  for (const char* key : {"conditions", "seed"}) items.settings.erase(key);
  require_same_stage(input, settings, copies, items.settings);
  return items;
}

/// What to say of pictures of one part, class and name with equal content: a download that lies in
/// itself once more has each of them twice. "" when there is none.
static std::string remark_on_doubled(const std::vector<VisualItem>& items) {
  std::map<std::tuple<std::optional<Role>, std::string, std::string>, const VisualItem*> first;
  std::size_t doubled = 0;
  std::string example;
  for (const VisualItem& item : items) {
    const auto [place, is_new] =
        first.try_emplace({item.part, item.label, item.file.filename().string()}, &item);
    if (is_new) continue;
    const fs::path& other = place->second->file;
    std::error_code ignored;  // a dead link is told with what cannot be read
    const bool there = fs::exists(other, ignored) && fs::exists(item.file, ignored);
    if (!there || !are_copies(other, item.file)) continue;
    if (doubled++ == 0) example = fmt::format("{} and {}", other.string(), item.file.string());
  }
  if (doubled == 0) return {};
  return fmt::format(
      "{} of one class and name stand there twice with equal content, and count twice ({}): a "
      "download that lies in itself once more does; give the inner folder as --images",
      counted(doubled, "pictures"), example);
}

/// Files beside the pictures, which may have been meant as some.
static std::string remark_on_others(const std::vector<fs::path>& others) {
  std::set<std::string> endings;
  for (const fs::path& file : others) endings.insert(shown_ending(file));
  return fmt::format("left out {}, no pictures by their names ({}): {}{}",
                     counted(others.size(), "files"), fmt::join(endings, ", "),
                     printable(std::ranges::min(others).string()),
                     others.size() == 1 ? "" : " and others");
}

VisualItems pictures_of_folders(const fs::path& root, const std::string& group_pattern) {
  VisualItems items;
  std::optional<GroupPattern> pattern;
  if (!group_pattern.empty()) pattern.emplace(group_pattern);
  std::vector<fs::path> pictures;  // below the root
  PackedFiles packed(root);
  // A picture whose link leads nowhere is one that cannot be read, and is told with the others.
  std::vector<fs::path> loose, others;
  for_each_file(root, [&](const fs::path& file) {
    packed.note(file);
    const fs::path relative = file.lexically_relative(root);
    if (is_dead_folder_link(file)) {
      items.dead.push_back({file, kDeadLink});
    } else if (is_picture(file)) {
      (relative.has_parent_path() ? pictures : loose).push_back(relative);
    } else if (!has_extension(file, archive_extensions())) {
      others.push_back(relative);
    }
  });
  std::ranges::sort(pictures);
  if (pictures.empty()) pictures = std::move(loose);  // the sentence about them follows
  for (const fs::path& picture : loose) {
    items.dead.push_back({root / picture, "it lies beside the class folders, and in none"});
  }
  ClassFolders classes = classes_by_folder(root, pictures);
  items.remarks = std::move(classes.remarks);
  if (!others.empty()) items.remarks.push_back(remark_on_others(others));
  if (std::string remark = packed.remark(); !remark.empty()) {
    items.remarks.push_back(std::move(remark));
  }
  LabelsAgainstNames names;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const fs::path file = root / pictures[i];
    std::string group;
    if (pattern) {
      group = pattern->subject_of(file.filename().string()).value_or("");
      if (group.empty()) {
        throw Error("{} does not match --group-pattern '{}' with a group", file.string(),
                    group_pattern);
      }
    }
    const std::string name = pictures[i].generic_string();
    const auto& [label, part] = classes.pictures[i];
    names.compare(pictures[i].stem().string(), label);
    items.items.push_back({file, name, name, label, group, part});
  }
  if (items.items.empty() && items.dead.empty()) {
    throw Error("{} holds no pictures in class-named folders", root.string());
  }
  if (std::string remark = remark_on_doubled(items.items); !remark.empty()) {
    items.remarks.push_back(std::move(remark));
  }
  if (const std::string found = names.found("clips"); !found.empty()) {
    items.remarks.push_back(fmt::format("the folder contradicts the picture's name {}", found));
  }
  return items;
}

VisualItems pictures_of_corpus(const fs::path& root, const std::string& corpus,
                               const ClipChoice& choice) {
  ChosenClips chosen(choice);
  const Catalog catalog = Corpus(corpus).scan(root, picture_extensions(), chosen);
  if (!catalog.unnamed.empty()) {
    const UnnamedFile& first = catalog.unnamed.front();
    throw Error("{}: {}{}", first.path.string(), first.reason,
                catalog.unnamed.size() == 1 ? std::string()
                                            : fmt::format("; {} more are none of the corpus's",
                                                          catalog.unnamed.size() - 1));
  }
  VisualItems items;
  items.left_out = chosen.left_out_of_all();
  items.remarks = chosen.labels_against_names();
  for (const DatasetClip& picture : catalog.clips) items.known.add(picture.recording);
  for (const DatasetClip& picture : catalog.clips) {
    const Clip& clip = picture.recording.clip;
    items.items.push_back({picture.path, clip.key, clip.key, clip.label, items.known.speaker(clip),
                           part_in_folder(clip.value("part"))});
  }
  return items;
}

}  // namespace aver
