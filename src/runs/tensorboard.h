#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"

namespace aver {

/// Curves of a run as TensorBoard reads them: a file of TensorFlow's events (records of a length,
/// a message of its protocol buffers and CRC-32C sums of both), which grows while the run goes on.
class TensorBoardLog {
 public:
  /// Continues `<folder>/events.out.tfevents.aver` behind the last whole record of a step up to
  /// `steps_done`, and begins it where it is not there. Throws Error where it cannot be written.
  TensorBoardLog(const fs::path& folder, std::int64_t steps_done);

  /// The last step that is there; 0 when there is none.
  std::int64_t steps() const { return steps_; }

  /// The values of one step, each by its tag; `seconds` since the epoch is when it was.
  void add(std::int64_t step, double seconds,
           const std::vector<std::pair<std::string_view, double>>& values);

 private:
  fs::path path_;
  std::int64_t steps_ = 0;
};

/// The Castagnoli polynomial's sum of some bytes (RFC 3720, appendix B.4).
std::uint32_t crc32c(std::string_view bytes);

}  // namespace aver
