#pragma once

#include <string>

#include "aver/estimate.h"
#include "base/files.h"
#include "media/face_options.h"

namespace aver {

class Options;

/// The models that look at a clip, and how their answers become one.
struct RecogniserConfig {
  static constexpr const char* kOwnRule = "max-confidence";
  fs::path visual;              ///< model file or folder of a finished run; "" = none
  fs::path audio;               ///< the same; one of the two must be given
  bool second_head = false;     ///< answers are the levels of the models' second head
  std::string rule = kOwnRule;  ///< one of fusion_rules() that needs no fitting
  fs::path fusion;              ///< fusion.json whose rule takes its place; "" = none
  /// Other clips of the one person that is asked about, which the audio model (or that of a stage
  /// folder) is told of; "" = none.
  fs::path enrol_from;
  /// How many clips of a person are known: so many of enrol_from, drawn (0 = all); without it so
  /// many of each speaker of a stage folder (0 = none).
  int enrol = 0;
  fs::path encoder;  ///< the speaker encoder, of an audio model on its states; "" = none
  /// Pictures are cropped as those that the visual model was trained on; of `face` only the files
  /// count then.
  bool face_as_trained = true;
  FaceOptions face;
  std::string device = "auto";  ///< "auto", "cpu" or "cuda"
  std::size_t threads = 0;      ///< of LibTorch; 0 = the CPUs this process may use

  /// What a number of clips lacks that are nobody's.
  static constexpr const char* kEnrolOfWhom = "--enrol needs --enrol-from, the person's clips";
  bool lacks_models() const { return visual.empty() && audio.empty(); }
  /// `of_stages`: stage folders and series can be asked about too.
  void describe_models(Options& options, bool of_stages = false);
  void describe_device(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
};

}  // namespace aver
