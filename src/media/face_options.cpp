#include "media/face_options.h"

#include "base/error.h"

namespace aver {
namespace {

constexpr const char* kWhereFrom =
    "Debian's package opencv-data brings haarcascade_frontalface_default.xml; --face-cascade names "
    "such a file";

}  // namespace

std::string_view name_of(FaceMode mode) {
  return mode == FaceMode::none ? "none" : "haar";
}

FaceMode face_mode_from_name(std::string_view name) {
  if (name == "none") return FaceMode::none;
  if (name == "haar") return FaceMode::haar;
  throw UsageError("--face is \"none\" or \"haar\", not \"{}\"", name);
}

std::string_view name_of(WithoutFace policy) {
  if (policy == WithoutFace::skip) return "skip";
  return policy == WithoutFace::previous ? "previous" : "whole";
}

WithoutFace without_face_from_name(std::string_view name) {
  for (const auto policy : {WithoutFace::skip, WithoutFace::previous, WithoutFace::whole}) {
    if (name == name_of(policy)) return policy;
  }
  throw UsageError("--without-face is \"skip\", \"previous\" or \"whole\", not \"{}\"", name);
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
