#include "serve/upload.h"

#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

/// boundary=… of a Content-Type, without quotes; at most the 70 characters RFC 2046 allows.
std::string boundary_in(std::string_view content_type) {
  const auto at = to_lower(content_type).find("boundary=");
  if (at == std::string::npos) return {};
  std::string_view value = content_type.substr(at + 9);
  value = value.starts_with('"') ? value.substr(1, value.find('"', 1) - 1)
                                 : value.substr(0, value.find(';'));
  const std::string boundary = trim(value);
  return boundary.size() > 70 ? std::string() : boundary;
}

}  // namespace

bool ByteBudget::take(std::size_t bytes) {
  std::size_t left = left_;
  while (left >= bytes) {
    if (left_.compare_exchange_weak(left, left - bytes)) return true;
  }
  return false;
}

bool Upload::append(std::string_view part) {
  if (part.size() > limit_ - bytes_.size()) {
    too_large_ = true;
    return false;
  }
  if (!budget_.take(part.size())) {
    out_of_memory_ = true;
    return false;
  }
  taken_ += part.size();
  bytes_.append(part);
  return true;
}

std::string_view file_in_form(std::string_view body, std::string_view content_type) {
  const std::string boundary = boundary_in(content_type);
  if (boundary.empty()) return {};
  const std::string opening = "--" + boundary;
  const std::string closing = "\r\n" + opening;
  std::vector<std::string_view> files, fields;
  if (!body.starts_with(opening)) return {};
  body.remove_prefix(opening.size());
  while (body.starts_with("\r\n")) {
    const auto end_of_head = body.find("\r\n\r\n");
    if (end_of_head == std::string_view::npos) return {};
    const std::string_view head = body.substr(0, end_of_head);
    body.remove_prefix(end_of_head + 4);
    const auto end = body.find(closing);
    if (end == std::string_view::npos) return {};
    const std::string_view content = body.substr(0, end);
    const bool is_file = to_lower(head).find("filename=") != std::string::npos;
    (is_file ? files : fields).push_back(content);
    body.remove_prefix(end + closing.size());
  }
  if (files.size() > 1) {
    throw UsageError("the form holds {} files: send one clip, with picture and sound in one file",
                     files.size());
  }
  if (fields.size() > (files.empty() ? 1 : 0)) {
    throw UsageError(
        "the form holds a field beside the clip: parameters (modality, window, hop) stand in the "
        "address, after a question mark");
  }
  return !files.empty() ? files.front() : fields.empty() ? std::string_view() : fields.front();
}

}  // namespace aver
