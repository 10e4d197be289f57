#include "corpus/clip.h"

namespace aver {

std::string Clip::value(std::string_view column) const {
  if (column == "clip") return key;
  if (column == "label") return label;
  if (column == "speaker") return speaker;
  const auto found = attributes.find(std::string(column));
  return found == attributes.end() ? std::string() : found->second;
}

}  // namespace aver
