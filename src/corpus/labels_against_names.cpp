#include "corpus/labels_against_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "corpus/frame_name.h"
#include "corpus/known_corpora.h"
#include "corpus/spelling.h"

namespace aver {
namespace {

constexpr std::size_t kNamed = 3;

}  // namespace

std::optional<std::string> label_in_name(std::string_view name) {
  const auto clip = shipped_scheme("ravdess")->find(name.substr(0, frame_mark(name)));
  return clip ? std::optional(clip->label) : std::nullopt;
}

void LabelsAgainstNames::compare(const std::string& name, const std::string& label,
                                 const std::string& by_name) {
  compared_.insert(name);
  if (are_one_class(label, by_name) || !against_.insert(name).second) return;
  if (examples_.size() < kNamed) {
    examples_.push_back(fmt::format("{} is {} there and {} by its name", name, label, by_name));
  }
}

void LabelsAgainstNames::compare(const std::string& name, const std::string& label) {
  const auto by_name = label_in_name(name);
  if (by_name && (label == *by_name || !class_spelled(label).empty())) {
    compare(name.substr(0, frame_mark(name)), label, *by_name);
  }
}

std::string LabelsAgainstNames::found(std::string_view unit) const {
  if (against_.empty()) return {};
  return fmt::format("in {} of {} ({}{})", against_.size(), counted(compared_.size(), unit),
                     fmt::join(examples_, ", "), against_.size() > kNamed ? ", …" : "");
}

}  // namespace aver
