#include "curation/measure.h"

#include <algorithm>
#include <set>

#include "base/fingerprint.h"
#include "base/parallel.h"
#include "corpus/catalog.h"
#include "corpus/corpus.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/picture_identity.h"
#include "media/sound_identity.h"
#include "media/video_decoder.h"

namespace aver {
namespace {

void add_picture(Measured& measured, const cv::Mat& picture) {
  measured.width = picture.cols;
  measured.height = picture.rows;
  if (!measured.identity.empty() || measured.samples > 0) return;
  measured.identity = picture_identity(picture);
}

void add_sound(Measured& measured, const Sound& sound) {
  measured.sample_rate_hz = sound.sample_rate_hz;
  measured.channels = sound.channels;
  measured.samples = sound.samples.size();
  measured.identity = sound_identity(sound);
}

/// Calls what may find that there is no stream of its kind.
template <typename Read>
bool has_stream(Read read) {
  try {
    read();
    return true;
  } catch (const MissingStreamError&) {
    return false;
  }
}

Measured measure_file(const fs::path& path, const MediaLimits& limits) {
  const MediaSource source(path, limits);
  Measured measured;
  if (has_extension(path, picture_extensions())) {
    add_picture(measured, read_image(source));
  } else if (has_extension(path, sound_extensions())) {
    add_sound(measured, read_any_sound(source));
  } else {
    const bool sound = has_stream([&] { add_sound(measured, decode_sound(source)); });
    const bool picture = has_stream([&] {
      VideoDecoder decoder(source);
      if (decoder.next()) add_picture(measured, decoder.picture());
    });
    if (!sound && !picture) throw Error("{} holds neither sound nor picture", path.string());
    // The first picture alone does not tell videos apart.
    if (!sound) measured.identity = "file " + fingerprint_of_file(path);
  }
  return measured;
}

}  // namespace

std::map<std::string, Measured> measure(const std::vector<DatasetClip>& files, const fs::path& root,
                                        const MediaLimits& limits, std::size_t workers,
                                        Progress& progress) {
  std::set<std::string> unique;
  for (const auto& file : files) unique.insert(file.path);
  const std::vector<std::string> paths(unique.begin(), unique.end());
  std::map<std::string, Measured> found;
  progress.start("opening files", paths.size());
  parallel_map(
      paths.size(), workers,
      [&] {
        return [&](std::size_t i) -> Measured {
          try {
            return measure_file(Corpus::place_of(root, paths[i]), limits);
          } catch (const std::exception& error) {
            Measured broken;
            broken.failure = error.what();
            return broken;
          }
        };
      },
      [&](std::size_t i, Measured measured) {
        found.emplace(paths[i], std::move(measured));
        progress.update(i + 1);
      });
  progress.finish();
  return found;
}

}  // namespace aver
