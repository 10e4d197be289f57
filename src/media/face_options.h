#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "aver/estimate.h"
#include "base/files.h"

namespace aver {

class Options;

/// Whether frames are cropped to a face: not at all (the paper), or to what a Haar cascade or the
/// network YuNet finds.
enum class FaceMode { none, haar, yunet };
constexpr auto choices(FaceMode) {
  return std::array{FaceMode::none, FaceMode::haar, FaceMode::yunet};
}
std::string_view name_of(FaceMode mode);

/// What becomes of a frame in which no face is found: it is left out, it takes the box of the last
/// frame of its clip that had one (the whole frame where there is none yet), or it stays whole.
enum class WithoutFace { skip, previous, whole };
constexpr auto choices(WithoutFace) {
  return std::array{WithoutFace::skip, WithoutFace::previous, WithoutFace::whole};
}
std::string_view name_of(WithoutFace policy);

/// What detectors read.
struct FaceFiles {
  fs::path cascade;  ///< OpenCV's XML of a Haar cascade; "" = default_face_cascade()
  fs::path model;    ///< YuNet's ONNX; there is no default

  void describe(Options& options);
};

struct FaceOptions {
  FaceMode mode = FaceMode::none;
  WithoutFace without = WithoutFace::previous;
  FaceFiles files;

  void describe(Options& options);
  /// What is done without a face and with which files, where something else says whether to crop.
  void describe_rest(Options& options);
  /// Adds what is wrong with the detector's files: one of another detector, or none of a network.
  void check_files(std::vector<std::string>& problems) const;
};

/// OpenCV's cascade for frontal faces as this build's configuration found it; "" when it did not.
fs::path default_face_cascade();

/// The option that names a detector's file: "face-cascade" or "face-model".
std::string_view file_option_of(FaceMode mode);

/// The file that the options' detector reads. Throws Error that says what brings one when there is
/// no such file.
fs::path detector_file_of(const FaceOptions& options);

}  // namespace aver
