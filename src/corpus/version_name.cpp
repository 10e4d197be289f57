#include "corpus/version_name.h"

#include <fmt/format.h>

#include "base/text.h"

namespace aver {
namespace {

constexpr std::string_view kVersionMark = "_version_";

}  // namespace

std::string version_name(std::string_view name, int number) {
  return number == 1 ? std::string(name) : fmt::format("{}{}{}", name, kVersionMark, number);
}

Clip version_of(Clip clip, int number) {
  if (number > 1) clip.attributes[kVersionOf] = clip.key;
  clip.attributes[kVersion] = std::to_string(number);
  clip.key = version_name(clip.key, number);
  return clip;
}

std::optional<VersionName> version_in(std::string_view name) {
  const auto mark = name.rfind(kVersionMark);
  if (mark == std::string_view::npos || mark == 0) return std::nullopt;
  const auto number = parse_integer(name.substr(mark + kVersionMark.size()));
  if (!number || *number < 2 || *number > 1'000'000) return std::nullopt;
  return VersionName{std::string(name.substr(0, mark)), static_cast<int>(*number)};
}

std::string original_of(const Clip& clip) {
  std::string original = clip.value(kVersionOf);
  return original.empty() ? clip.key : original;
}

}  // namespace aver
