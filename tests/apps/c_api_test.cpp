#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <opencv2/core/mat.hpp>
#include <string>
#include <thread>
#include <vector>

#include "aver/aver.hpp"
#include "media/audio_decoder.h"
#include "media/video_decoder.h"
#include "predict_media_fixture.h"

// libaver's C interface and what stands over it, as programs of others use them.
namespace aver::test {
namespace {

using testing::HasSubstr;

aver::Models with_both() {
  const auto& models = Models::get();
  return aver::Models({.visual = models.path("visual"), .audio = models.path("sound")});
}

void expect_part(const Answer& answer, std::size_t part, const nlohmann::json& command,
                 const std::vector<std::string>& classes) {
  EXPECT_EQ(answer.emotion(part), command["emotion"]);
  EXPECT_EQ(answer.decided_by(part), command["decided_by"]);
  for (const auto& [name, modality] :
       {std::pair{"fused", AVER_FUSED}, {"visual", AVER_VISUAL}, {"audio", AVER_AUDIO}}) {
    expect_distribution(answer.distribution(part, modality), command[name], classes, name);
  }
}

TEST(CApi, FilesBytesAndWindowsGetTheAnswerOfTheCommand) {
  const std::string clip = Models::get().clip(kClip);
  auto models = with_both();
  const auto classes = models.classes();
  const Answer answer = models.predict(clip, {.window = 0.6});
  const auto command = command_says(clip, {"--window", "0.6"});
  expect_part(answer, 0, command, classes);
  ASSERT_EQ(answer.parts(), command["windows"].size() + 1);
  for (std::size_t i = 1; i < answer.parts(); ++i) {
    expect_part(answer, i, command["windows"][i - 1], classes);
    EXPECT_NEAR(answer.start(i), command["windows"][i - 1]["start"], 1e-3);
    EXPECT_NEAR(answer.end(i), command["windows"][i - 1]["end"], 1e-3);
  }
  const std::string bytes = read_file(clip);
  const Answer same = models.predict(std::as_bytes(std::span(bytes)), "an upload");
  EXPECT_EQ(same.parts(), 1U);
  expect_part(same, 0, command, classes);
  const Answer heard = models.predict(clip, {.picture = false});
  EXPECT_TRUE(heard.distribution(0, AVER_VISUAL).empty());
  EXPECT_EQ(heard.decided_by(), "audio");
}

/// A clip as a program that decoded it holds it.
struct Decoded {
  explicit Decoded(const std::string& path) : sound(read_any_sound(MediaSource(path))) {
    VideoDecoder decoder{MediaSource(path)};
    while (decoder.next()) mats.push_back(decoder.picture().clone());
    for (const cv::Mat& mat : mats) pictures.push_back(mat.data);
  }
  Clip clip() const {
    return {.name = "mine",
            .samples = sound.samples,
            .sample_rate_hz = sound.sample_rate_hz,
            .pictures = pictures,
            .width = mats.front().cols,
            .height = mats.front().rows,
            .pictures_per_second = 30};
  }
  Sound sound;
  std::vector<cv::Mat> mats;
  std::vector<const std::uint8_t*> pictures;
};

TEST(CApi, SamplesAndPicturesGetTheAnswerOfTheirFile) {
  const std::string path = Models::get().clip(kClip);
  auto models = with_both();
  const Decoded decoded(path);
  const auto command = command_says(path);
  expect_part(models.predict(decoded.clip()), 0, command, models.classes());

  Clip sound = decoded.clip();
  sound.pictures = {};
  const Answer heard = models.predict(sound);
  EXPECT_THAT(heard.remarks(), testing::Contains(HasSubstr("no picture")));
  Clip padded = decoded.clip();  // rows may be longer than their pixels
  std::vector<std::vector<std::uint8_t>> wide;
  std::vector<const std::uint8_t*> rows;
  for (const cv::Mat& mat : decoded.mats) {
    auto& bytes = wide.emplace_back(static_cast<std::size_t>(mat.rows) * 512, std::uint8_t{7});
    for (int y = 0; y < mat.rows; ++y) {
      std::copy_n(mat.ptr(y), mat.cols * 3, bytes.data() + static_cast<std::ptrdiff_t>(y) * 512);
    }
  }
  for (const auto& bytes : wide) rows.push_back(bytes.data());
  padded.pictures = rows;
  padded.row_bytes = 512;
  expect_part(models.predict(padded), 0, command, models.classes());
}

TEST(CApi, StereoIsItsMean) {
  auto models = with_both();
  const Decoded decoded(Models::get().clip(kClip));
  Clip clip = decoded.clip();
  clip.pictures = {};
  const Answer mono = models.predict(clip);
  std::vector<float> both;
  for (const float sample : decoded.sound.samples) both.insert(both.end(), {sample, sample});
  clip.samples = both;
  clip.channels = 2;
  const Answer stereo = models.predict(clip);
  EXPECT_TRUE(std::ranges::equal(stereo.distribution(), mono.distribution()));
}

TEST(CApi, SaysWhatCannotBeAndThrowsNothing) {
  auto models = with_both();
  const auto failure = [&](const auto& ask) -> std::string {
    try {
      ask();
    } catch (const Failure& failed) {
      return fmt::format("{}: {}", static_cast<int>(failed.status()), failed.what());
    }
    return "nothing";
  };
  EXPECT_THAT(failure([] { aver::Models({}); }), HasSubstr("2: "));
  EXPECT_THAT(failure([] { aver::Models({.audio = "gone"}); }), HasSubstr("1: cannot read gone"));
  EXPECT_THAT(failure([&] { models.predict("gone.mp4"); }), HasSubstr("1: cannot read gone.mp4"));
  EXPECT_THAT(failure([&] { models.predict("gone.mp4", {.window = 0.1}); }),
              HasSubstr("0.5 to 3600 seconds"));
  const Decoded decoded(Models::get().clip(kClip));
  const auto wrong = [&](const auto& change) {
    Clip clip = decoded.clip();
    change(clip);
    return failure([&] { models.predict(clip); });
  };
  EXPECT_THAT(wrong([](Clip& c) { c.sample_rate_hz = 1; }),
              HasSubstr("2: mine: it cannot have 1 samples"));
  EXPECT_THAT(wrong([](Clip& c) { c.width = -1; }), HasSubstr("-1 x"));
  EXPECT_THAT(wrong([](Clip& c) { c.row_bytes = 5; }), HasSubstr("rows of 5 bytes"));
  EXPECT_THAT(wrong([](Clip& c) { c.pictures_per_second = 0; }), HasSubstr("pictures a second"));
  EXPECT_THAT(wrong([](Clip& c) {
                c.samples = {};
                c.pictures = {};
              }),
              HasSubstr("holds no"));
  std::vector<float> odd(16'000, 0.1F);
  odd[9] = std::nanf("");
  EXPECT_THAT(wrong([&](Clip& c) { c.samples = odd; }), HasSubstr("not finite"));
}

TEST(CApi, StructsSayWhichFieldsTheyHave) {
  aver_models* open = nullptr;
  const std::string audio = Models::get().path("sound");
  aver_choice none = {};
  EXPECT_EQ(aver_open(&none, &open), AVER_BAD_USAGE);
  EXPECT_THAT(aver_error(), HasSubstr("sizeof(aver_choice)"));
  struct Later {  // of a header with a field more
    aver_choice known;
    const char* more;
  } later = {};
  later.known.size = sizeof later;
  later.known.audio = audio.c_str();
  later.more = "said";
  EXPECT_EQ(aver_open(&later.known, &open), AVER_BAD_USAGE);
  later.more = nullptr;
  ASSERT_EQ(aver_open(&later.known, &open), AVER_OK) << aver_error();
  aver_choice cut = later.known;
  cut.size = 12;
  aver_models* none_open = nullptr;
  EXPECT_EQ(aver_open(&cut, &none_open), AVER_BAD_USAGE);
  aver_answer* answer = nullptr;
  aver_clip clip = {};
  clip.size = sizeof clip;
  clip.frames = 7;
  EXPECT_EQ(aver_predict_clip(open, &clip, nullptr, &answer), AVER_BAD_USAGE);
  EXPECT_THAT(aver_error(), HasSubstr("aver_clip.samples is a null pointer"));
  const float sample = 0;
  clip.samples = &sample;
  EXPECT_EQ(aver_predict_clip(open, &clip, nullptr, &answer), AVER_BAD_USAGE);
  EXPECT_THAT(aver_error(), HasSubstr("0 channels"));
  clip.channels = 4;
  clip.frames = (std::size_t{1} << 62) + 2;
  EXPECT_EQ(aver_predict_clip(open, &clip, nullptr, &answer), AVER_BAD_USAGE);
  EXPECT_THAT(aver_error(), HasSubstr("no memory holds"));
  clip.channels = 48'000;
  clip.frames = 1;
  EXPECT_EQ(aver_predict_clip(open, &clip, nullptr, &answer), AVER_BAD_USAGE);
  EXPECT_THAT(aver_error(), HasSubstr("in the order of time"));
  EXPECT_EQ(aver_predict_file(open, nullptr, nullptr, &answer), AVER_BAD_USAGE);
  EXPECT_EQ(answer, nullptr);
  EXPECT_EQ(aver_predict_file(open, "x", nullptr, nullptr), AVER_BAD_USAGE);
  EXPECT_EQ(aver_predict_file(nullptr, "x", nullptr, &answer), AVER_BAD_USAGE);
  EXPECT_STREQ(aver_class_name(open, 1000), nullptr);
  EXPECT_STREQ(aver_part_emotion(nullptr, 3), "");
  EXPECT_EQ(aver_part_distribution(nullptr, 0, AVER_FUSED), nullptr);
  aver_answer_free(nullptr);
  aver_close(open);
  aver_close(nullptr);
}

TEST(CApi, AnswersSeveralThreadsEachWithItsOwnError) {
  auto models = with_both();
  const std::string clip = Models::get().clip(kClip);
  const auto expected = models.predict(clip);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        const std::string gone = fmt::format("gone-{}.mp4", i);
        for (int n = 0; n < 3; ++n) {
          try {
            models.predict(gone);
          } catch (const Failure& failure) {
            const Answer answer = models.predict(clip);
            right += std::string(failure.what()).find(gone) != std::string::npos &&
                     std::ranges::equal(answer.distribution(), expected.distribution());
          }
        }
      });
    }
  }
  EXPECT_EQ(right, 12);
}

}  // namespace
}  // namespace aver::test
