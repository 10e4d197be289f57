#pragma once

#include <string>
#include <vector>

#include "support.h"

namespace aver::test {

/// Skips the running test, visibly, when a program is not on the PATH.
#define AVER_REQUIRE_PROGRAM(name) \
  if (!::aver::test::has_program(name)) GTEST_SKIP() << "needs the program " << (name)

/// Runs ffmpeg with these arguments (overwriting its output); throws when it fails.
void run_ffmpeg(const std::vector<std::string>& arguments);

/// A small moving test picture with a tone, made by the ffmpeg program.
struct Movie {
  double seconds = 0.6;
  int rate = 25;
  std::string size = "96x64";
  bool picture = true;
  bool sound = true;
  std::vector<std::string> options = {};  ///< for the encoder, before the output name
};
void make_movie(const fs::path& path, const Movie& movie = {});

/// What `ffprobe -count_frames` counts in the first video stream.
long count_frames_with_ffprobe(const fs::path& path);

/// What `ffmpeg -ac 1 -c:a pcm_s16le` makes of the sound, at its own rate.
std::vector<std::int16_t> decode_sound_with_ffmpeg(const fs::path& path);

}  // namespace aver::test
