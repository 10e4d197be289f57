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

void expect_same(const EmotionEstimate& estimate, const nlohmann::json& command,
                 const std::vector<std::string>& classes) {
  EXPECT_EQ(estimate.emotion, command["emotion"]);
  EXPECT_EQ(estimate.decided_by, command["decided_by"]);
  EXPECT_EQ(fmt::format("{:.6f}", estimate.confidence()),
            fmt::format("{:.6f}", command["confidence"].get<double>()));
  for (const auto& [name, distribution] : {std::pair{"visual", &estimate.visual},
                                           {"audio", &estimate.audio},
                                           {"fused", &estimate.fused}}) {
    expect_distribution(*distribution, command[name], classes, name);
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

/// A program of the page, built against an installation, and what it says of a clip and of none.
class PageProgram {
 public:
  PageProgram() {
    for (const char* component : {"library", "development"}) {
      done({"cmake", "--install", AVER_BINARY_DIR, "--component", component, "--prefix",
            at("prefix")});
    }
    for (const char* part : {"lib", "lib64", "lib/" AVER_ARCHITECTURE}) {
      if (fs::exists(folder_ / "prefix" / part / "pkgconfig")) libraries_ = at("prefix/") + part;
    }
  }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  const std::string& libraries() const { return libraries_; }
  void write(const std::string& name, const std::string& language) const {
    const std::string page = read_file(fs::path(AVER_SOURCE_DIR) / "docs/library.md");
    write_file(folder_ / name, block_of(page, language));
  }
  static CommandResult done(const std::vector<std::string>& words) {
    const auto result = run_command(words);
    EXPECT_EQ(result.exit_status, 0) << words[0] << " " << result.out << result.err;
    return result;
  }

  void expect_the_commands_answer(
      const std::vector<std::string>& program,
      const std::map<std::string, std::string>& environment = {}) const {
    const auto& models = Models::get();
    const auto ask = [&](const std::string& clip) {
      auto words = program;
      words.insert(words.end(), {models.path("visual"), models.path("sound"), clip});
      return run_command(words, environment);
    };
    const auto said = ask(models.clip(kClip));
    EXPECT_EQ(said.err, "");
    const auto command = command_says(models.clip(kClip));
    std::string expected =
        fmt::format("{} {:.6f} {}\n", command["emotion"].get<std::string>(),
                    command["confidence"].get<double>(), command["decided_by"].get<std::string>());
    const auto recogniser = with_both();
    for (const std::string& name : recogniser.classes()) {
      expected += fmt::format("{} {:.6f}\n", name, command["fused"][name].get<double>());
    }
    EXPECT_EQ(said.out, expected);
    const auto failed = ask("gone.mp4");
    EXPECT_EQ(failed.exit_status, 1);
    EXPECT_THAT(failed.err, HasSubstr("gone.mp4"));
  }

 private:
  TemporaryFolder folder_;
  std::string libraries_;
};

// A library with sanitizers asks for a program that has them.
const std::string kSanitized =
    std::string_view(AVER_SANITIZE) == "" ? "" : " -fsanitize=" AVER_SANITIZE;

TEST(Library, TheCppProgramOfItsPageIsBuiltAgainstAnInstallationAndSaysTheSame) {
  const PageProgram page;
  page.write("source/recognise.cpp", "cpp");
  page.write("source/CMakeLists.txt", "cmake");
  PageProgram::done({"cmake", "-G", AVER_GENERATOR, "-S", page.at("source"), "-B", page.at("build"),
                     "-DCMAKE_PREFIX_PATH=" + page.at("prefix"),
                     "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror" + kSanitized});
  PageProgram::done({"cmake", "--build", page.at("build")});
  page.expect_the_commands_answer({page.at("build/recognise")});
}

TEST(Library, TheCProgramOfItsPageIsBuiltWithPkgConfigAndSaysTheSame) {
  const PageProgram page;
  page.write("recognise.c", "c");
  PageProgram::done(
      {"sh", "-c",
       fmt::format("cc -std=c11 -Wall -Wextra -Wpedantic -Werror{} {} -o {} $(PKG_CONFIG_PATH={}/"
                   "pkgconfig pkg-config --cflags --libs aver) -Wl,-rpath,{}",
                   kSanitized, page.at("recognise.c"), page.at("recognise"), page.libraries(),
                   page.libraries())});
  page.expect_the_commands_answer({page.at("recognise")});
}

TEST(Library, ThePythonProgramOfItsPageSaysTheSame) {
  if (std::string_view(AVER_SANITIZE) != "") GTEST_SKIP() << "Python has no sanitizers";
  const std::string python = fs::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
  if (!has_program(python) || run_command({python, "-c", "import numpy"}).exit_status != 0) {
    GTEST_SKIP() << "needs python3 with numpy (scripts/setup.sh --tests)";
  }
  const PageProgram page;
  page.write("recognise.py", "python");
  page.expect_the_commands_answer({python, page.at("recognise.py")},
                                  {{"PYTHONPATH", (fs::path(AVER_SOURCE_DIR) / "python").string()},
                                   {"AVER_LIBRARY", page.libraries() + "/libaver.so"}});
}

TEST(Library, ItsPublicHeadersCompileAlone) {
  const PageProgram page;
  std::size_t headers = 0;
  for (const auto& entry : fs::directory_iterator(page.at("prefix/include/aver"))) {
    const std::string name = entry.path().filename().string();
    write_file(page.at("alone.cpp"),
               "#include <aver/" + name + ">\n#include <aver/" + name + ">\n");
    PageProgram::done({"c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                       "-fsyntax-only", "-I" + page.at("prefix/include"), page.at("alone.cpp")});
    ++headers;
  }
  EXPECT_GE(headers, 7U);
}

}  // namespace
}  // namespace aver::test
