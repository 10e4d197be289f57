#include "prediction/decided_by.h"

namespace aver {

std::string_view name_of(DecidedBy decided) {
  if (decided == DecidedBy::both) return "both";
  return decided == DecidedBy::audio ? "audio" : "visual";
}

}  // namespace aver
