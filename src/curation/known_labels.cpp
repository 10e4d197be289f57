#include "curation/known_labels.h"

#include <vector>

#include "base/text.h"
#include "corpus/emotions.h"
#include "corpus/known_corpora.h"
#include "corpus/spelling.h"

namespace aver {

std::set<std::string> class_names(const Scheme* scheme) {
  std::set<std::string> names(kEmotionNames.begin(), kEmotionNames.end());
  for (const std::string& corpus : known_corpora()) {
    for (const auto& [code, meaning] : scheme_named(corpus)->labels()) names.insert(meaning);
  }
  if (scheme != nullptr) {
    for (const auto& [code, meaning] : scheme->labels()) names.insert(meaning);
  }
  return names;
}

std::string class_meant_by(const std::string& label) {
  if (auto known = class_spelled(label); !known.empty()) return known;
  const auto names = class_names(nullptr);
  const auto near = nearest(to_lower(label), std::vector<std::string>(names.begin(), names.end()));
  return near ? *near : std::string();
}

}  // namespace aver
