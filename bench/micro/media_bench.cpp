#include <benchmark/benchmark.h>

#include <opencv2/imgproc.hpp>

#include "bench_input.h"
#include "media/audio_decoder.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "media/libraries.h"
#include "media/pcm16.h"
#include "media/video_decoder.h"
#include "synthesis/face.h"
#include "synthesis/movie_writer.h"
#include "synthesis/voice.h"

namespace aver::bench {
namespace {

constexpr int kWidth = 1280, kHeight = 720;

// A clip of the size and length of RAVDESS's, with a drawn face and a synthetic voice.
fs::path write_clip() {
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  const ClipId id{.emotion = Emotion::happy};
  const Performance performance = plan_performance(42, id, {.seconds = kClipSeconds});
  const Speech speech = speak(performance);
  FacePainter painter(performance, {kWidth, kHeight});
  const fs::path path = folder() / "clip.mp4";
  MovieWriter movie(path, {.width = kWidth, .height = kHeight, .frame_rate = {}});
  const double rate = FrameRate{}.hertz();
  for (int frame = 0; frame < static_cast<int>(kClipSeconds * rate); ++frame) {
    const double seconds = frame / rate;
    movie.add_picture(painter.paint(seconds, speech.mouth_at(seconds), frame));
  }
  movie.add_sound(speech.samples);
  movie.finish();
  return path;
}

const fs::path& clip() {
  static const fs::path path = write_clip();
  return path;
}

cv::Mat first_frame() {
  VideoDecoder decoder(clip());
  decoder.next();
  return decoder.picture();
}

void decode_all_frames(benchmark::State& state) {
  clip();
  for (auto _ : state) {
    VideoDecoder decoder(clip());
    while (decoder.next()) {
    }
    benchmark::DoNotOptimize(decoder.index());
  }
}
BENCHMARK(decode_all_frames)->Unit(benchmark::kMicrosecond);

void decode_and_convert_every_5th(benchmark::State& state) {
  clip();
  for (auto _ : state) {
    VideoDecoder decoder(clip(), {.every = 5});
    while (decoder.next()) benchmark::DoNotOptimize(decoder.picture().data);
  }
}
BENCHMARK(decode_and_convert_every_5th)->Unit(benchmark::kMicrosecond);

void decode_sound_of_a_clip(benchmark::State& state) {
  clip();
  for (auto _ : state) benchmark::DoNotOptimize(decode_sound(clip()));
}
BENCHMARK(decode_sound_of_a_clip)->Unit(benchmark::kMicrosecond);

void encode_wav_of_a_clip(benchmark::State& state) {
  const auto samples = sound(48000);
  for (auto _ : state) benchmark::DoNotOptimize(encode_wav(to_pcm16(samples), 48000));
}
BENCHMARK(encode_wav_of_a_clip)->Unit(benchmark::kMicrosecond);

void encode_jpeg_1280x720(benchmark::State& state) {
  const cv::Mat frame = first_frame();
  for (auto _ : state) benchmark::DoNotOptimize(encode_jpeg(frame));
}
BENCHMARK(encode_jpeg_1280x720)->Unit(benchmark::kMicrosecond);

void decode_jpeg_1280x720(benchmark::State& state) {
  const auto jpeg = encode_jpeg(first_frame());
  for (auto _ : state) benchmark::DoNotOptimize(decode_image(jpeg, "frame").data);
}
BENCHMARK(decode_jpeg_1280x720)->Unit(benchmark::kMicrosecond);

void resize_1280x720_to_64x64(benchmark::State& state) {
  const cv::Mat frame = first_frame();
  cv::Mat small;
  for (auto _ : state) {
    cv::resize(frame, small, {64, 64}, 0, 0, cv::INTER_LINEAR);
    benchmark::DoNotOptimize(small.data);
  }
}
BENCHMARK(resize_1280x720_to_64x64)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace aver::bench
