#include "serve/upload.h"

#include <optional>

#include "base/error.h"
#include "base/printable.h"
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

/// filename="…" of a part's head; nothing when it has none.
std::optional<std::string> file_name_in(std::string_view head) {
  const auto at = to_lower(head).find("filename=");
  if (at == std::string::npos) return std::nullopt;
  const std::string_view value = head.substr(at + 9);
  if (value.starts_with('"')) return std::string(value.substr(1, value.find('"', 1) - 1));
  return trim(value.substr(0, value.find_first_of(";\r\n")));
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

std::vector<FormFile> files_in_form(std::string_view body, std::string_view content_type,
                                    std::size_t most) {
  const std::string boundary = boundary_in(content_type);
  if (boundary.empty()) return {};
  const std::string opening = "--" + boundary;
  const std::string closing = "\r\n" + opening;
  std::vector<FormFile> files, fields;
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
    const auto name = file_name_in(head);
    const bool left_empty = name && name->empty() && content.empty();
    if (!left_empty) (name ? files : fields).push_back({name.value_or(""), content});
    body.remove_prefix(end + closing.size());
  }
  if (files.size() > most) {
    throw UsageError("the form holds {} files: send at most {} at a time", files.size(), most);
  }
  // Of media none is text throughout.
  if (files.empty() && fields.size() == 1 &&
      printable(fields.front().bytes) == fields.front().bytes) {
    throw UsageError(
        "the form holds a field and no file: curl -F clip=@FILE sends one; parameters (modality, "
        "window, hop) stand in the address, after a question mark");
  }
  if (fields.size() > (files.empty() ? 1 : 0)) {
    throw UsageError(
        "the form holds a field beside the clip: parameters (modality, window, hop) stand in the "
        "address, after a question mark");
  }
  return files.empty() ? fields : files;
}

}  // namespace aver
