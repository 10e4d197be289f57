#include "stages/frame_settings.h"

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/options.h"
#include "stages/sampled_frames.h"

namespace aver {
namespace {

constexpr const char* kFace = "face";
constexpr const char* kWithoutFace = "without-face";
constexpr const char* kFingerprint = "face-fingerprint";

std::string required(const nlohmann::json& settings, const char* key) {
  const auto found = settings.find(key);
  if (found == settings.end() || !found->is_string() || found->get<std::string>().empty()) {
    throw Error("the model crops to a face and names no {}", key);
  }
  return found->get<std::string>();
}

/// The cascade of the name that a model remembers. A model may come from anywhere: no path of its
/// choice is opened.
fs::path cascade_named(const std::string& name) {
  return default_face_cascade().parent_path() / fs::path(name).filename();
}

/// The detector's file that the model was trained with, on this machine.
FaceFiles files_of_model(const nlohmann::json& settings, FaceMode mode, const FaceFiles& given) {
  const std::string option(file_option_of(mode));
  const std::string name = required(settings, option.c_str());
  FaceOptions options{mode, {}, given};
  if (mode == FaceMode::haar && given.cascade.empty()) options.files.cascade = cascade_named(name);
  if (mode == FaceMode::yunet && given.model.empty()) {
    throw Error("the model crops to faces that YuNet finds: name its {} with --face-model", name);
  }
  const fs::path found = detector_file_of(options);
  if (fingerprint_of_file(found) != required(settings, kFingerprint)) {
    throw Error("{} is another face {} than the {} that the model was trained with", found.string(),
                mode == FaceMode::haar ? "cascade" : "model", name);
  }
  return options.files;
}

}  // namespace

void FrameSettings::describe(Options& options) {
  options.result("every", every, "Keep frames 0, N, 2N… of each clip").at_least(1).may_be_missing();
  options
      .result("every-seconds", every_seconds,
              "Keep the first frame of each N seconds instead, whatever the frame rate (0 = off)")
      .at_least(0)
      .unsaid_at(0);
  options.result("quality", quality, "JPEG quality, 1 to 100").from_to(1, 100).may_be_missing();
  options
      .result("resize", resize,
              "WIDTHxHEIGHT in pixels, bilinear, aspect squeezed (default: the clip's own size)")
      .may_be_missing();
  options.check([this](std::vector<std::string>& problems) {
    if (resize.empty() || frame_size_of(*this)) return;
    problems.push_back(
        fmt::format("--resize must be WIDTHxHEIGHT, such as 64x64, not '{}'", resize));
  });
  Tracks::describe(options, tracks.video, "video");
  face.describe(options);
}

nlohmann::json to_json(const FrameSettings& settings) {
  nlohmann::json result = Options::of(settings).to_json();
  if (settings.face.mode == FaceMode::none) {
    result.erase(kFace);
    result.erase(kWithoutFace);
    return result;
  }
  const fs::path file = detector_file_of(settings.face);
  result[std::string(file_option_of(settings.face.mode))] = file.filename().string();
  result[kFingerprint] = fingerprint_of_file(file);
  return result;
}

FrameSettings frame_settings_of(const nlohmann::json& model_input, const FaceFiles& files) {
  const nlohmann::json stage = model_input.value("frames", nlohmann::json::object());
  FrameSettings settings;
  Options options;
  settings.describe(options);
  try {
    options.from_json(stage);
    options.require_valid();
  } catch (const Error& error) {
    throw Error("the model's \"frames\" settings cannot be used: {}", error.what());
  }
  if (settings.face.mode != FaceMode::none) {
    settings.face.files = files_of_model(stage, settings.face.mode, files);
  }
  return settings;
}

nlohmann::json face_settings(const nlohmann::json& stage_settings) {
  nlohmann::json result = {{kFace, name_of(FaceMode::none)}};
  for (const char* key : {kFace, kWithoutFace, "face-cascade", "face-model", kFingerprint}) {
    if (stage_settings.contains(key)) result[key] = stage_settings[key];
  }
  return result;
}

}  // namespace aver
