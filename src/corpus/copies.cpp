#include "corpus/copies.h"

namespace aver {

bool are_copies(const fs::path& a, const fs::path& b) {
  return stamp_of(a).size == stamp_of(b).size && read_file(a) == read_file(b);
}

}  // namespace aver
