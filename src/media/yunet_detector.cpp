#include "media/yunet_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"

namespace aver {
namespace {

// As in haar_detector.cpp, another value is another setting of the stage.

/// Pictures are searched in this size, pixels of the longer side: the network knows faces of some
/// 10 to 300 pixels.
constexpr int kSearchedSide = 640;
/// Of presence and class together, from which on a box is a face.
constexpr double kLeastScore = 0.7;
/// Overlap (intersection over union) from which on two boxes are of one face.
constexpr float kSameFace = 0.3F;
/// Share of the larger side that a box gains all round. The network's own are tight.
constexpr double kMargin = 0.05;

/// Pixels from one cell of the network's three grids to the next.
constexpr int kStrides[] = {8, 16, 32};

class YunetDetector final : public FaceDetector {
 public:
  explicit YunetDetector(const fs::path& path) {
    for (const char* what : {"cls", "obj", "bbox"}) {
      for (const int stride : kStrides) outputs_.push_back(fmt::format("{}_{}", what, stride));
    }
    try {
      network_ = cv::dnn::readNetFromONNX(path.string());
      answers_to(cv::Mat::zeros(64, 96, CV_8UC3));
      if (is_as_expected({96, 64})) return;
    } catch (const cv::Exception&) {  // says where in OpenCV, not what is wrong
    }
    throw Error("{} is no YuNet network that OpenCV reads (face_detection_yunet_2023mar.onnx)",
                path.string());
  }

  std::vector<cv::Rect> find(const cv::Mat& picture) override {
    const cv::Mat searched = shrunk(picture, kSearchedSide);
    const cv::Size size = answers_to(searched);
    std::vector<cv::Rect2d> boxes;
    std::vector<float> scores;
    for (std::size_t grid = 0; grid < std::size(kStrides); ++grid) {
      add_faces(grid, size, boxes, scores);
    }
    std::vector<int> kept;
    cv::dnn::NMSBoxes(boxes, scores, static_cast<float>(kLeastScore), kSameFace, kept);
    std::vector<cv::Rect> faces;
    const double x = static_cast<double>(picture.cols) / searched.cols;
    const double y = static_cast<double>(picture.rows) / searched.rows;
    for (const int i : kept) {
      const cv::Rect2d& box = boxes[static_cast<std::size_t>(i)];
      const cv::Rect face = face_square({box.x * x, box.y * y, box.width * x, box.height * y},
                                        kMargin, picture.size());
      if (!face.empty()) faces.push_back(face);
    }
    return faces;
  }

 private:
  /// Runs the network over a picture, which it takes in whole cells; the size that it then had.
  cv::Size answers_to(const cv::Mat& picture) {
    constexpr int kCell = 32;
    const cv::Size size((picture.cols + kCell - 1) / kCell * kCell,
                        (picture.rows + kCell - 1) / kCell * kCell);
    cv::Mat padded;
    cv::copyMakeBorder(picture, padded, 0, size.height - picture.rows, 0, size.width - picture.cols,
                       cv::BORDER_CONSTANT | cv::BORDER_ISOLATED);
    network_.setInput(cv::dnn::blobFromImage(padded));
    network_.forward(answers_, outputs_);
    return size;
  }

  bool is_as_expected(const cv::Size& size) const {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const int stride = kStrides[i % std::size(kStrides)];
      const std::size_t numbers = i < 2 * std::size(kStrides) ? 1 : 4;
      const auto cells = static_cast<std::size_t>(size.area() / stride / stride);
      if (answers_[i].total() != numbers * cells || answers_[i].type() != CV_32F) return false;
    }
    return true;
  }

  void add_faces(std::size_t grid, const cv::Size& size, std::vector<cv::Rect2d>& boxes,
                 std::vector<float>& scores) const {
    const int stride = kStrides[grid];
    const int columns = size.width / stride;
    const float* classes = answers_[grid].ptr<float>();
    const float* presence = answers_[3 + grid].ptr<float>();
    const float* places = answers_[6 + grid].ptr<float>();
    for (int cell = 0; cell < columns * (size.height / stride); ++cell) {
      const float score =
          std::sqrt(std::clamp(classes[cell], 0.0F, 1.0F) * std::clamp(presence[cell], 0.0F, 1.0F));
      if (!(score >= kLeastScore)) continue;
      // Of the middle and the logarithm of the sides, in cells.
      const float* place = places + 4 * cell;
      const double width = std::exp(static_cast<double>(place[2])) * stride;
      const double height = std::exp(static_cast<double>(place[3])) * stride;
      const double x = (cell % columns + static_cast<double>(place[0])) * stride;
      const double y = (cell / columns + static_cast<double>(place[1])) * stride;
      boxes.emplace_back(x - width / 2, y - height / 2, width, height);
      scores.push_back(score);
    }
  }

  cv::dnn::Net network_;
  std::vector<cv::String> outputs_;
  std::vector<cv::Mat> answers_;
};

}  // namespace

std::unique_ptr<FaceDetector> make_yunet_detector(const fs::path& model) {
  return std::make_unique<YunetDetector>(model);
}

}  // namespace aver
