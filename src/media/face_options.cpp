#include "media/face_options.h"

#include "base/error.h"
#include "base/options.h"

namespace aver {
namespace {

constexpr const char* kWhereFrom =
    "Debian's package opencv-data brings haarcascade_frontalface_default.xml; --face-cascade names "
    "such a file";

}  // namespace

std::string_view name_of(FaceMode mode) {
  return mode == FaceMode::none ? "none" : "haar";
}

std::string_view name_of(WithoutFace policy) {
  if (policy == WithoutFace::skip) return "skip";
  return policy == WithoutFace::previous ? "previous" : "whole";
}

void FaceOptions::describe(Options& options) {
  options
      .result("face", mode,
              "Crop each frame to its largest face: none, or haar (OpenCV's Haar cascade)")
      .may_be_missing();  // of frames that were kept before there were faces
  describe_rest(options);
}

void FaceOptions::describe_rest(Options& options) {
  options
      .result("without-face", without,
              "A frame without a face: skip leaves it out, previous takes the box of the clip's "
              "last frame that had one (before that the whole frame), whole keeps it uncropped")
      .may_be_missing();
  options.place("face-cascade", cascade,
                default_face_cascade().empty()
                    ? "XML file of the Haar cascade; this build knows none"
                    : "XML file of the Haar cascade (default: frontal faces, of opencv-data)");
}

fs::path default_face_cascade() {
  return AVER_FACE_CASCADE;
}

fs::path cascade_of(const FaceOptions& options) {
  const fs::path path = options.cascade.empty() ? default_face_cascade() : options.cascade;
  if (path.empty()) throw Error("this build knows no face cascade: {}", kWhereFrom);
  if (!fs::is_regular_file(path)) {
    throw Error("no such face cascade: {}; {}", path.string(), kWhereFrom);
  }
  return path;
}

}  // namespace aver
