#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "media/face_options.h"
#include "media/media_source.h"

namespace aver {

class Options;

/// What is done to a clip's frames before they are pictures of a frames stage. The defaults are the
/// paper's.
struct FrameSettings {
  int every = 5;       ///< keep frames 0, every, 2 · every… (in the order of showing)
  int quality = 95;    ///< JPEG quality, 1 … 100
  std::string resize;  ///< "WIDTHxHEIGHT" in pixels; empty keeps the size
  FaceOptions face;    ///< cropped before it is resized
  /// Above 0: the first frame of each stretch of so many seconds, in place of `every`.
  double every_seconds = 0;
  Tracks tracks = {};  ///< of which the video track is read

  void describe(Options& options);
};

/// As a frames stage's `settings`: `every`, `quality`, `resize`, and of a cropped face `face`,
/// `without-face`, `face-cascade` or `face-model` (the file's name) and `face-fingerprint` (of its
/// content). Without a face there are the first three alone. Throws Error when the file cannot be
/// read.
nlohmann::json to_json(const FrameSettings& settings);

/// The settings of the frames a model was trained on, from its ModelFile::input, whose "frames" are
/// a stage's settings; defaults where keys are missing. Throws Error when the detector's file is
/// not on this machine (among `files`, or else a cascade of that name where default_face_cascade()
/// lies) or is another than the model's.
FrameSettings frame_settings_of(const nlohmann::json& model_input, const FaceFiles& files = {});

/// The face keys of a frames stage's settings. A stage or model that says nothing of faces has
/// none:
/// {"face": "none"}.
nlohmann::json face_settings(const nlohmann::json& stage_settings);

}  // namespace aver
