#include <gmock/gmock.h>

#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"

// Programs with LibTorch under `ulimit -v`, where OpenBLAS waits without end for what it needs.
namespace {

using namespace aver;
using namespace aver::test;
using testing::AnyOf;
using testing::HasSubstr;

class MemoryLimit : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer takes more address space than any limit leaves";
#endif
    if (read_file("/proc/self/maps").find("openblas") == std::string::npos) {
      GTEST_SKIP() << "this LibTorch computes without OpenBLAS";
    }
    make_mfcc_stage(folder / "mfcc");
    train_tiny_audio(folder / "mfcc", folder / "audio");
  }

  /// With so many kB of address space, and not longer than a minute.
  CommandResult limited(std::size_t kilobytes, const std::string& command) const {
    return run_command(
        {"timeout", "60", "bash", "-c",
         fmt::format("ulimit -v {}; PATH=$AVER_BIN_DIR:$PATH; exec {}", kilobytes, command)});
  }

  /// What a program says at start that it needs, with so much.
  static std::size_t needed(const std::string& sentence) {
    const auto at = sentence.find(" kB", sentence.find("needs "));
    const auto begin = sentence.rfind(' ', at - 1);
    return std::stoul(sentence.substr(begin + 1, at - begin - 1));
  }

  TemporaryFolder folder;
};

TEST_F(MemoryLimit, TooLittleIsASentenceThatSaysHowMuchIsNeeded) {
  const std::string predict =
      fmt::format("aver-predict --model {0}/audio --input {0}/mfcc --output {0}/p.csv --threads 1",
                  folder.path().string());
  const std::string train = fmt::format(
      "aver-train-audio --input {0}/mfcc --output {0}/run --epochs 1 --threads 1 --quiet",
      folder.path().string());
  for (const auto& command : {predict, train}) {
    // Below, the loader of the system already says what it could not map.
    const auto start = limited(650'000, command);
    ASSERT_EQ(start.exit_status, 1) << start.err;
    EXPECT_THAT(start.err, HasSubstr("limited to 650000 kB (ulimit -v)"));
    EXPECT_EQ(std::count(start.err.begin(), start.err.end(), '\n'), 1) << start.err;
    for (std::size_t kilobytes = 250'000; kilobytes < 2'000'000; kilobytes += 125'000) {
      const auto result = limited(kilobytes, command);
      EXPECT_THAT(result.exit_status, AnyOf(0, 1, 127)) << kilobytes << ": " << result.err;
      EXPECT_TRUE(result.exit_status == 0 || !fs::exists(folder / "p.csv")) << kilobytes;
      fs::remove(folder / "p.csv");
      fs::remove_all(folder / "run");
    }
    // Once it has begun, it asks for all it needs.
    const auto begun = limited(needed(start.err) + 20'000, command);
    ASSERT_EQ(begun.exit_status, 1) << begun.err;
    const auto enough = limited(needed(begun.err) + 50'000, command);
    EXPECT_EQ(enough.exit_status, 0) << enough.err;
    fs::remove(folder / "p.csv");
  }
}

TEST_F(MemoryLimit, TheServerEndsWhereItCannotHaveItsThreads) {
  make_frames_stage(folder / "frames");
  train_tiny_visual(folder / "frames", folder / "visual");
  const std::string serve =
      fmt::format("timeout -s TERM 4 aver-serve --visual {}/visual --port 0 --threads 1",
                  folder.path().string());
  for (std::size_t kilobytes = 1'000'000; kilobytes < 2'000'000; kilobytes += 200'000) {
    const auto result = limited(kilobytes, serve);
    EXPECT_THAT(result.exit_status, AnyOf(1, 124)) << kilobytes << ": " << result.err;
    if (result.exit_status == 1) {
      EXPECT_THAT(result.err, HasSubstr("ulimit -v")) << kilobytes;
    } else {
      EXPECT_THAT(result.out, HasSubstr("http://")) << "it serves";
    }
  }
}

}  // namespace
