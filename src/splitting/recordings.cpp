#include "splitting/recordings.h"

#include <algorithm>
#include <regex>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/parallel.h"
#include "base/text.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/pcm16.h"
#include "stages/clip_stage.h"
#include "store/npy.h"

namespace aver {
namespace {

const std::vector<std::string> kSoundExtensions = {".wav", ".flac"};
constexpr std::string_view kMfccExtension = ".npy";

std::string extension_of(const fs::path& path) {
  return to_lower(path.extension().string());
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_sound_file(const fs::path& path) {
  return contains(kSoundExtensions, extension_of(path));
}

bool has_sound(const fs::path& path) {
  return is_sound_file(path) || contains(video_extensions(), extension_of(path));
}

Recording recording_of(const ClipId& id, std::string sound) {
  return {id.stem(),
          id.key(),
          id,
          std::string(name_of(id.emotion)),
          fmt::format("{:02}", id.actor),
          std::move(sound)};
}

RecordingFolder list_stage(const fs::path& folder, ChannelFilter channel) {
  const auto header = nlohmann::json::parse(read_file(folder / "stage.json"), nullptr, false);
  const std::string stage = header.is_object() ? header.value("stage", "frames") : "frames";
  RecordingFolder found;
  found.stage = stage;
  for (const auto& clip : read_stage(folder, stage).clips) {
    if (!takes(channel, clip.id.channel)) continue;
    std::string sound;
    for (const auto& output : clip.outputs) {
      if (output.path.ends_with(stage == "audio" ? ".wav" : kMfccExtension)) {
        sound = (folder / output.path).string();
      }
    }
    found.recordings.push_back(recording_of(clip.id, std::move(sound)));
  }
  return found;
}

RecordingFolder list_dataset(const fs::path& folder, ChannelFilter channel) {
  std::vector<std::string> extensions = video_extensions();
  extensions.insert(extensions.end(), kSoundExtensions.begin(), kSoundExtensions.end());
  const Catalog catalog = scan_dataset(folder, extensions, channel);
  RecordingFolder found;
  found.unnamed = catalog.unnamed.size();
  for (const auto& clip : catalog.clips) {
    if (clip.id.modality == Modality::video_only) continue;  // no sound, and no stage takes it
    found.recordings.push_back(recording_of(clip.id, clip.path));
  }
  return found;
}

RecordingFolder list_by_pattern(const fs::path& folder, const std::string& pattern) {
  RecordingFolder found;
  for (const auto& file : list_files(folder)) {
    const std::string name = fs::relative(file, folder).generic_string();
    found.recordings.push_back({name, name, std::nullopt, file.parent_path().filename().string(),
                                group_in(name, pattern), has_sound(file) ? file.string() : ""});
  }
  return found;
}

template <typename T>
std::string identity_of(std::string_view kind, std::span<const T> values, std::size_t rows) {
  if (is_still(values, rows)) return {};
  Fingerprint print;
  print.add(std::as_bytes(values));
  return fmt::format("{} {} {}", kind, values.size(), print.text());
}

/// "" for a recording that is still.
std::string identity_of(const fs::path& path) {
  if (extension_of(path) == kMfccExtension) {
    const FloatArray mfcc = read_npy(path);
    return identity_of<float>("mfcc", mfcc.values, mfcc.shape.empty() ? 0 : mfcc.shape.front());
  }
  const Sound sound = is_sound_file(path) ? read_sound_file(path) : decode_sound(path);
  const auto samples = to_pcm16(sound.samples);
  return identity_of<std::int16_t>("samples", samples, 1);
}

struct Identity {
  std::string text;
  std::string failure;
};

}  // namespace

std::string group_in(const std::string& path, const std::string& group_pattern) {
  const std::regex expression(group_pattern);
  const std::string name = path.substr(path.rfind('/') + 1);
  std::smatch match;
  if (!std::regex_search(name, match, expression)) {
    throw Error("{} does not match --group-pattern '{}'", path, group_pattern);
  }
  return match[1].str();
}

RecordingFolder list_recordings(const fs::path& folder, ChannelFilter channel,
                                const std::string& group_pattern) {
  refuse_unjoined(folder);
  RecordingFolder found = !group_pattern.empty() ? list_by_pattern(folder, group_pattern)
                          : fs::exists(folder / "stage.json") ? list_stage(folder, channel)
                                                              : list_dataset(folder, channel);
  if (found.recordings.empty()) {
    throw Error("{} holds no {}", folder.string(),
                group_pattern.empty() ? "clips of this channel" : "files");
  }
  return found;
}

void identify_sounds(const std::vector<Recording>& recordings, std::size_t workers,
                     Progress& progress, SoundIdentities& known) {
  std::vector<const Recording*> with_sound;
  for (const auto& recording : recordings) {
    if (!recording.sound.empty()) with_sound.push_back(&recording);
  }
  progress.start("comparing recordings", with_sound.size());
  const auto make_worker = [&] {
    return [&](std::size_t i) -> Identity {
      try {
        return {identity_of(fs::path(with_sound[i]->sound)), {}};
      } catch (const std::exception& error) {
        return {{}, error.what()};
      }
    };
  };
  parallel_map(with_sound.size(), workers, make_worker, [&](std::size_t i, Identity identity) {
    const Recording& recording = *with_sound[i];
    progress.update(i + 1);
    if (!identity.failure.empty()) {
      known.failed.push_back({recording.sound, identity.failure});
      return;
    }
    ++known.compared;
    if (identity.text.empty()) {
      known.silent.push_back(recording.name);
      return;
    }
    known.of_clip[recording.clip].insert(identity.text);
    known.recordings[identity.text].insert(recording.name);
  });
  progress.finish();
}

}  // namespace aver
