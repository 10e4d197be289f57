#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>

#include "base/text.h"
#include "support.h"

// Every example that a --help ends with is run as it stands, in a folder that holds what
// scripts/demo.sh leaves, only smaller.
namespace aver::test {
namespace {

using testing::SizeIs;

fs::path program_folder() {
  const char* folder = std::getenv("AVER_BIN_DIR");
  EXPECT_NE(folder, nullptr) << "AVER_BIN_DIR names the folder of the programs";
  return folder == nullptr ? "." : folder;
}

std::vector<std::string> programs() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(program_folder())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("aver-") && entry.is_regular_file()) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> in_shell(const fs::path& folder, const std::string& script) {
  return {"sh",
          "-c",
          "set -e; cd \"$1\"; PATH=\"$2:$PATH\" LC_ALL=C.UTF-8; export PATH LC_ALL; " + script,
          "sh",
          folder.string(),
          fs::absolute(program_folder()).string()};
}

/// demo-work/ with the names of scripts/demo.sh: one sentence of four actors, half a second each.
void make_demo(const fs::path& folder) {
  const auto made = run_command(in_shell(folder, R"(
    aver-synthesize -q -o demo-work/corpus --actors 4 --statements 1 --repetitions 1 --seconds 0.5 \
      --size 96x72
    cd demo-work
    aver-extract-frames -q -i corpus -o frames --resize 48x36
    aver-extract-audio -q -i corpus -o audio
    aver-compute-mfcc -q -i audio -o mfcc --no-pictures
    aver-split make -q -i mfcc -o split.csv --protocol group-4
    aver-train-visual -q -i frames -o runs/visual --split split.csv --folds 0 --epochs 1 --size 16 \
      --filters 4 6 --dense 8
    aver-train-audio -q -i mfcc -o runs/audio --split split.csv --folds 0 --epochs 1 \
      --filters 4 4 6 --lstm 8 6
    aver-train-features -q -i mfcc -o runs/centred --architecture linear --centre speaker --epochs 3 \
      --split split.csv --folds 0
    aver-split make -q -i mfcc -o cross.csv --protocol cross-3:gender
    aver-train-features -q -i mfcc -o runs/cross --architecture linear --epochs 1 --split cross.csv \
      --folds all
    aver-synthesize -q --transitions 4 --parts 3 -i corpus -o joined
    aver-predict -q --visual runs/visual --audio runs/audio --window 0.5 --hop 0.25 --format csv \
      -o joined.csv joined)"));
  ASSERT_EQ(made.exit_status, 0) << made.err;
  fs::copy_file(fs::path(AVER_SOURCE_DIR) / "configs" / "demo" / "space.toml",
                folder / "demo-work" / "space.toml");
}

/// The commands below "Examples:" at the end of --help.
std::vector<std::string> examples_of(const std::string& program) {
  const auto help = run_command({program, "--help"}, {{"COLUMNS", "10000"}});
  const auto begin = help.out.find("\nExamples:\n");
  std::vector<std::string> commands;
  if (begin == std::string::npos) return commands;
  for (const auto& line : split_text(help.out.substr(begin), '\n')) {
    if (line.starts_with("    ")) commands.push_back(line.substr(4));
  }
  return commands;
}

/// A server is up when it says where, and ends well when it is told to. Its own port may be taken.
CommandResult serve_and_end(const fs::path& folder, const std::string& command) {
  const fs::path said = folder / "said.txt";
  fs::remove(said);
  const std::string port = command.find("--port") == std::string::npos ? " --port 0" : "";
  return run_and_kill(in_shell(folder, "exec " + command + port + " > said.txt"), SIGINT, [&] {
    return fs::exists(said) && read_file(said).find("http://") != std::string::npos;
  });
}

TEST(Examples, OfEveryHelpDoWhatTheySay) {
  const TemporaryFolder folder;
  make_demo(folder.path());
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_GE(programs().size(), 11u);
  for (const auto& program : programs()) {
    const auto commands = examples_of(program);
    EXPECT_THAT(commands, SizeIs(2)) << program;
    for (const auto& command : commands) {
      const auto result = program == "aver-serve"
                              ? serve_and_end(folder.path(), command)
                              : run_command(in_shell(folder.path(), "exec " + command));
      EXPECT_EQ(result.exit_status, 0) << command << "\n" << result.err;
    }
  }
}

}  // namespace
}  // namespace aver::test
