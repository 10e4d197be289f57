#include "aver/pipeline/frame_settings.h"

#include "aver/base/error.h"
#include "aver/base/fingerprint.h"

namespace aver {
namespace {

constexpr const char* kFace = "face";
constexpr const char* kWithoutFace = "without-face";
constexpr const char* kCascade = "face-cascade";
constexpr const char* kFingerprint = "face-fingerprint";

std::string fingerprint_of(const fs::path& cascade) {
  Fingerprint content;
  content.add(read_file(cascade));
  return content.text();
}

/// The cascade of the name that a model remembers.
fs::path cascade_named(const std::string& name) {
  const fs::path known = default_face_cascade();
  if (known.empty() || fs::path(name).filename() != name) return name;
  return known.parent_path() / name;
}

FaceOptions face_options_of(const nlohmann::json& settings, const fs::path& cascade) {
  FaceOptions options;
  options.mode = face_mode_from_name(settings.value(kFace, std::string(name_of(options.mode))));
  if (options.mode == FaceMode::none) return options;
  options.without =
      without_face_from_name(settings.value(kWithoutFace, std::string(name_of(options.without))));
  const std::string name = settings.at(kCascade);
  options.cascade = cascade.empty() ? cascade_named(name) : cascade;
  const fs::path found = cascade_of(options);
  if (fingerprint_of(found) != settings.at(kFingerprint).get<std::string>()) {
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
  result[kFingerprint] = fingerprint_of(cascade);
  return result;
}

FrameSettings frame_settings_of(const nlohmann::json& model_input, const fs::path& cascade) {
  const nlohmann::json stage = model_input.value("frames", nlohmann::json::object());
  FrameSettings settings;
  settings.every = stage.value("every", settings.every);
  settings.quality = stage.value("quality", settings.quality);
  settings.resize = stage.value("resize", settings.resize);
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
