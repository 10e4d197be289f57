#include "corpus/spelling.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "corpus/emotions.h"
#include "corpus/known_corpora.h"

namespace aver {
namespace {

/// Forms of the common names that no corpus of ours uses and tables of others do.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kForms = {{
    {"neutrality", "neutral"},
    {"calmness", "calm"},
    {"happiness", "happy"},
    {"joy", "happy"},
    {"joyful", "happy"},
    {"sadness", "sad"},
    {"anger", "angry"},
    {"fear", "fearful"},
    {"disgusted", "disgust"},
    {"surprise", "surprised"},
    {"pleasant surprise", "surprised"},
    {"pleasant surprised", "surprised"},
    {"bored", "boredom"},
    {"contemptuous", "contempt"},
}};

std::string meaning_in(const Scheme& corpus, const std::string& spelling, std::size_t shortest) {
  for (const auto& [code, meaning] : corpus.labels()) {
    if (meaning == spelling) return meaning;
    if (code.size() >= shortest && to_lower(code) == spelling) return meaning;
  }
  return {};
}

}  // namespace

std::string class_spelled(std::string_view label, const Scheme* corpus) {
  std::string spelling = to_lower(label);
  std::ranges::replace(spelling, '_', ' ');
  if (std::ranges::find(kEmotionNames, spelling) != kEmotionNames.end()) return spelling;
  if (corpus != nullptr) {
    if (auto meaning = meaning_in(*corpus, spelling, 1); !meaning.empty()) return meaning;
  }
  for (const std::string& name : known_corpora()) {
    if (auto meaning = meaning_in(*scheme_named(name), spelling, 2); !meaning.empty()) {
      return meaning;
    }
  }
  const auto form =
      std::ranges::find(kForms, spelling, [](const auto& entry) { return entry.first; });
  return form == kForms.end() ? std::string() : std::string(form->second);
}

std::string class_or_label(const std::string& label) {
  std::string known = class_spelled(label);
  return known.empty() ? label : known;
}

bool are_one_class(const std::string& one, const std::string& other) {
  if (one == other) return true;
  const std::string meant = class_spelled(one);
  return !meant.empty() && meant == class_spelled(other);
}

const std::set<std::string>& class_names() {
  static const std::set<std::string> names = [] {
    std::set<std::string> known(kEmotionNames.begin(), kEmotionNames.end());
    for (const std::string& corpus : known_corpora()) {
      for (const auto& [code, meaning] : scheme_named(corpus)->labels()) known.insert(meaning);
    }
    return known;
  }();
  return names;
}

std::string class_meant_by(const std::string& label) {
  const auto& names = class_names();
  if (names.contains(label)) return {};
  if (auto known = class_spelled(label); !known.empty()) return known;
  return nearest(to_lower(label), std::vector<std::string>(names.begin(), names.end()))
      .value_or("");
}

std::vector<std::string> spelled_twice(const std::vector<std::string>& labels) {
  std::map<std::string, std::set<std::string>> spellings;
  for (const std::string& label : std::set<std::string>(labels.begin(), labels.end())) {
    // A word of their own has no spelling but itself, in whatever case.
    const std::string known = class_spelled(label);
    spellings[known.empty() ? to_lower(label) : known].insert(label);
  }
  std::vector<std::string> sentences;
  for (const auto& [meant, words] : spellings) {
    if (words.size() < 2) continue;
    sentences.push_back(fmt::format(
        "the labels {} are spellings of one class and are taken as {} classes: --labels makes them "
        "one (docs/corpora.md)",
        fmt::join(words, ", "), words.size()));
  }
  return sentences;
}

}  // namespace aver
