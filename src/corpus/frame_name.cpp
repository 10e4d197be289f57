#include "corpus/frame_name.h"

#include <fmt/format.h>

namespace aver {
namespace {

constexpr std::string_view kFrameMark = "_frame_";

}  // namespace

std::string frame_name(std::string_view clip, std::int64_t index) {
  return fmt::format("{}{}{:04}", clip, kFrameMark, index);
}

std::size_t frame_mark(std::string_view name) {
  const auto mark = name.rfind(kFrameMark);
  if (mark == std::string_view::npos) return name.size();
  const auto number = name.substr(mark + kFrameMark.size());
  return number.find_first_not_of("0123456789") == std::string_view::npos ? mark : name.size();
}

std::string clip_of_item(const std::string& item) {
  return item.substr(0, frame_mark(item));
}

}  // namespace aver
