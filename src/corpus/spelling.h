#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/scheme.h"

namespace aver {

/// The class that a label is a known spelling of, in whatever case: a common name itself, what the
/// description `corpus` (may be null) or one that comes with aver maps it to ("fear" is TESS's word
/// for fearful, "ps" for surprised), or another form of the word ("happiness"). "" when it is none.
/// Codes of one letter mean something in their own corpus only.
std::string class_spelled(std::string_view label, const Scheme* corpus = nullptr);

/// The class that a label is a known spelling of, or the label as it stands.
std::string class_or_label(const std::string& label);

/// Whether two labels are equal, or known spellings of one class.
bool are_one_class(const std::string& one, const std::string& other);

/// The names that classes have: the common ones and those of the corpora that come along.
const std::set<std::string>& class_names();

/// The class that a label means or nearly spells; "" when there is none, or it is one itself.
std::string class_meant_by(const std::string& label);

/// "fear and fearful are spellings of one class: …" for each class that several of the labels mean;
/// their clips would be learnt as different classes.
std::vector<std::string> spelled_twice(const std::vector<std::string>& labels);

}  // namespace aver
