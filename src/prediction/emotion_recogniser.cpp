#include "prediction/emotion_recogniser.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>

#include "base/options.h"
#include "base/parallel.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "runs/model_file.h"
#include "runs/trained_on.h"
#include "train/blas_buffers.h"
#include "train/runtime.h"

namespace aver {
namespace {

RecogniserConfig config_of(const EmotionModels& models) {
  RecogniserConfig config;
  config.visual = models.visual;
  config.audio = models.audio;
  config.rule = models.rule;
  config.fusion = models.fusion;
  config.enrol_from = models.enrol_from;
  config.encoder = models.encoder;
  config.device = models.device;
  config.threads = models.threads;
  return config;
}

ReadOptions checked(ReadOptions options, const Recogniser& models) {
  models.require_can(options);
  if (options.hop == 0) options.hop = options.window / 3;
  Options::of(options).require_valid();
  return options;
}

/// Reads clips and asks the models about them; one per thread, on which it is made.
class Worker {
 public:
  Worker(const Recogniser& models, std::size_t threads)
      : models_(models.for_this_thread(threads)), reader_(models_.make_reader()) {}

  /// Of a MediaSource or a RawClip.
  template <typename Clip>
  ClipEstimate estimate(const Clip& clip, const ReadOptions& options) {
    return std::move(models_.estimate({reader_->read(clip, options)}).front());
  }

  ClipEstimate estimate(const EmotionRecogniser::Source& source, const ReadOptions& options) {
    if (!source.bytes) return estimate(source_of(source.file, options), options);
    const std::string bytes = source.bytes();
    return estimate(source_of(std::as_bytes(std::span(bytes)), source.file.string(), options),
                    options);
  }

 private:
  Recogniser models_;
  std::unique_ptr<ClipReader> reader_;
};

}  // namespace

struct EmotionRecogniser::State {
  explicit State(const RecogniserConfig& config)
      : models(config), threads(config.threads > 0 ? config.threads : available_cpus()) {}

  template <typename Clip>
  ClipEstimate estimate(const Clip& clip, const ReadOptions& options) {
    const ReadOptions wanted = checked(options, models);
    const std::lock_guard lock(mutex);
    if (!worker) worker.emplace(models, threads);
    use_threads(threads);  // it may be another thread than last time
    return worker->estimate(clip, wanted);
  }

  Recogniser models;
  std::size_t threads;
  std::mutex mutex;
  std::optional<Worker> worker;  ///< of predict() on one clip
};

EmotionRecogniser::EmotionRecogniser(std::unique_ptr<State> state) : state_(std::move(state)) {}
EmotionRecogniser::EmotionRecogniser(const EmotionModels& models)
    : EmotionRecogniser(open_recogniser(config_of(models), {})) {
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
}
EmotionRecogniser::~EmotionRecogniser() = default;
EmotionRecogniser::EmotionRecogniser(EmotionRecogniser&&) noexcept = default;
EmotionRecogniser& EmotionRecogniser::operator=(EmotionRecogniser&&) noexcept = default;

EmotionRecogniser open_recogniser(const RecogniserConfig& config, const ReadOptions& options,
                                  const std::vector<std::string>& asked) {
  auto state = std::make_unique<EmotionRecogniser::State>(config);
  state->models.require_can(options);
  for (const auto& [there, modality] : {std::pair{state->models.has_audio(), "audio"},
                                        std::pair{state->models.has_visual(), "visual"}}) {
    if (!there || asked.empty()) continue;
    const auto people = trained_on(state->models.model(modality).file->training);
    const auto seen = seen_in_training(people, asked, fmt::format("the {} model", modality));
    if (!seen.empty()) spdlog::warn(seen);
  }
  return EmotionRecogniser(std::move(state));
}

const std::vector<std::string>& EmotionRecogniser::classes() const {
  return state_->models.classes();
}

bool EmotionRecogniser::has_visual() const {
  return state_->models.has_visual();
}

bool EmotionRecogniser::has_audio() const {
  return state_->models.has_audio();
}

bool EmotionRecogniser::makes_sets() const {
  return state_->models.makes_sets();
}

ClipEstimate EmotionRecogniser::predict(const std::filesystem::path& file,
                                        const ReadOptions& options) {
  return state_->estimate(source_of(file, options), options);
}

ClipEstimate EmotionRecogniser::predict(std::span<const std::byte> bytes, const std::string& name,
                                        const ReadOptions& options) {
  return state_->estimate(source_of(bytes, name, options), options);
}

ClipEstimate EmotionRecogniser::predict(const RawClip& clip, const ReadOptions& options) {
  return state_->estimate(clip, options);
}

void EmotionRecogniser::predict(const std::vector<Source>& clips, const ReadOptions& options,
                                std::size_t workers,
                                const std::function<void(std::size_t, const Answer&)>& use) const {
  const ReadOptions wanted = checked(options, state_->models);
  // Each worker decodes and runs the networks: all CPUs are busy whichever takes longer.
  const std::size_t side_by_side =
      std::clamp<std::size_t>(clips.size(), 1, std::max<std::size_t>(workers, 1));
  const std::size_t threads = std::max<std::size_t>(state_->threads / side_by_side, 1);
  reserve_blas_buffers(side_by_side);
  parallel_map(
      clips.size(), side_by_side,
      [&] {
        return [&, worker = std::make_shared<Worker>(state_->models, threads)](std::size_t i) {
          try {
            return Answer{worker->estimate(clips[i], wanted), {}};
          } catch (const std::exception& error) {
            return Answer{std::nullopt, error.what()};
          }
        };
      },
      use);
}

}  // namespace aver
