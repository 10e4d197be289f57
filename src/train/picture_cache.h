#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/progress.h"
#include "media/media_source.h"
#include "store/stage.h"

namespace aver {

/// Those of the files that cannot be read as pictures: place in `files` and why.
std::map<std::size_t, std::string> unreadable_pictures(const std::vector<fs::path>& files,
                                                       std::size_t workers, Progress& progress,
                                                       const MediaLimits& limits = {});

/// How pictures are read.
struct PictureReading {
  MediaLimits limits = {};
  /// What stages recorded of them; empty, or one for each.
  std::vector<StageOutput> recorded = {};
  /// Gets those that are something else now, each with a clause, while the cache is made.
  std::vector<std::string>* changed = nullptr;
  /// A picture that cannot be read is black and its index and reason are put there; without it
  /// that is an error.
  std::map<std::size_t, std::string>* damaged = nullptr;
};

/// Pictures decoded and resized once, read by every epoch from a memory-mapped file: the peak
/// memory of training does not grow with their number.
///
/// A picture is decoded to BGR, squeezed to size×size with cv::resize(INTER_LINEAR) and kept as
/// size·size·3 bytes, row by row (HWC).
class PictureCache {
 public:
  /// Opens `cache`, or makes it first when it is missing, damaged, or not of exactly these files
  /// (paths, sizes, times) and size. Throws Error naming a picture that cannot be read; a half-made
  /// cache never carries its final name.
  ///
  /// With `damaged` a cache made earlier is not used: it would not say which those were.
  static PictureCache open(const fs::path& cache, const std::vector<fs::path>& files, int size,
                           std::size_t workers, Progress& progress,
                           const PictureReading& reading = {});

  PictureCache(PictureCache&&) noexcept;
  PictureCache& operator=(PictureCache&&) noexcept;
  ~PictureCache();

  std::size_t size() const;
  std::span<const std::uint8_t> picture(std::size_t index) const;

 private:
  class Mapping;
  explicit PictureCache(std::unique_ptr<Mapping> mapping);
  std::unique_ptr<Mapping> mapping_;
};

}  // namespace aver
