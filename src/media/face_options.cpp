#include "media/face_options.h"

#include "base/error.h"
#include "base/options.h"

namespace aver {
namespace {

constexpr const char* kCascadeFrom =
    "Debian's package opencv-data brings haarcascade_frontalface_default.xml; --face-cascade names "
    "such a file";
constexpr const char* kModelFrom =
    "OpenCV's model zoo has face_detection_yunet_2023mar.onnx; --face-model names it";

}  // namespace

std::string_view name_of(FaceMode mode) {
  if (mode == FaceMode::haar) return "haar";
  return mode == FaceMode::yunet ? "yunet" : "none";
}

std::string_view name_of(WithoutFace policy) {
  if (policy == WithoutFace::skip) return "skip";
  return policy == WithoutFace::previous ? "previous" : "whole";
}

void FaceOptions::describe(Options& options) {
  options
      .result(
          "face", mode,
          "Crop each frame to its largest face: none, haar (OpenCV's Haar cascade), or yunet (a "
          "network, which also finds turned and small ones; needs --face-model)")
      .may_be_missing();  // of frames that were kept before there were faces
  describe_rest(options);
}

void FaceOptions::describe_rest(Options& options) {
  options
      .result("without-face", without,
              "A frame without a face: skip leaves it out, previous takes the box of the clip's "
              "last frame that had one (before that the whole frame), whole keeps it uncropped")
      .may_be_missing();
  files.describe(options);
}

void FaceOptions::check_files(std::vector<std::string>& problems) const {
  if (!files.cascade.empty() && mode != FaceMode::haar) {
    problems.emplace_back("--face-cascade needs --face haar");
  }
  if (files.model.empty() != (mode != FaceMode::yunet)) {
    problems.emplace_back(files.model.empty() ? "--face yunet needs --face-model"
                                              : "--face-model needs --face yunet");
  }
}

void FaceFiles::describe(Options& options) {
  options.place("face-cascade", cascade,
                default_face_cascade().empty()
                    ? "XML file of the Haar cascade; this build knows none"
                    : "XML file of the Haar cascade (default: frontal faces, of opencv-data)");
  options.place("face-model", model,
                "ONNX file of YuNet, of OpenCV's model zoo (face_detection_yunet_2023mar.onnx)");
}

fs::path default_face_cascade() {
  return AVER_FACE_CASCADE;
}

std::string_view file_option_of(FaceMode mode) {
  return mode == FaceMode::yunet ? "face-model" : "face-cascade";
}

fs::path detector_file_of(const FaceOptions& options) {
  const bool yunet = options.mode == FaceMode::yunet;
  const char* from = yunet ? kModelFrom : kCascadeFrom;
  fs::path path = yunet ? options.files.model : options.files.cascade;
  if (path.empty() && !yunet) path = default_face_cascade();
  if (path.empty()) {
    throw Error("{}: {}",
                yunet ? "--face yunet needs its network" : "this build knows no face cascade",
                from);
  }
  if (!fs::is_regular_file(path)) {
    throw Error("no such face {}: {}; {}", yunet ? "model" : "cascade", path.string(), from);
  }
  return path;
}

}  // namespace aver
