#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

/// Bytes that all uploads together may hold in memory.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes) : left_(bytes) {}
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { left_ += bytes; }

 private:
  std::atomic<std::size_t> left_;
};

/// The body of one request, in memory only. It is counted as it arrives, whatever the client said
/// about its length.
class Upload {
 public:
  /// Holds at most `limit` bytes, all of them out of `budget`.
  Upload(std::size_t limit, ByteBudget& budget) : limit_(limit), budget_(budget) {}
  ~Upload() { budget_.give_back(taken_); }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  /// False when the body is over its limit or the budget is used up: read no further.
  bool append(std::string_view part);

  bool too_large() const { return too_large_; }
  bool out_of_memory() const { return out_of_memory_; }
  std::string_view bytes() const { return bytes_; }

 private:
  std::size_t limit_;
  ByteBudget& budget_;
  std::size_t taken_ = 0;
  bool too_large_ = false;
  bool out_of_memory_ = false;
  std::string bytes_;
};

/// A file of a form, a view into the body.
struct FormFile {
  std::string name;  ///< as the form has it; may be ""
  std::string_view bytes;
};

/// The parts of a multipart/form-data body (RFC 7578) that hold files: those with a file name, else
/// the only one, where it is no text; places for files that were left empty are none.
/// `content_type` is the header's value. Empty when there is none or the body is malformed. Throws
/// UsageError for more than `most` files, and for other fields: nothing of a request is passed
/// over.
std::vector<FormFile> files_in_form(std::string_view body, std::string_view content_type,
                                    std::size_t most);

}  // namespace aver
