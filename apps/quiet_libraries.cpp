#include "quiet_libraries.h"

#include <dlfcn.h>

#include <cstdio>
#include <iostream>

// These need <cstdio> before them.
#include <jpeglib.h>
#include <png.h>

// OpenCV leaves both libraries with the error handlers that they come with, which print. The
// functions that OpenCV calls to set them up are therefore defined here once more, in the program,
// where it finds them first: they call the library's own and take its printing away. What goes
// wrong is reported to OpenCV as before.
namespace {

using CreateReader = decltype(&png_create_read_struct);
using StandardErrors = decltype(&jpeg_std_error);

CreateReader create_reader = nullptr;
StandardErrors standard_errors = nullptr;

// OpenCV itself says there what it then throws or returns; aver writes by other ways.
[[gnu::used]] const bool silent = (std::cerr.rdbuf(nullptr), true);

void fail_quietly(png_structp png, png_const_charp) {
  png_longjmp(png, 1);
}

void say_nothing(png_structp, png_const_charp) {}
void say_nothing(j_common_ptr) {}

}  // namespace

#define AVER_FOUND_FIRST __attribute__((visibility("default"), used))

extern "C" AVER_FOUND_FIRST png_structp png_create_read_struct(png_const_charp version,
                                                               png_voidp data, png_error_ptr fail,
                                                               png_error_ptr warn) {
  aver::cli::quiet_picture_libraries();
  return create_reader(version, data, fail == nullptr ? fail_quietly : fail,
                       warn == nullptr ? static_cast<png_error_ptr>(say_nothing) : warn);
}

extern "C" AVER_FOUND_FIRST jpeg_error_mgr* jpeg_std_error(jpeg_error_mgr* errors) {
  aver::cli::quiet_picture_libraries();
  jpeg_error_mgr* found = standard_errors(errors);
  found->output_message = say_nothing;
  return found;
}

namespace aver::cli {

void quiet_picture_libraries() {
  static const bool looked_up = [] {
    create_reader = reinterpret_cast<CreateReader>(::dlsym(RTLD_NEXT, "png_create_read_struct"));
    standard_errors = reinterpret_cast<StandardErrors>(::dlsym(RTLD_NEXT, "jpeg_std_error"));
    return true;
  }();
  static_cast<void>(looked_up);
}

}  // namespace aver::cli
