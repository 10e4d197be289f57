#include "media/sound_libraries.h"

#include <sndfile.h>
#include <soxr.h>

namespace aver {

std::string libsndfile_version() {
  return sf_version_string();
}

std::string libsoxr_version() {
  return soxr_version();
}

}  // namespace aver
