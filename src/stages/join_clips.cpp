#include "stages/join_clips.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "base/error.h"
#include "base/options.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/text.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/pcm16.h"
#include "media/resampler.h"
#include "media/video_decoder.h"
#include "stages/lies_within.h"
#include "stages/synthetic_folder.h"
#include "store/folder_lock.h"
#include "synthesis/movie_writer.h"

namespace aver {
namespace {

/// Rises when the same settings and clips give other recordings.
constexpr int kJoinedVersion = 1;

constexpr const char* kTruth = "truth.csv";

/// A recording before it is made.
struct Joined {
  std::string file;
  std::vector<const DatasetClip*> parts;
};

struct Speaker {
  std::string name;
  std::map<std::string, std::vector<const DatasetClip*>> by_label;
};

bool is_heard_alone(const JoinClipsConfig& config) {
  return config.modality == "audio-only";
}

/// The clips that can be joined, of the speakers who have enough of them.
std::vector<Speaker> speakers_of(const std::vector<DatasetClip>& clips,
                                 const JoinClipsConfig& config,
                                 std::vector<std::string>& left_out) {
  std::map<std::string, Speaker> speakers;
  const std::string_view wanted = is_heard_alone(config) ? kAudioOnly : kAudioVideo;
  std::size_t nobodys = 0;
  for (const DatasetClip& clip : clips) {
    const Clip& facts = clip.recording.clip;
    if (clip.recording.modality != wanted || facts.label.empty()) continue;
    if (facts.speaker.empty()) {
      ++nobodys;
      continue;
    }
    Speaker& speaker = speakers[facts.speaker];
    speaker.name = facts.speaker;
    speaker.by_label[facts.label].push_back(&clip);
  }
  if (nobodys > 0) {
    left_out.push_back(fmt::format("{} are nobody's, and clips of two people are never joined",
                                   counted(nobodys, "clips")));
  }
  std::vector<Speaker> enough;
  for (auto& [name, speaker] : speakers) {
    std::size_t most = 0, all = 0;
    for (const auto& [label, of] : speaker.by_label) {
      most = std::max(most, of.size());
      all += of.size();
    }
    // Whatever was drawn, there is a clip of another emotion then to go on with.
    if (all - most >= static_cast<std::size_t>(config.parts)) {
      enough.push_back(std::move(speaker));
    } else {
      left_out.push_back(
          fmt::format("{} has too few clips of different emotions to join {}", name, config.parts));
    }
  }
  return enough;
}

/// Draws an emotion other than the last, then a clip of it that was not drawn yet.
std::vector<const DatasetClip*> draw_parts(const Speaker& speaker, int parts, Random& random) {
  auto by_label = speaker.by_label;
  std::vector<const DatasetClip*> drawn;
  std::string last;
  while (drawn.size() < static_cast<std::size_t>(parts)) {
    std::vector<std::string> labels;
    for (const auto& [label, clips] : by_label) {
      if (label != last && !clips.empty()) labels.push_back(label);
    }
    last = labels[random.below(labels.size())];
    auto& clips = by_label[last];
    const auto place = clips.begin() + static_cast<std::ptrdiff_t>(random.below(clips.size()));
    drawn.push_back(*place);
    clips.erase(place);
  }
  return drawn;
}

/// People's recordings hold different sequences of emotions: what is fitted on some of them must
/// not find the same ones again in others.
std::uint64_t seed_of(std::uint64_t seed, const std::string& speaker, int recording) {
  for (const char letter : speaker) seed = derive_seed(seed, {static_cast<unsigned char>(letter)});
  return derive_seed(seed, {static_cast<std::uint64_t>(recording)});
}

std::vector<Joined> planned(const std::vector<Speaker>& speakers, const SynthesizeConfig& config) {
  std::vector<Joined> recordings;
  const char* extension = is_heard_alone(config.join) ? "wav" : "mp4";
  for (int n = 0; n < config.join.recordings; ++n) {
    const Speaker& speaker = speakers[static_cast<std::size_t>(n) % speakers.size()];
    Random random(seed_of(config.seed, speaker.name, n));
    recordings.push_back({fmt::format("joined-{:03}.{}", n + 1, extension),
                          draw_parts(speaker, config.join.parts, random)});
  }
  return recordings;
}

nlohmann::json record_of(const SynthesizeConfig& config, const std::vector<Joined>& recordings) {
  std::vector<std::string> files;
  nlohmann::json joins = nlohmann::json::object();
  for (const Joined& one : recordings) {
    files.push_back(one.file);
    for (const DatasetClip* part : one.parts) joins[one.file].push_back(part->recording.name);
  }
  files.emplace_back(kTruth);
  nlohmann::json record = {{"tool", "aver-synthesize"},
                           {"joined_version", kJoinedVersion},
                           {"joins", joins},
                           {"files", files}};
  if (!is_heard_alone(config.join)) record["fps"] = config.fps;
  return record;
}

/// The part of its file that is the clip.
std::vector<float> samples_of(const DatasetClip& part, int& rate, double& begun,
                              Resampler& resampler) {
  const Sound sound = read_any_sound(fs::path(part.path));
  const auto samples = part_of(sound.samples, sound.sample_rate_hz, part.start, part.end);
  if (samples.empty()) throw Error("{} holds no sound", part.path);
  begun = sound.start_seconds + part.start;
  if (rate == 0) rate = sound.sample_rate_hz;
  return resampler.resample(samples, sound.sample_rate_hz, rate);
}

/// Sounds one after the other, and where each begins.
struct JoinedSound {
  int rate = 0;
  std::vector<float> samples;
  std::vector<double> starts;   ///< seconds: of each part its own first sample
  std::vector<double> begun;    ///< seconds: when that sample is heard on the clock of its file
  std::vector<double> changes;  ///< seconds: from when each part counts, and the end of all
};

JoinedSound joined_sound(const Joined& recording) {
  JoinedSound joined;
  Resampler resampler;
  for (const DatasetClip* part : recording.parts) {
    double begun = 0;
    const auto samples = samples_of(*part, joined.rate, begun, resampler);
    auto blend = static_cast<std::size_t>(std::lround(kBlendSeconds * joined.rate));
    blend = std::min({blend, samples.size(), joined.samples.size()});
    const std::size_t start = joined.samples.size() - blend;
    for (std::size_t i = 0; i < blend; ++i) {
      const auto share = (static_cast<float>(i) + .5F) / static_cast<float>(blend);
      float& sample = joined.samples[start + i];
      sample += share * (samples[i] - sample);
    }
    joined.samples.insert(joined.samples.end(),
                          samples.begin() + static_cast<std::ptrdiff_t>(blend), samples.end());
    joined.starts.push_back(static_cast<double>(start) / joined.rate);
    joined.begun.push_back(begun);
    joined.changes.push_back((static_cast<double>(start) + static_cast<double>(blend) / 2) /
                             joined.rate);
  }
  joined.changes.push_back(static_cast<double>(joined.samples.size()) / joined.rate);
  return joined;
}

/// Hands out the picture that is shown at a moment; moments ascend.
class ShownPictures {
 public:
  explicit ShownPictures(const DatasetClip& part) : decoder_(MediaSource(fs::path(part.path))) {
    if (!decoder_.next()) throw Error("{} holds no picture", part.path);
    picture_ = decoder_.picture();
    more_ = decoder_.next();
  }

  /// `seconds`: on the clock of the file's tracks. Before the first picture it is the first.
  const cv::Mat& at(double seconds) {
    // Times of frames are rounded where they are written.
    constexpr double kRounding = 1e-3;
    bool changed = false;
    cv::Mat latest;
    while (more_ && decoder_.start_seconds() + decoder_.seconds() <= seconds + kRounding) {
      latest = decoder_.picture();
      changed = true;
      more_ = decoder_.next();
    }
    if (changed) picture_ = latest;
    return picture_;
  }

 private:
  VideoDecoder decoder_;
  cv::Mat picture_;
  bool more_ = false;
};

void write_movie(const fs::path& path, const Joined& recording, const JoinedSound& sound,
                 FrameRate rate) {
  std::optional<MovieWriter> movie;
  cv::Size size;
  std::size_t heard = 0, frame = 0;
  for (std::size_t p = 0; p < recording.parts.size(); ++p) {
    const DatasetClip& part = *recording.parts[p];
    ShownPictures pictures(part);
    for (; static_cast<double>(frame) / rate.hertz() < sound.changes[p + 1]; ++frame) {
      const double time = static_cast<double>(frame) / rate.hertz();
      const cv::Mat& picture = pictures.at(time - sound.starts[p] + sound.begun[p]);
      if (!movie) {
        size = picture.size();
        movie.emplace(path, MovieOptions{size.width, size.height, rate, sound.rate});
      }
      if (picture.size() != size) {
        throw Error(
            "{} has pictures of {}x{}, and the clips before it of {}x{}: they cannot be joined",
            part.path, picture.cols, picture.rows, size.width, size.height);
      }
      // Sound a little ahead of the picture.
      const auto until =
          std::min(sound.samples.size(), static_cast<std::size_t>((time + .1) * sound.rate));
      movie->add_sound(std::span(sound.samples).subspan(heard, until - heard));
      heard = until;
      const cv::Mat whole = picture.isContinuous() ? picture : picture.clone();
      movie->add_picture({whole.data, whole.total() * whole.elemSize()});
    }
  }
  if (!movie) throw Error("{} would have no picture", path.string());
  movie->add_sound(std::span(sound.samples).subspan(heard));
  movie->finish();
}

/// The rows of truth.csv.
std::vector<DatasetClip> truth_of(const Joined& recording, const JoinedSound& sound) {
  std::vector<DatasetClip> rows;
  for (std::size_t p = 0; p < recording.parts.size(); ++p) {
    const Clip& clip = recording.parts[p]->recording.clip;
    DatasetClip row;
    row.path = recording.file;
    row.recording.clip = {fmt::format("{}-{}", fs::path(recording.file).stem().string(), p + 1),
                          clip.label,
                          clip.speaker,
                          {{"source", clip.key}}};
    row.recording.modality = modality_by_extension(recording.file);
    const auto rounded = [](double seconds) { return std::round(seconds * 1e6) / 1e6; };
    row.start = p == 0 ? 0 : rounded(sound.changes[p]);
    row.end = rounded(sound.changes[p + 1]);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<DatasetClip> make_recording(const Joined& recording, const SynthesizeConfig& config) {
  const fs::path path = config.output / recording.file;
  const JoinedSound sound = joined_sound(recording);
  if (!fs::exists(path)) {
    if (is_heard_alone(config.join)) {
      write_wav(path, to_pcm16(sound.samples), sound.rate);
    } else {
      write_through_temporary(path, [&](const fs::path& temporary) {
        write_movie(temporary, recording, sound, parse_frame_rate(config.fps));
      });
    }
  }
  return truth_of(recording, sound);
}

Catalog scan(const JoinClipsConfig& config, ChosenClips& chosen) {
  const auto& extensions = is_heard_alone(config) ? recording_extensions() : video_extensions();
  return Corpus(config.corpus).scan(config.input, extensions, chosen, Doubles::list);
}

}  // namespace

SynthesizeReport join_clips(const SynthesizeConfig& config, Progress& progress) {
  if (lies_within(config.output, config.join.input)) {
    throw UsageError("--output lies within --input, where it would be read as clips again");
  }
  SynthesizeReport report;
  ChosenClips chosen(config.join.choice);
  const Catalog catalog = scan(config.join, chosen);
  chosen.require_known_columns();
  const auto speakers = speakers_of(catalog.clips, config.join, report.left_out);
  if (speakers.empty()) {
    throw Error("{} has no speaker with enough {} clips of different emotions to join {}{}",
                config.join.input.string(),
                is_heard_alone(config.join) ? "audio-only" : "audio-video", config.join.parts,
                chosen.why_none());
  }
  const auto recordings = planned(speakers, config);
  create_folders(config.output);
  const FolderLock lock(config.output);
  prepare_synthetic_folder(config.output, record_of(config, recordings), config.force);
  // The table says that all are there, and how long each part came out is known from reading it.
  const bool finished =
      fs::exists(config.output / kTruth) && std::ranges::all_of(recordings, [&](const Joined& one) {
        return fs::exists(config.output / one.file);
      });
  report.clips = recordings.size();
  if (!finished) {
    std::vector<DatasetClip> truth;
    for (const Joined& one : recordings)
      report.made += fs::exists(config.output / one.file) ? 0 : 1;
    progress.start("joining clips", recordings.size());
    parallel_map(
        recordings.size(), config.workers,
        [&] { return [&](std::size_t i) { return make_recording(recordings[i], config); }; },
        [&](std::size_t i, std::vector<DatasetClip> rows) {
          truth.insert(truth.end(), rows.begin(), rows.end());
          progress.update(i + 1);
        });
    progress.finish();
    write_file(config.output / kTruth, corpus_table_text(truth));
  }
  for (const Joined& one : recordings) report.bytes += stamp_of(config.output / one.file).size;
  return report;
}

void JoinClipsConfig::describe(Options& options) {
  options.heading("Transitions");
  options
      .control("transitions", recordings,
               "Instead of single clips, this many recordings in which the emotion changes, joined "
               "of clips in --input, and truth.csv, which says when")
      .at_least(0);
  options.control("input", input, "Dataset folder with the clips to join");
  options.control("corpus", corpus,
                  "What its files are: a known corpus, a description (.toml) or a table (.csv)");
  options
      .control("modality", modality,
               "av (clips with picture and sound), or audio-only: what is joined")
      .one_of({"av", "audio-only"});
  options.control("parts", parts, "Clips in each recording, all of one speaker").from_to(2, 100);
  choice.describe(options, Effect::control);
  options.check([this](std::vector<std::string>& problems) {
    if (recordings > 0 && input.empty()) {
      problems.emplace_back("--transitions needs --input, whose clips are joined");
    }
    if (recordings == 0 && !input.empty()) {
      problems.emplace_back("--input is for --transitions, how many recordings to join of it");
    }
  });
}

}  // namespace aver
