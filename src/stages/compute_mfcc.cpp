#include "stages/compute_mfcc.h"

#include <map>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/options.h"
#include "base/parallel.h"
#include "features/mfcc_picture.h"
#include "media/audio_file.h"
#include "media/resampler.h"
#include "stages/clip_stage.h"
#include "stages/mfcc_settings.h"
#include "store/npy.h"

namespace aver {
namespace {

const StageMaker kMaker = {"aver-compute-mfcc", "mfcc"};

/// "1" for "01": how a picture's title names an actor.
std::string without_leading_zeros(const std::string& number) {
  return number.substr(std::min(number.find_first_not_of('0'), number.size() - 1));
}

/// What one worker keeps from clip to clip.
class MfccMaker {
 public:
  explicit MfccMaker(const ComputeMfccConfig& config) : config_(config) {
    if (config.pictures) painter_.emplace();
  }

  std::vector<StageFile> make(const DatasetClip& clip) {
    const Sound sound = read_sound_file(fs::path(clip.path));
    if (sound.samples.empty()) throw Error("{} holds no sound", clip.path);
    const int rate =
        config_.mfcc.sample_rate_hz == 0 ? sound.sample_rate_hz : config_.mfcc.sample_rate_hz;
    Mfcc& mfcc = for_rate(rate, clip.path);
    const Matrix values =
        mfcc.compute(resampler_.resample(sound.samples, sound.sample_rate_hz, rate));

    const std::string stem = clip.output_stem();
    std::vector<StageFile> files;
    files.push_back({stem + ".npy", fmt::format("{}x{}", values.rows, values.columns),
                     encode_npy({{values.rows, values.columns}, values.values})});
    if (painter_) {
      const Clip& facts = clip.recording.clip;
      const std::string title = facts.speaker.empty()
                                    ? fmt::format("{}   {}", facts.key, facts.label)
                                    : fmt::format("{}   {}, actor {}", facts.key, facts.label,
                                                  without_leading_zeros(facts.speaker));
      files.push_back({stem + ".png",
                       fmt::format("{}x{}x3", MfccPainter::kHeight, MfccPainter::kWidth),
                       painter_->png(values, mfcc.seconds_per_frame(), title)});
    }
    return files;
  }

 private:
  /// With each file's own rate there may be several.
  Mfcc& for_rate(int rate, const fs::path& path) {
    if (const auto found = by_rate_.find(rate); found != by_rate_.end()) return found->second;
    MfccOptions options = config_.mfcc;
    options.sample_rate_hz = rate;
    if (const auto problems = options.problems(); !problems.empty()) {
      throw Error("{} has {} Hz, where these options do not work: {}", path.string(), rate,
                  fmt::join(problems, "; "));
    }
    return by_rate_.emplace(rate, Mfcc(options)).first->second;
  }

  const ComputeMfccConfig& config_;
  Resampler resampler_;
  std::optional<MfccPainter> painter_;
  std::map<int, Mfcc> by_rate_;
};

nlohmann::json settings_of(const ComputeMfccConfig& config, const Stage& audio) {
  nlohmann::json settings = Options::of(config).to_json();
  record_sound_rate(settings, audio.settings.value("sample-rate", kRecordedRateHz));
  return settings;
}

/// The sounds of the audio stage that are there. One that was removed behind its back fails.
std::vector<DatasetClip> clips_of(Stage audio, ChannelFilter channel, StageWriter& writer) {
  std::vector<DatasetClip> clips;
  for (const auto& clip : audio.clips) {
    if (!takes(channel, clip.recording.clip)) continue;
    const std::string& sound = clip.outputs.front().path;
    if (fs::is_regular_file(audio.root / sound)) {
      clips.push_back({clip.recording, fs::path(sound).parent_path().generic_string(),
                       (audio.root / sound).string()});
    } else {
      writer.fail(clip.recording.name,
                  {sound, fmt::format("{} is in the manifest but not there; run "
                                      "aver-extract-audio again",
                                      sound)});
    }
  }
  return clips;
}

}  // namespace

void ComputeMfccConfig::describe(Options& options) {
  options.heading("Input and output");
  options.place("input", input, "Stage folder of aver-extract-audio").required([this] {
    return join;
  });
  options.control("output", output, "Stage folder to write").required();
  options.heading("MFCCs");
  mfcc.describe(options);
  options.result("pictures", pictures, "Write a picture beside each array").has_opposite();
  options.heading("Input and output");
  options.place("channel", channel, kChannelHelp);
  options.heading("Running");
  describe_workers(options, workers);
  describe_shards(options, shard, join);
  options.control("force", force, "Redo output that was made with other settings");
  options.control("keep-going", keep_going, "Exit with 0 although clips failed");
}

void ComputeMfccConfig::validate() const {
  Options::of(*this).require_valid();
}

StageSummary run_compute_mfcc(const ComputeMfccConfig& config, Progress& progress) {
  config.validate();
  if (config.join) return join_clip_stage(config.output, kMaker);
  Stage audio = read_stage(config.input, "audio");
  if (std::ranges::none_of(audio.clips, [&](const auto& clip) {
        return takes(config.channel, clip.recording.clip);
      })) {
    throw Error("{} holds no clip of the chosen --channel", config.input.string());
  }
  StageWriter writer(config.output, {kMaker.tool, kMaker.stage, settings_of(config, audio)},
                     config.force, config.shard);
  const auto clips = clips_of(std::move(audio), config.channel, writer);
  run_clip_stage(writer, config.input, clips, config.workers, progress,
                 {"computing MFCCs",
                  [&]() -> ClipMaker {
                    return [maker = std::make_shared<MfccMaker>(config)](const DatasetClip& clip) {
                      return maker->make(clip);
                    };
                  },
                  {}});
  return writer.complete();
}

}  // namespace aver
