#include "stages/frame_settings.h"

#include "base/error.h"
#include "base/fingerprint.h"

namespace aver {
namespace {

constexpr const char* kFace = "face";
constexpr const char* kWithoutFace = "without-face";
constexpr const char* kCascade = "face-cascade";
constexpr const char* kFingerprint = "face-fingerprint";

template <typename T>
T value_of(const nlohmann::json& settings, const char* key, const T& otherwise) {
  try {
    return settings.value(key, otherwise);
  } catch (const nlohmann::json::exception& error) {
    throw Error("the model's \"frames\" setting {} cannot be used: {}", key, error.what());
  }
}

std::string required(const nlohmann::json& settings, const char* key) {
  const std::string value = value_of(settings, key, std::string());
  if (value.empty()) throw Error("the model crops to a face and names no {}", key);
  return value;
}

/// The cascade of the name that a model remembers. A model may come from anywhere: no path of its
/// choice is opened.
fs::path cascade_named(const std::string& name) {
  return default_face_cascade().parent_path() / fs::path(name).filename();
}

FaceOptions face_options_of(const nlohmann::json& settings, const fs::path& cascade) {
  FaceOptions options;
  options.mode = face_mode_from_name(value_of(settings, kFace, std::string(name_of(options.mode))));
  if (options.mode == FaceMode::none) return options;
  options.without = without_face_from_name(
      value_of(settings, kWithoutFace, std::string(name_of(options.without))));
  const std::string name = required(settings, kCascade);
  options.cascade = cascade.empty() ? cascade_named(name) : cascade;
  const fs::path found = cascade_of(options);
  if (fingerprint_of_file(found) != required(settings, kFingerprint)) {
    throw Error("{} is another face cascade than the {} that the model was trained with",
                found.string(), name);
  }
  return options;
}

}  // namespace

nlohmann::json to_json(const FrameSettings& settings) {
  nlohmann::json result = {
      {"every", settings.every}, {"quality", settings.quality}, {"resize", settings.resize}};
  if (settings.face.mode == FaceMode::none) return result;
  const fs::path cascade = cascade_of(settings.face);
  result[kFace] = name_of(settings.face.mode);
  result[kWithoutFace] = name_of(settings.face.without);
  result[kCascade] = cascade.filename().string();
  result[kFingerprint] = fingerprint_of_file(cascade);
  return result;
}

FrameSettings frame_settings_of(const nlohmann::json& model_input, const fs::path& cascade) {
  const nlohmann::json stage = model_input.value("frames", nlohmann::json::object());
  FrameSettings settings;
  settings.every = value_of(stage, "every", settings.every);
  settings.quality = value_of(stage, "quality", settings.quality);
  settings.resize = value_of(stage, "resize", settings.resize);
  if (settings.every < 1 || settings.quality < 1 || settings.quality > 100) {
    throw Error("the model's \"frames\" settings cannot be used: every {}, quality {}",
                settings.every, settings.quality);
  }
  settings.face = face_options_of(stage, cascade);
  return settings;
}

nlohmann::json face_settings(const nlohmann::json& stage_settings) {
  nlohmann::json result = {{kFace, name_of(FaceMode::none)}};
  for (const char* key : {kFace, kWithoutFace, kCascade, kFingerprint}) {
    if (stage_settings.contains(key)) result[key] = stage_settings[key];
  }
  return result;
}

}  // namespace aver
