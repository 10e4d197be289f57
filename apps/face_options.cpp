#include "face_options.h"

namespace aver::cli {
namespace {

constexpr const char* kAsTrained = "model";

void add_policy_options(Tool& tool, FaceOptions& face) {
  tool.app()
      .add_option_function<std::string>(
          "--without-face",
          [&face](const std::string& name) { face.without = without_face_from_name(name); },
          "A frame without a face: skip leaves it out, previous takes the box of the clip's last "
          "frame that had one (before that the whole frame), whole keeps it uncropped")
      ->default_str(std::string(name_of(face.without)))
      ->check(CLI::IsMember({"skip", "previous", "whole"}));
  tool.option("--face-cascade", face.cascade,
              default_face_cascade().empty()
                  ? "XML file of the Haar cascade; this build knows none"
                  : "XML file of the Haar cascade (default: frontal faces, of opencv-data)");
}

}  // namespace

void add_face_options(Tool& tool, FaceOptions& face) {
  tool.app()
      .add_option_function<std::string>(
          "--face", [&face](const std::string& name) { face.mode = face_mode_from_name(name); },
          "Crop each frame to its largest face: none, or haar (OpenCV's Haar cascade)")
      ->default_str(std::string(name_of(face.mode)))
      ->check(CLI::IsMember({"none", "haar"}));
  add_policy_options(tool, face);
}

void add_face_options(Tool& tool, bool& as_trained, FaceOptions& face) {
  tool.app()
      .add_option_function<std::string>(
          "--face",
          [&as_trained, &face](const std::string& name) {
            as_trained = name == kAsTrained;
            if (!as_trained) face.mode = face_mode_from_name(name);
          },
          "Crop pictures to their largest face: model (as the picture model was trained), none, or "
          "haar (OpenCV's Haar cascade; --without-face counts only here)")
      ->default_str(kAsTrained)
      ->check(CLI::IsMember({kAsTrained, "none", "haar"}));
  add_policy_options(tool, face);
}

}  // namespace aver::cli
