#pragma once

#include <cstdlib>
#include <opencv2/core.hpp>
#include <string>

#include "media/face_options.h"
#include "synthesis/face.h"
#include "synthesis/movie_writer.h"

namespace aver::test {

/// Skips the running test, visibly, when the machine has no Haar cascade.
#define AVER_REQUIRE_CASCADE()        \
  if (default_face_cascade().empty()) \
  GTEST_SKIP() << "needs a Haar cascade of frontal faces (Debian: opencv-data)"

/// Skips the running test, visibly, without the network that `--face yunet` reads.
#define AVER_REQUIRE_FACE_MODEL(name)                       \
  const ::aver::fs::path name = ::aver::test::face_model(); \
  if (name.empty())                                         \
  GTEST_SKIP() << "needs AVER_FACE_MODEL, the path of face_detection_yunet_2023mar.onnx"

inline fs::path face_model() {
  const char* path = std::getenv("AVER_FACE_MODEL");
  return path == nullptr ? "" : path;
}

inline constexpr PictureSize kDrawnSize{192, 144};

/// A drawn face on its wall, 144 x 192 x 3, at a time of its performance.
inline cv::Mat drawn_face(double seconds = 1.0) {
  const Performance performance =
      plan_performance(42, {.emotion = Emotion::calm, .actor = 4}, {.picture_ambiguity = 0});
  FacePainter painter(performance, kDrawnSize);
  const auto pixels = painter.paint(seconds, 0.0, 0);
  cv::Mat picture(kDrawnSize.height, kDrawnSize.width, CV_8UC3);
  std::copy(pixels.begin(), pixels.end(), picture.data);
  return picture;
}

/// The wall alone.
inline cv::Mat no_face() {
  return {kDrawnSize.height, kDrawnSize.width, CV_8UC3, cv::Scalar(190, 200, 205)};
}

/// A silent clip in which five frames are alike: "f" are frames with a face, "." without. Frames 0,
/// 5, 10… are one per letter.
inline void make_face_movie(const fs::path& path, const std::string& frames) {
  create_folders(path.parent_path());
  MovieWriter writer(path, {.width = kDrawnSize.width,
                            .height = kDrawnSize.height,
                            .frame_rate = {25, 1},
                            .sample_rate_hz = 0});
  const cv::Mat face = drawn_face(), wall = no_face();
  for (const char frame : frames) {
    const cv::Mat& picture = frame == 'f' ? face : wall;
    for (int i = 0; i < 5; ++i) writer.add_picture({picture.data, picture.total() * 3});
  }
  writer.finish();
}

}  // namespace aver::test
