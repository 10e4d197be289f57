#pragma once

#include <string>

#include "documents.h"

namespace aver::cli {

/// A page of section 1, in the macros of man(7).
std::string manual_page(const Documents& of);

}  // namespace aver::cli
