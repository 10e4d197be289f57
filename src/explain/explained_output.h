#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/array.h"
#include "explain/explain.h"
#include "explain/explanation_page.h"
#include "features/extractor.h"
#include "features/feature_picture.h"

namespace aver {

/// The folder of aver-explain: writes what there is of each clip, and at the end of all.
class ExplainedOutput {
 public:
  explicit ExplainedOutput(fs::path folder) : folder_(std::move(folder)) {}

  /// PNG of pictures side by side, for the page too.
  void write_pictures(ExplainedClip& clip, const cv::Mat& strip) const;
  /// What the model of sound or series read of a clip, [rows, frames], and what it looked at there;
  /// 0 seconds per frame: frames are counted.
  void write_features(ExplainedClip& clip, const FloatArray& features, RowAxis axis,
                      double seconds_per_frame);
  /// All in the array, and so many in the picture that it can be opened.
  void write_face(ExplainedClip& clip, const ClipInput& input) const;

  /// Adds a clip that is written; what only the page holds goes where the page is full.
  void keep(ExplainedClip clip);
  /// Table, figures and page of all that are kept. What an earlier run explained here and this one
  /// did not is removed.
  ExplainReport finish(std::vector<std::string> failed) const;

 private:
  void remove_earlier() const;

  fs::path folder_;
  FeaturePainter painter_;
  std::vector<ExplainedClip> clips_;
};

/// So many pictures of a clip are drawn.
inline constexpr std::size_t kPicturesShown = 60;

}  // namespace aver
