#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "aver/emotion_recogniser.h"
#include "predict_media_fixture.h"

// libaver, as programs of others use it.
namespace aver::test {
namespace {

using testing::HasSubstr;

EmotionRecogniser with_both() {
  const auto& models = Models::get();
  return EmotionRecogniser({.visual = models.path("visual"), .audio = models.path("sound")});
}

/// What aver-predict says of a clip.
nlohmann::json command_says(const std::string& clip, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {clip, "--json"};
  words.insert(words.end(), more.begin(), more.end());
  const auto result = predict_with_both(words);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  return nlohmann::json::parse(result.out);
}

void expect_same(const EmotionEstimate& estimate, const nlohmann::json& command,
                 const std::vector<std::string>& classes) {
  EXPECT_EQ(estimate.emotion, command["emotion"]);
  EXPECT_EQ(estimate.decided_by, command["decided_by"]);
  EXPECT_EQ(fmt::format("{:.6f}", estimate.confidence()),
            fmt::format("{:.6f}", command["confidence"].get<double>()));
  for (const auto& [name, distribution] : std::map<std::string, std::vector<double>>{
           {"visual", estimate.visual}, {"audio", estimate.audio}, {"fused", estimate.fused}}) {
    ASSERT_EQ(distribution.size(), classes.size());
    for (std::size_t c = 0; c < classes.size(); ++c) {
      EXPECT_EQ(fmt::format("{:.6f}", distribution[c]),
                fmt::format("{:.6f}", command[name][classes[c]].get<double>()))
          << name << " " << classes[c];
    }
  }
}

TEST(Library, FilesAndBytesGetTheAnswerOfTheCommand) {
  const std::string clip = Models::get().clip(kClip);
  auto recogniser = with_both();
  EXPECT_TRUE(recogniser.has_visual() && recogniser.has_audio());
  const auto answer = recogniser.predict(clip);
  expect_same(answer.whole, command_says(clip), recogniser.classes());
  const std::string bytes = read_file(clip);
  const auto same = recogniser.predict(std::as_bytes(std::span(bytes)), "an upload");
  EXPECT_EQ(same.name, "an upload");
  EXPECT_EQ(same.whole.fused, answer.whole.fused);
  std::jthread([&] { EXPECT_EQ(recogniser.predict(clip).whole.fused, answer.whole.fused); }).join();
}

TEST(Library, WindowsAreThoseOfTheCommand) {
  const std::string clip = Models::get().clip(kClip);
  auto recogniser = with_both();
  const auto answer = recogniser.predict(clip, {.window = 0.6});
  const auto command = command_says(clip, {"--window", "0.6"})["windows"];
  ASSERT_EQ(answer.windows.size(), command.size());
  ASSERT_GT(answer.windows.size(), 2U);
  for (std::size_t i = 0; i < command.size(); ++i) {
    expect_same(answer.windows[i], command[i], recogniser.classes());
  }
}

TEST(Library, ManyClipsAreAnsweredInTheirOrder) {
  const auto& models = Models::get();
  auto recogniser = with_both();
  const TemporaryFolder folder;
  write_file(folder / "text.mp4", "no clip");
  const std::string bytes = read_file(models.clip(kClip));
  std::vector<EmotionRecogniser::Source> clips = {{models.clip(kClip)}, {folder / "text.mp4"}};
  for (int i = 0; i < 6; ++i) clips.push_back({"piped", [&] { return bytes; }});
  const auto expected = recogniser.predict(models.clip(kClip)).whole.fused;
  for (const std::size_t workers : {0U, 1U, 3U}) {
    std::vector<std::size_t> order;
    recogniser.predict(clips, {}, workers, [&](std::size_t i, const auto& answer) {
      order.push_back(i);
      if (i == 1) {
        EXPECT_FALSE(answer.estimate);
        EXPECT_THAT(answer.failure, HasSubstr("text.mp4"));
      } else {
        ASSERT_TRUE(answer.estimate) << answer.failure;
        EXPECT_EQ(answer.estimate->whole.fused, expected);
      }
    });
    EXPECT_THAT(order, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7)) << workers;
  }
  EXPECT_THROW(recogniser.predict(clips, {}, 2, [](std::size_t, const auto&) { throw 7; }), int);
}

TEST(Library, SaysWhatCannotBe) {
  const auto& models = Models::get();
  const auto open = [](const EmotionModels& with) { return [with] { EmotionRecogniser{with}; }; };
  using testing::ThrowsMessage;
  EXPECT_THAT(open({}), ThrowsMessage<UsageError>(HasSubstr("--visual, --audio or both")));
  EXPECT_THAT(open({.visual = models.path("visual"), .rule = "vote"}),
              ThrowsMessage<UsageError>(HasSubstr("vote")));
  EXPECT_THAT(open({.visual = models.path("nowhere")}), ThrowsMessage<Error>(HasSubstr("nowhere")));
  auto recogniser = with_both();
  EXPECT_THAT([&] { recogniser.predict("gone.mp4"); }, ThrowsMessage<Error>(HasSubstr("gone.mp4")));
  EXPECT_THAT([&] { recogniser.predict("gone.mp4", {.window = 0.1}); },
              ThrowsMessage<UsageError>(HasSubstr("0.5 to 3600 seconds")));
}

/// The first block of this language in the page.
std::string block_of(const std::string& page, const std::string& language) {
  const std::string begin = "```" + language + "\n";
  const auto start = page.find(begin) + begin.size();
  return page.substr(start, page.find("```", start) - start);
}

TEST(Library, TheProgramInItsPageIsBuiltAgainstAnInstallationAndSaysTheSame) {
  const TemporaryFolder folder;
  const auto at = [&](const char* name) { return (folder / name).string(); };
  const auto done = [](const std::vector<std::string>& words) {
    const auto result = run_command(words);
    EXPECT_EQ(result.exit_status, 0) << words[0] << " " << result.out << result.err;
    return result;
  };
  done({"cmake", "--install", AVER_BINARY_DIR, "--component", "library", "--prefix", at("prefix")});
  const std::string page = read_file(fs::path(AVER_SOURCE_DIR) / "docs/library.md");
  write_file(folder / "source/recognise.cpp", block_of(page, "cpp"));
  write_file(folder / "source/CMakeLists.txt", block_of(page, "cmake"));
  std::string flags = "-Wall -Wextra -Wpedantic -Werror";
  // A library with sanitizers asks for a program that has them.
  if (std::string_view(AVER_SANITIZE) != "") flags += " -fsanitize=" AVER_SANITIZE;
  done({"cmake", "-G", AVER_GENERATOR, "-S", at("source"), "-B", at("build"),
        "-DCMAKE_PREFIX_PATH=" + at("prefix"), "-DCMAKE_CXX_FLAGS=" + flags});
  done({"cmake", "--build", at("build")});
  const auto& models = Models::get();
  const std::string clip = models.clip(kClip);
  const auto said =
      done({at("build/recognise"), models.path("visual"), models.path("sound"), clip});
  EXPECT_EQ(said.err, "");
  const auto command = command_says(clip);
  std::string expected =
      fmt::format("{} {:.6f} {}\n", command["emotion"].get<std::string>(),
                  command["confidence"].get<double>(), command["decided_by"].get<std::string>());
  const auto recogniser = with_both();
  for (const std::string& name : recogniser.classes()) {
    expected += fmt::format("{} {:.6f}\n", name, command["fused"][name].get<double>());
  }
  EXPECT_EQ(said.out, expected);
  const auto failed =
      run_command({at("build/recognise"), models.path("visual"), models.path("sound"), "gone.mp4"});
  EXPECT_EQ(failed.exit_status, 1);
  EXPECT_THAT(failed.err, HasSubstr("gone.mp4"));
}

}  // namespace
}  // namespace aver::test
