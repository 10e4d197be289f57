#include "corpus/labels_against_names.h"

#include <fmt/format.h>

#include "base/text.h"

namespace aver {

void LabelsAgainstNames::compare(const std::string& name, const std::string& label,
                                 const std::string& by_name) {
  compared_.insert(name);
  if (label == by_name || !against_.insert(name).second || against_.size() > 1) return;
  example_ = fmt::format("{} is {} there and {} by its name", name, label, by_name);
}

std::string LabelsAgainstNames::found(std::string_view unit) const {
  if (against_.empty()) return {};
  return fmt::format("in {} of {} ({})", against_.size(), counted(compared_.size(), unit),
                     example_);
}

}  // namespace aver
