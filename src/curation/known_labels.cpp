#include "curation/known_labels.h"

#include <vector>

#include "base/text.h"
#include "corpus/emotions.h"
#include "corpus/known_corpora.h"

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
  const std::string spelling = to_lower(label);
  const auto names = class_names(nullptr);
  if (names.contains(spelling)) return spelling;
  for (const std::string& corpus : known_corpora()) {
    for (const auto& [code, meaning] : scheme_named(corpus)->labels()) {
      // One letter means something in its own corpus only.
      if (code.size() > 1 && to_lower(code) == spelling) return meaning;
    }
  }
  const auto near = nearest(spelling, std::vector<std::string>(names.begin(), names.end()));
  return near ? *near : std::string();
}

}  // namespace aver
