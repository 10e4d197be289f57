#pragma once

/// The version of aver that this header belongs to; CMakeLists.txt reads it from here.
#define AVER_VERSION "0.1.0"
