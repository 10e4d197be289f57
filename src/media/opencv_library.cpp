#include "media/opencv_library.h"

#include <opencv2/core/utility.hpp>

namespace aver {

void keep_opencv_on_one_thread() {
  cv::setNumThreads(0);
}

std::string opencv_version() {
  return "OpenCV " + cv::getVersionString();
}

}  // namespace aver
