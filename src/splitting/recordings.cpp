#include "splitting/recordings.h"

#include <algorithm>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/json_text.h"
#include "base/parallel.h"
#include "base/printable.h"
#include "base/text.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/picture_identity.h"
#include "media/sound_identity.h"
#include "stages/chosen_stage.h"
#include "store/npy.h"

namespace aver {
namespace {

constexpr std::string_view kMfccExtension = ".npy";

std::string extension_of(const fs::path& path) {
  return to_lower(path.extension().string());
}

bool has_sound(const fs::path& path) {
  return has_extension(path, recording_extensions());
}

RecordingFolder list_stage(const fs::path& folder, ChosenClips& chosen) {
  const auto header = parse_json(read_file(folder / "stage.json"));
  const auto told = header.is_object() ? header.value("stage", nlohmann::json()) : nlohmann::json();
  const std::string stage = told.is_string() ? told.get<std::string>() : "frames";
  RecordingFolder found;
  found.stage = stage;
  for (const auto& clip : chosen_clips(read_stage(folder, stage), chosen)) {
    std::string sound;
    for (const auto& output : clip.outputs) {
      if (output.path.ends_with(stage == "audio" ? ".wav" : kMfccExtension)) {
        sound = (folder / output.path).string();
      }
    }
    found.recordings.push_back({clip.recording, std::move(sound)});
  }
  return found;
}

/// A picture beside recordings is none of a corpus, of a folder without any it is all there is.
bool are_pictures_alone(const std::vector<fs::path>& files) {
  return std::ranges::none_of(files, has_sound) &&
         std::ranges::any_of(
             files, [](const fs::path& file) { return has_extension(file, picture_extensions()); });
}

RecordingFolder list_dataset(const fs::path& folder, const SplitConfig& config,
                             ChosenClips& chosen) {
  std::vector<std::string> extensions = video_extensions();
  extensions.insert(extensions.end(), sound_extensions().begin(), sound_extensions().end());
  RecordingFolder found;
  const Corpus corpus(config.corpus);
  std::vector<fs::path> listed;  // whatever else lies beside what a table lists
  for (const DatasetClip& clip : corpus.listed()) listed.emplace_back(clip.path);
  found.pictures = are_pictures_alone(listed.empty() ? list_files(folder) : listed);
  const Catalog catalog = corpus.scan(folder, found.pictures ? picture_extensions() : extensions,
                                      chosen, doubles_of(config.keep_first));
  found.unnamed = catalog.unnamed.size();
  found.left_out = catalog.remarks;
  for (const UnnamedFile& file : catalog.unnamed) {
    if (file.reason != kDeadLink) continue;
    found.left_out.push_back(fmt::format("{}: {}", printable(file.path.string()), file.reason));
  }
  if (!catalog.other_channel.empty()) {
    found.left_out.push_back(fmt::format("{} left out: {}",
                                         counted(catalog.other_channel.size(), "recordings"),
                                         catalog.other_channel.front().reason));
  }
  for (const auto& clip : catalog.clips) {
    if (clip.recording.modality == kVideoOnly && !found.pictures)
      continue;  // no sound, and no stage takes it
    found.recordings.push_back({clip.recording, clip.path});
  }
  return found;
}

RecordingFolder list_by_pattern(const fs::path& folder, const GroupPattern& pattern) {
  RecordingFolder found;
  found.pictures = are_pictures_alone(list_files(folder));
  const auto tells = [&](const fs::path& file) {
    return found.pictures ? has_extension(file, picture_extensions()) : has_sound(file);
  };
  LabelsAgainstNames names;
  for (const auto& file : list_files(folder)) {
    const std::string name = fs::relative(file, folder).generic_string();
    const Clip clip{name, file.parent_path().filename().string(), group_in(name, pattern), {}};
    found.recordings.push_back({{clip, name, ""}, tells(file) ? file.string() : ""});
    names.compare(file.stem().string(), clip.label);
  }
  if (const std::string against = names.found("clips"); !against.empty()) {
    found.remarks.push_back(fmt::format("the folder contradicts the name {}", against));
  }
  return found;
}

std::string identity_of(const FloatArray& mfcc) {
  const std::span<const float> values(mfcc.values);
  if (is_still(values, mfcc.shape.empty() ? 0 : mfcc.shape.front())) return {};
  Fingerprint print;
  print.add(std::as_bytes(values));
  return fmt::format("mfcc {} {}", values.size(), print.text());
}

/// "" for a recording that is still.
std::string identity_of(const fs::path& path, const MediaLimits& limits) {
  if (extension_of(path) == kMfccExtension) return identity_of(read_npy(path));
  const MediaSource source(path, limits);
  if (has_extension(path, picture_extensions())) return picture_identity(read_image(source));
  return sound_identity(read_any_sound(source));
}

struct Identity {
  std::string text;
  std::string failure;
};

}  // namespace

std::string group_in(const std::string& path, const GroupPattern& group_pattern) {
  const auto subject = group_pattern.subject_of(path.substr(path.rfind('/') + 1));
  if (!subject) throw Error("{} does not match --group-pattern", path);
  return *subject;
}

RecordingFolder list_recordings(const fs::path& folder, const SplitConfig& config) {
  ChosenClips chosen(config.choice);
  const std::string& group_pattern = config.group_pattern;
  refuse_unjoined(folder);
  RecordingFolder found =
      !group_pattern.empty()              ? list_by_pattern(folder, GroupPattern(group_pattern))
      : fs::exists(folder / "stage.json") ? list_stage(folder, chosen)
                                          : list_dataset(folder, config, chosen);
  std::ranges::move(chosen.left_out(), std::back_inserter(found.left_out));
  std::ranges::move(chosen.labels_against_names(), std::back_inserter(found.remarks));
  if (found.recordings.empty()) {
    if (!group_pattern.empty()) throw Error("{} holds no files", folder.string());
    throw Error("{} holds no clips that --channel, --filter and --labels leave{}", folder.string(),
                chosen.why_none());
  }
  return found;
}

void identify_sounds(const std::vector<ListedRecording>& recordings, const MediaLimits& limits,
                     std::size_t workers, Progress& progress, SoundIdentities& known) {
  std::vector<const ListedRecording*> with_sound;
  for (const auto& recording : recordings) {
    if (!recording.sound.empty()) with_sound.push_back(&recording);
  }
  const bool pictures = !with_sound.empty() && std::ranges::all_of(with_sound, [](const auto* one) {
    return has_extension(one->sound, picture_extensions());
  });
  progress.start(pictures ? "comparing pictures" : "comparing recordings", with_sound.size());
  const auto make_worker = [&] {
    return [&](std::size_t i) -> Identity {
      try {
        return {identity_of(fs::path(with_sound[i]->sound), limits), {}};
      } catch (const std::exception& error) {
        return {{}, error.what()};
      }
    };
  };
  parallel_map(with_sound.size(), workers, make_worker, [&](std::size_t i, Identity identity) {
    const ListedRecording& listed = *with_sound[i];
    progress.update(i + 1);
    if (!identity.failure.empty()) {
      known.failed.push_back({listed.sound, identity.failure});
      return;
    }
    ++known.compared;
    if (identity.text.empty()) {
      known.silent.push_back(listed.recording.name);
      return;
    }
    known.of_clip[listed.recording.clip.key].insert(identity.text);
    known.recordings[identity.text].insert(listed.recording.name);
  });
  progress.finish();
}

}  // namespace aver
