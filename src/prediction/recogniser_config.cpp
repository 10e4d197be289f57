#include "prediction/recogniser_config.h"

#include "base/error.h"
#include "base/options.h"
#include "eval/fusion_rules.h"
#include "media/media_source.h"

namespace aver {

void ReadOptions::describe(Options& options) {
  options.result("window", window,
                 "A timeline of windows of this many seconds, for longer clips (0 = none)");
  options.result("hop", hop, "Seconds from one window to the next (0 = a third of the window)");
  options.result(
      "every-picture", every_picture,
      "A timeline with an answer for each picture that is looked at, by the visual model alone");
  describe_media(options);
  options.check([this](std::vector<std::string>& problems) {
    if (every_picture && (window > 0 || every_face)) {
      problems.emplace_back(
          "--every-picture makes a timeline of its own: leave --window and --faces all out");
    }
    if (!picture && !sound) problems.emplace_back("neither picture nor sound is asked for");
    if (window == 0 && hop == 0) return;
    if (window == 0) {
      problems.emplace_back("--hop needs --window");
      return;
    }
    if (!(window >= 0.5 && window <= 3600)) {
      problems.push_back(
          fmt::format("--window must be 0 or 0.5 to 3600 seconds, not {:g}", window));
    }
    if (hop != 0 && !(hop >= 0.1 && hop <= window)) {
      problems.push_back(
          fmt::format("--hop must be 0.1 seconds to the length of the window, not {:g}", hop));
    }
  });
}

void ReadOptions::describe_media(Options& options) {
  Tracks::describe(options, audio_track, "audio");
  Tracks::describe(options, video_track, "video");
  options.control("max-seconds", max_seconds, "Longest recording that is read").above(0);
  options.control("max-pixels", max_pixels, "Largest picture that is decoded, in pixels")
      .from_to(1, 1 << 30);
}

void RecogniserConfig::describe_models(Options& options, bool of_stages) {
  constexpr const char* kAsTrained = "model";
  options.heading("Models");
  options.place("visual", visual,
                "Visual model for the clips: model file, or folder of a finished run");
  options.place("audio", audio, "Audio model for the clips");
  options.result("second-head", second_head,
                 "Answer with the levels that the models learned besides (--second-head of their "
                 "trainers) instead of the classes");
  auto rule_value = option_value(rule);
  for (const FusionRule& known : fusion_rules()) {
    if (!known.fitted) rule_value.choices.emplace_back(known.name);
  }
  options.result("rule", std::move(rule_value),
                 "How the two become one: " + fusion_rules_help(false));
  options.place("fusion", fusion,
                "Instead of --rule: fusion.json of aver-evaluate-fusion, with all that was fitted; "
                "made with --conformal, it lets answers be \"not sure\"");
  options.place("enrol-from", enrol_from,
                "Folder with other, unlabelled clips of the one person that all clips are of: what "
                "they have in common is taken out (models trained with --centre speaker)");
  options
      .result("enrol", enrol,
              std::string("Of the clips in --enrol-from only so many, drawn (0 = all)") +
                  (of_stages ? "; without it, for a stage folder or series: so many clips of each "
                               "speaker are known, and not answered"
                             : ""))
      .at_least(0);
  options.place(
      "encoder", encoder,
      "Speaker encoder of an audio model that was trained on its states, the file itself");
  auto face_value = option_value(
      "WORD",
      [this](const Words& words) {
        const auto mode = value_named<FaceMode>(words.back());
        if (!mode && words.back() != kAsTrained) {
          throw UsageError("--face must be model, none, haar or yunet, not '{}'", words.back());
        }
        face_as_trained = !mode;
        if (mode) face.mode = *mode;
      },
      [this] { return nlohmann::ordered_json(face_as_trained ? kAsTrained : name_of(face.mode)); });
  face_value.choices = {kAsTrained, "none", "haar", "yunet"};
  options.result("face", std::move(face_value),
                 "Crop pictures to their largest face: model (as the visual model was trained), "
                 "none, or haar or yunet (OpenCV's Haar cascade, or a network with --face-model; "
                 "--without-face counts only here)");
  face.describe_rest(options);
  options.check([this, of_stages](std::vector<std::string>& problems) {
    if (!face_as_trained) face.check_files(problems);
    if (enrol > 0 && enrol_from.empty() && !of_stages) problems.emplace_back(kEnrolOfWhom);
    if (!fusion.empty() && rule != kOwnRule) {
      problems.push_back(fmt::format("--fusion brings a rule: leave --rule {} out", rule));
    }
    try {
      if (fusion_rule(rule).fitted) {
        problems.push_back(fmt::format(
            "--rule {} needs clips to be fitted on: {} expected, or --fusion with the fusion.json "
            "of an evaluation by that rule",
            rule, unfitted_rule_names()));
      }
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
  });
}

void RecogniserConfig::describe_device(Options& options) {
  options.heading("Running");
  options.speed("device", device, "auto, cpu or cuda");
  options.speed("threads", threads, "Threads of LibTorch (0 = the CPUs this process may use)")
      .from_to(0, 1024);
}

void RecogniserConfig::validate() const {
  RecogniserConfig copy = *this;
  Options options;
  copy.describe_models(options);
  copy.describe_device(options);
  options.check([this](std::vector<std::string>& problems) {
    if (lacks_models()) problems.emplace_back("--visual, --audio or both are required");
  });
  options.require_valid();
}

}  // namespace aver
