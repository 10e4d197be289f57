#pragma once

#include <set>
#include <string>

#include "corpus/scheme.h"

namespace aver {

/// The names of classes that labels should have: the common ones, those that the descriptions of
/// the known corpora and `scheme` (may be null) map their labels to.
std::set<std::string> class_names(const Scheme* scheme);

/// The class that some corpus's description takes this spelling for ("fear" is fearful), or else
/// the class whose name is near; "" when there is none.
std::string class_meant_by(const std::string& label);

}  // namespace aver
