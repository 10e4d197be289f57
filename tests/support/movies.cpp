#include "movies.h"

#include <cstring>

#include "base/error.h"
#include "base/text.h"

namespace aver::test {

void run_ffmpeg(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"ffmpeg", "-v", "error", "-nostdin", "-y"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto result = run_command(words);
  if (result.exit_status != 0) {
    throw Error("{} failed: {}", fmt::join(words, " "), result.err);
  }
}

void make_movie(const fs::path& path, const Movie& movie) {
  create_folders(path.parent_path());
  std::vector<std::string> words;
  const auto input = [&](const std::string& source) {
    words.insert(words.end(), {"-f", "lavfi", "-t", std::to_string(movie.seconds), "-i", source});
  };
  if (movie.picture) input(fmt::format("testsrc2=size={}:rate={}", movie.size, movie.rate));
  if (movie.sound) input("sine=frequency=440:sample_rate=48000");
  if (movie.picture) words.insert(words.end(), {"-pix_fmt", "yuv420p"});
  words.insert(words.end(), movie.options.begin(), movie.options.end());
  words.push_back(path.string());
  run_ffmpeg(words);
}

long count_frames_with_ffprobe(const fs::path& path) {
  const auto result =
      run_command({"ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0",
                   "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path.string()});
  return parse_integer(trim(split_text(trim(result.out), ',').front())).value_or(-1);
}

std::vector<std::int16_t> decode_sound_with_ffmpeg(const fs::path& path) {
  TemporaryFolder folder;
  run_ffmpeg({"-i", path.string(), "-vn", "-ac", "1", "-c:a", "pcm_s16le", "-f", "s16le",
              (folder / "sound.raw").string()});
  const std::string bytes = read_file(folder / "sound.raw");
  std::vector<std::int16_t> samples(bytes.size() / 2);
  std::memcpy(samples.data(), bytes.data(), 2 * samples.size());
  return samples;
}

}  // namespace aver::test
