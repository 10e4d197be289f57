#include "stages/synthesize.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/inner_path.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/text.h"
#include "corpus/catalog.h"
#include "corpus/known_corpora.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/pcm16.h"
#include "stages/join_clips.h"
#include "stages/synthetic_folder.h"
#include "store/folder_lock.h"
#include "synthesis/face.h"
#include "synthesis/movie_writer.h"
#include "synthesis/scheme_names.h"
#include "synthesis/voice.h"

namespace aver {
namespace {

/// Rises when the same settings give other pictures or sounds.
constexpr int kCorpusVersion = 1;

std::optional<PictureSize> parse_size(const std::string& text) {
  const auto parts = split_text(text, 'x');
  if (parts.size() != 2) return std::nullopt;
  const auto width = parse_integer(parts[0]);
  const auto height = parse_integer(parts[1]);
  if (!width || !height || *width < 64 || *height < 64 || *width > 4096 || *height > 4096 ||
      *width % 2 != 0 || *height % 2 != 0) {
    return std::nullopt;
  }
  return PictureSize{static_cast<int>(*width), static_cast<int>(*height)};
}

/// One recording, and where it lies.
struct NamedClip {
  ClipId id;
  std::string path;
};

/// The recordings that the names can say. Of the others `left_out` gets a sentence for each kind.
std::vector<NamedClip> named_clips(const SynthesizeConfig& config,
                                   std::vector<std::string>& left_out) {
  const auto scheme = scheme_named(config.names);
  CorpusScheme wanted = config.scheme;
  if (scheme->name() != ravdess().name()) wanted.twin_actor = 0;
  std::vector<NamedClip> clips;
  std::map<std::string, std::size_t> unnamed;
  for (const ClipId& id : corpus_clips(wanted)) {
    if (auto path = path_under(*scheme, id)) {
      clips.push_back({id, std::move(*path)});
    } else {
      ++unnamed[code_of(*scheme, id.emotion) ? "further " + scheme->people()
                                             : std::string(name_of(id.emotion))];
    }
  }
  for (const auto& [what, count] : unnamed) {
    left_out.push_back(fmt::format("{} has no names for {} of {}: they are left out",
                                   scheme->called(), counted(count, "clips"), what));
  }
  return clips;
}

nlohmann::json record_of(const SynthesizeConfig& config, const std::vector<NamedClip>& clips) {
  std::vector<std::string> files;
  for (const auto& clip : clips) files.push_back(clip.path);
  nlohmann::json record = {{"tool", "aver-synthesize"},
                           {"corpus_version", kCorpusVersion},
                           {"settings", Options::of(config).to_json()},
                           {"files", files}};
  if (config.names != ravdess().name()) record["names"] = config.names;
  return record;
}

void write_movie(const fs::path& path, const Performance& performance,
                 const SynthesizeConfig& config) {
  const PictureSize size = *parse_size(config.size);
  const FrameRate rate = parse_frame_rate(config.fps);
  const bool with_sound = performance.id.modality == Modality::audio_video;
  const Speech speech = speak(performance);
  FacePainter painter(performance, size);
  MovieWriter movie(path, {.width = size.width,
                           .height = size.height,
                           .frame_rate = rate,
                           .sample_rate_hz = with_sound ? kSpeechSampleRateHz : 0});
  const int frames = std::max(1, static_cast<int>(performance.seconds * rate.hertz()));
  std::size_t heard = 0;
  for (int i = 0; i < frames; ++i) {
    const double time = i / rate.hertz();
    if (with_sound) {
      // Sound a little ahead of the picture, the rest with the last one.
      const auto until =
          i + 1 == frames ? speech.samples.size()
                          : std::min(speech.samples.size(),
                                     static_cast<std::size_t>((time + .1) * kSpeechSampleRateHz));
      movie.add_sound(std::span(speech.samples).subspan(heard, until - heard));
      heard = until;
    }
    movie.add_picture(painter.paint(time, speech.mouth_at(time), i));
  }
  movie.finish();
}

/// The face at the middle of the clip, as a single picture.
void write_picture(const fs::path& path, const Performance& performance,
                   const SynthesizeConfig& config) {
  const PictureSize size = *parse_size(config.size);
  const double time = performance.seconds / 2;
  FacePainter painter(performance, size);
  const auto bytes = painter.paint(time, speak(performance).mouth_at(time), 0);
  cv::Mat picture(size.height, size.width, CV_8UC3);
  std::copy(bytes.begin(), bytes.end(), picture.ptr());
  write_png(path, picture);
}

/// Corpora of different names hold different people: equal recordings would leak from one into the
/// other where both are used.
std::uint64_t seed_under(const SynthesizeConfig& config) {
  std::uint64_t seed = config.seed;
  if (config.names == ravdess().name()) return seed;
  for (const char letter : scheme_named(config.names)->name()) {
    seed = derive_seed(seed, {static_cast<unsigned char>(letter)});
  }
  return seed;
}

void make_clip(const NamedClip& clip, const SynthesizeConfig& config) {
  const fs::path path = inner_path(config.output, clip.path, "the description of the corpus",
                                   "change its [synthetic] file");
  const Performance performance = plan_performance(seed_under(config), clip.id, config.performance);
  if (has_extension(path, sound_extensions())) {
    write_wav(path, to_pcm16(speak(performance).samples), kSpeechSampleRateHz);
  } else if (has_extension(path, picture_extensions())) {
    write_picture(path, performance, config);
  } else {
    write_through_temporary(
        path, [&](const fs::path& temporary) { write_movie(temporary, performance, config); });
  }
}

}  // namespace

void SynthesizeConfig::describe(Options& options) {
  options.heading("Corpus");
  options
      .control("output", output,
               "Folder to write the clips to: Actor_XX/<name>.mp4 with RAVDESS's names")
      .required();
  options.result("seed", seed, "Seed of everything: equal seeds give equal bytes");
  options.result("actors", scheme.actors, "Actors, 60 performances each (1 to 24)").from_to(1, 24);
  options.result("statements", scheme.statements, "Sentences per emotion: 2, or 1 for half")
      .from_to(1, 2);
  options.result("repetitions", scheme.repetitions, "Takes of each: 2, or 1 for half")
      .from_to(1, 2);
  options
      .result("twin-actor", scheme.twin_actor,
              "Actor who also gets video-only and audio-only files (0 = none)")
      .at_least(0);
  // Recorded only where it is not RAVDESS, which it always was.
  options.control(
      "names", names,
      fmt::format("Whose names the files have: {}, or a description of your own (.toml); "
                  "what it has no names for is left out",
                  fmt::join(known_corpora(), ", ")));
  options.heading("Recordings");
  options.result("size", size, "Picture size in pixels, WIDTHxHEIGHT");
  options.result("seconds", performance.seconds, "Mean length of a clip in seconds")
      .from_to(.5, 60);
  options.result("fps", fps, "Frames per second, a ratio or a number");
  options
      .result("picture-ambiguity", performance.picture_ambiguity,
              "Share of the clips whose face is half another emotion")
      .from_to(0, 1);
  options
      .result("voice-ambiguity", performance.voice_ambiguity,
              "Share of the clips whose voice is half another emotion")
      .from_to(0, 1);
  join.describe(options);
  options.heading("Running");
  options.control("force", force, "Replace a corpus made with other settings");
  describe_workers(options, workers);
  options.check([this](std::vector<std::string>& problems) {
    if (scheme.twin_actor > scheme.actors) {
      problems.push_back(fmt::format("--twin-actor must be 0 (none) to {} (--actors), not {}",
                                     scheme.actors, scheme.twin_actor));
    }
    if (!parse_size(size)) {
      problems.push_back(fmt::format(
          "--size must be WIDTHxHEIGHT with even numbers from 64 to 4096, not '{}'", size));
    }
    try {
      parse_frame_rate(fps);
    } catch (const UsageError& error) {
      problems.emplace_back(error.what());
    }
  });
}

void SynthesizeConfig::validate() const {
  Options::of(*this).require_valid();
}

SynthesizeReport run_synthesize(const SynthesizeConfig& config, Progress& progress) {
  config.validate();
  if (config.join.recordings > 0) return join_clips(config, progress);
  SynthesizeReport report;
  const auto clips = named_clips(config, report.left_out);
  create_folders(config.output);
  const FolderLock lock(config.output);
  prepare_synthetic_folder(config.output, record_of(config, clips), config.force);
  std::vector<NamedClip> missing;
  for (const auto& clip : clips) {
    if (!fs::exists(config.output / clip.path)) missing.push_back(clip);
  }
  progress.start("synthesising clips", missing.size());
  parallel_map(
      missing.size(), config.workers,
      [&] {
        return [&](std::size_t i) {
          make_clip(missing[i], config);
          return i;
        };
      },
      [&](std::size_t i, std::size_t) { progress.update(i + 1); });
  progress.finish();

  report.clips = clips.size();
  report.made = missing.size();
  for (const auto& clip : clips) report.bytes += stamp_of(config.output / clip.path).size;
  return report;
}

}  // namespace aver
