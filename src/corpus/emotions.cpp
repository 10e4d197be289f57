#include "corpus/emotions.h"

#include <algorithm>

namespace aver {

std::vector<std::string> in_class_order(std::span<const std::string> names) {
  std::vector<std::string> ordered(names.begin(), names.end());
  const auto rank = [](const std::string& name) {
    return std::find(kEmotionNames.begin(), kEmotionNames.end(), name) - kEmotionNames.begin();
  };
  std::sort(ordered.begin(), ordered.end(), [&](const std::string& a, const std::string& b) {
    return std::pair(rank(a), std::string_view(a)) < std::pair(rank(b), std::string_view(b));
  });
  ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
  return ordered;
}

}  // namespace aver
