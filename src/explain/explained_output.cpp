#include "explain/explained_output.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/spreadsheet.h"
#include "base/text.h"
#include "explain/heat_pictures.h"
#include "media/image_file.h"
#include "store/npy.h"

namespace aver {
namespace {

/// The first `frames` of [rows, frames].
FloatArray first_frames(const FloatArray& features, std::size_t frames) {
  FloatArray result = FloatArray::matrix(features.rows(), frames);
  for (std::size_t row = 0; row < features.rows(); ++row) {
    std::copy_n(features.row(row).begin(), frames,
                result.values.begin() + static_cast<std::ptrdiff_t>(row * frames));
  }
  return result;
}

/// What a clip's folder can hold.
constexpr const char* kClipFiles[] = {"face.npy", "faces.png", "sound.npy", "sound.png",
                                      "sound-looked-at.png"};

constexpr double kRough = .05;  // gap of integrated gradients

/// What is added up of the checks.
struct Checks {
  std::size_t clips = 0, better = 0;
  double correlation = 0;
};

std::string number(double value) {
  return fmt::format("{:.6f}", value);
}

/// A row for a modality of a clip, in the order of kColumns.
std::string row_of(const ExplainedClip& clip, const std::string& modality, const LookedAt& looked,
                   const std::optional<double>& own, const std::optional<double>& share) {
  const auto optional = [](const std::optional<double>& value) {
    return value ? number(*value) : std::string();
  };
  const auto of_check = [&](double AttributionCheck::*value) {
    return looked.check ? number((*looked.check).*value) : std::string();
  };
  return spreadsheet_line(
      {clip.name, clip.folder, clip.emotion, clip.answer, number(clip.probability), modality,
       optional(own), optional(share), looked.method, looked.layer, optional(looked.gap),
       of_check(&AttributionCheck::deletion), of_check(&AttributionCheck::random_deletion),
       of_check(&AttributionCheck::shuffled)});
}

const std::vector<std::string> kColumns = {"clip",
                                           "folder",
                                           "class",
                                           "answer",
                                           "probability",
                                           "modality",
                                           "probability_of_modality",
                                           "share",
                                           "method",
                                           "layer",
                                           "gap",
                                           "deletion",
                                           "random_deletion",
                                           "shuffled_correlation"};

}  // namespace

void ExplainedOutput::write_pictures(ExplainedClip& clip, const cv::Mat& strip) const {
  clip.faces = encode_png(strip);
  write_file(folder_ / clip.folder / "faces.png", clip.faces);
}

void ExplainedOutput::write_features(ExplainedClip& clip, const FloatArray& features, RowAxis axis,
                                     double seconds_per_frame) {
  const FloatArray& places = clip.sound->places;
  const FloatArray seen = first_frames(features, places.columns());
  clip.features = painter_.png(seen, axis, seconds_per_frame, fs::path(clip.name).filename());
  axis.first_apart = false;
  axis.shown = 0;
  axis.unit = clip.sound->unit;
  axis.two_signs = clip.sound->unit != kOfTheMost;
  clip.looked =
      painter_.png(places, axis, seconds_per_frame, clip.sound->method + " for " + clip.emotion);
  clip.unit = seconds_per_frame > 0 ? "s" : "frames";
  clip.seconds =
      static_cast<double>(places.columns()) * (seconds_per_frame > 0 ? seconds_per_frame : 1);
  write_npy(folder_ / clip.folder / "sound.npy", places);
  write_file(folder_ / clip.folder / "sound.png", clip.features);
  write_file(folder_ / clip.folder / "sound-looked-at.png", clip.looked);
}

void ExplainedOutput::write_face(ExplainedClip& clip, const ClipInput& input) const {
  const FloatArray& places = clip.face->places;
  write_npy(folder_ / clip.folder / "face.npy", places);
  const auto shown = spread_items(input.pictures.size(), kPicturesShown);
  for (const std::size_t i : shown) clip.picture_seconds.push_back(input.picture_seconds[i]);
  write_pictures(clip,
                 faces_with_heat(input.pictures, places, clip.face->unit == kOfTheMost, shown));
}

void ExplainedOutput::keep(ExplainedClip clip) {
  if (clips_.size() >= kClipsOnPage) {
    for (auto* png : {&clip.faces, &clip.features, &clip.looked}) *png = {};
  }
  for (auto* looked : {&clip.face, &clip.sound}) {
    if (*looked) (*looked)->places = {};
  }
  clips_.push_back(std::move(clip));
}

// As its table names them.
void ExplainedOutput::remove_earlier() const {
  const fs::path table = folder_ / "explanations.csv";
  if (!fs::exists(table)) return;
  std::set<std::string> now;
  for (const ExplainedClip& clip : clips_) now.insert(clip.folder);
  const CsvTable earlier = read_csv(table);
  const auto column = earlier.find("folder");
  if (!column) return;
  for (const auto& row : earlier.rows) {
    const std::string folder = row[*column];
    if (now.contains(folder) || fs::path(folder).has_parent_path()) continue;
    for (const char* name : kClipFiles) fs::remove(folder_ / folder / name);
    std::error_code not_empty;  // somebody else's file stays, and its folder
    fs::remove(folder_ / folder, not_empty);
  }
}

ExplainReport ExplainedOutput::finish(std::vector<std::string> failed) const {
  std::string table = csv_line(kColumns);
  std::map<std::string, Checks> checks;
  std::size_t rough = 0;
  const auto note = [&](const std::string& modality, const LookedAt& looked) {
    if (looked.gap.value_or(0) > kRough) ++rough;
    if (!looked.check) return;
    Checks& sums = checks[modality];
    ++sums.clips;
    if (looked.check->deletion < looked.check->random_deletion) ++sums.better;
    sums.correlation += std::abs(looked.check->shuffled);
  };
  for (const ExplainedClip& clip : clips_) {
    const auto share = [&](double ModalityShares::*which) {
      return clip.shares ? std::optional((*clip.shares).*which) : std::nullopt;
    };
    if (clip.face) {
      table += row_of(clip, "visual", *clip.face, clip.visual, share(&ModalityShares::visual));
      note("visual", *clip.face);
    }
    if (clip.sound) {
      table +=
          row_of(clip, clip.sound_modality, *clip.sound, clip.audio, share(&ModalityShares::audio));
      note(clip.sound_modality, *clip.sound);
    }
  }
  if (rough > 0) {
    spdlog::warn(
        "the integrated gradients of {} add up to more than {:.0f} % beside what they should: give "
        "more --steps",
        counted(rough, "attributions"), 100 * kRough);
  }
  ExplainReport report;
  report.text = fmt::format("{} explained{}: {}\n", counted(clips_.size(), "clips"),
                            failed.empty() ? "" : fmt::format(", {} failed", failed.size()),
                            (folder_ / "index.html").string());
  report.metrics = {{"clips", clips_.size()}, {"failed", failed}};
  for (const auto& [modality, sums] : checks) {
    const auto all = static_cast<double>(sums.clips);
    report.text += fmt::format(
        "  {}: what is marked is missed more than random places in {} of {}; mean correlation with "
        "a network of shuffled weights {:.2f}\n",
        modality, sums.better, counted(sums.clips, "clips"), sums.correlation / all);
    report.metrics["checks"][modality] = {
        {"clips", sums.clips},
        {"better_than_random", static_cast<double>(sums.better) / all},
        {"shuffled_correlation", sums.correlation / all}};
  }
  remove_earlier();
  remove_temporaries(folder_);  // of a run that was killed
  write_file(folder_ / "explanations.csv", table);
  write_file(folder_ / "metrics.json", report.metrics.dump(2) + "\n");
  write_file(folder_ / "index.html", explanation_page(clips_, failed));
  report.failed = std::move(failed);
  return report;
}

}  // namespace aver
