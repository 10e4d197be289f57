#include <gmock/gmock.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "support.h"

namespace aver {
namespace {

using test::run_command;
using test::TemporaryFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kTools = {"aver-synthesize",
                                         "aver-extract-frames",
                                         "aver-extract-audio",
                                         "aver-compute-mfcc",
                                         "aver-split",
                                         "aver-train-audio",
                                         "aver-train-visual",
                                         "aver-predict",
                                         "aver-serve",
                                         "aver-evaluate-fusion",
                                         "aver-compute-features",
                                         "aver-corpus",
                                         "aver-train-features",
                                         "aver-evaluate-enrolment",
                                         "aver-evaluate-robustness",
                                         "aver-evaluate-timeline",
                                         "aver-export",
                                         "aver-sweep",
                                         "aver-evaluate",
                                         "aver-explain"};

std::size_t columns_of(const std::string& line) {
  return static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (const auto& line : split_text(text, '\n')) longest = std::max(longest, columns_of(line));
  return longest;
}

std::string help_of(const std::string& tool, const std::string& columns) {
  const auto result = run_command({tool, "--help"}, {{"COLUMNS", columns}});
  EXPECT_EQ(result.exit_status, 0) << tool;
  EXPECT_EQ(result.err, "") << tool;
  return result.out;
}

TEST(Help, WrapsAtTheWidthThereIs) {
  for (const auto& tool : kTools) {
    const std::string narrow = help_of(tool, "80"), wide = help_of(tool, "120");
    EXPECT_LE(longest_line(narrow), 80u) << tool;
    EXPECT_LE(longest_line(wide), 120u) << tool;
    EXPECT_GT(longest_line(wide), 80u) << tool;
    EXPECT_EQ(help_of(tool, ""), narrow) << tool << ": a pipe has 80 columns";
  }
}

TEST(Help, NoLineEndsInASpaceAndNoSwitchInAValue) {
  for (const auto& tool : kTools) {
    const std::string help = help_of(tool, "80");
    for (const auto& line : split_text(help, '\n')) EXPECT_FALSE(line.ends_with(' ')) << line;
    EXPECT_TRUE(help.ends_with('\n') && !help.ends_with("\n\n")) << tool;
    EXPECT_THAT(help, AllOf(Not(HasSubstr("=false")), Not(HasSubstr("=true")),
                            Not(HasSubstr("{false}")), Not(HasSubstr("default: false"))))
        << tool;
  }
}

TEST(Help, EndsWithTwoExamplesOfTheTool) {
  for (const auto& tool : kTools) {
    const std::string help = help_of(tool, "200");
    const auto examples = help.find("\nExamples:\n");
    ASSERT_NE(examples, std::string::npos) << tool;
    const std::string text = help.substr(examples);
    const auto first = text.find("\n    " + tool + " ");
    ASSERT_NE(first, std::string::npos) << tool;
    EXPECT_NE(text.find("\n    " + tool + " ", first + 1), std::string::npos) << tool;
  }
}

TEST(Help, HasHeadingsAndTheLettersThatPeopleExpect) {
  const std::string help = help_of("aver-train-audio", "80");
  for (const char* part : {"\nInput and output:\n", "\nTraining:\n", "\nNetwork:\n", "\nRunning:\n",
                           "  -i, --input PATH ", "  -o, --output PATH ", "  -j, --workers N ",
                           "  -q, --quiet ", "  -h, --help ", "--select last|best",
                           "--normalize, --no-normalize", "[default: 64,128,256]"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

TEST(Help, IsGivenBesideWhateverElseIsWrong) {
  for (const auto& arguments : {std::vector<std::string>{"aver-split", "-h"},
                                {"aver-split", "--bogus", "--help"},
                                {"aver-split", "--seed", "x", "-h"}}) {
    const auto result = run_command(arguments);
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_THAT(result.out, HasSubstr("Usage: aver-split"));
  }
}

/// What bash offers behind these words, the last of which is unfinished.
std::string bash_offers(const TemporaryFolder& folder, const std::string& tool,
                        const std::vector<std::string>& words) {
  write_file(folder / "completion", run_command({tool, "--help-as", "bash"}).out);
  std::string list;
  for (const auto& word : words) list += " '" + word + "'";
  write_file(folder / "ask", "cd '" + folder.path().string() + "'; . ./completion; COMP_WORDS=(" +
                                 tool + list + "); COMP_CWORD=" + std::to_string(words.size()) +
                                 "; $(complete -p " + tool +
                                 " | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
                                 "printf '%s ' \"${COMPREPLY[@]}\"");
  return run_command({"bash", (folder / "ask").string()}).out;
}

TEST(Completions, OfBashOfferOptionsWordsAndFiles) {
  const TemporaryFolder folder;
  write_file(folder / "voice.wav", "");
  EXPECT_EQ(bash_offers(folder, "aver-predict", {"--form"}), "--format ");
  EXPECT_EQ(bash_offers(folder, "aver-predict", {"--format", "s"}), "srt ");
  EXPECT_EQ(bash_offers(folder, "aver-predict", {"--format", "=", "j"}), "jsonl ");
  EXPECT_EQ(bash_offers(folder, "aver-predict", {"--audio", "vo"}), "voice.wav ");
  EXPECT_EQ(bash_offers(folder, "aver-predict", {"vo"}), "voice.wav ");
  EXPECT_EQ(bash_offers(folder, "aver-split", {"a"}), "audit ask ");
  EXPECT_EQ(bash_offers(folder, "aver-split", {"-i", "vo"}), "voice.wav ");
  EXPECT_EQ(bash_offers(folder, "aver-split", {"--corpus", "sav"}), "savee ");
  // Of all networks, whichever is trained unless told.
  EXPECT_EQ(bash_offers(folder, "aver-train-audio", {"--no-average-p"}), "--no-average-pairs ");
}

TEST(Completions, OfOtherShellsAreTheirLanguage) {
  const TemporaryFolder folder;
  for (const auto& tool : kTools) {
    for (const char* shell : {"zsh", "fish"}) {
      const auto script = run_command({tool, "--help-as", shell});
      EXPECT_EQ(script.exit_status, 0) << script.err;
      EXPECT_THAT(script.out, HasSubstr("--help-as")) << tool;
      if (!test::has_program(shell)) continue;
      write_file(folder / shell, script.out);
      const auto read = run_command({shell, "-n", (folder / shell).string()});
      EXPECT_EQ(read.exit_status, 0) << tool << read.err;
    }
  }
  EXPECT_EQ(run_command({"aver-split", "--help-as", "tcsh"}).exit_status, 2);
}

TEST(Manual, HasEveryOptionWithItsDefault) {
  const auto page = run_command({"aver-train-audio", "--help-as", "man"});
  EXPECT_EQ(page.exit_status, 0);
  for (const char* part : {".TH AVER\\-TRAIN\\-AUDIO 1", ".SH EXAMPLES", "\\fB\\-\\-epochs\\fR",
                           "with \\-\\-architecture resgru"}) {
    EXPECT_THAT(page.out, HasSubstr(part));
  }
  for (const auto& line : split_text(page.out, '\n')) {
    EXPECT_FALSE(line.starts_with("'")) << line;
  }
}

TEST(Letters, MeanWhatTheirNamesMean) {
  const TemporaryFolder folder;
  const auto made = run_command({"aver-synthesize", "-qj2", "-o", (folder / "corpus").string(),
                                 "--actors", "1", "--statements", "1", "--repetitions", "1",
                                 "--seconds", "0.5", "--size", "64x64", "--twin-actor", "0"});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_EQ(made.err, "") << "-q is --quiet";
  const auto sounds = run_command({"aver-extract-audio", "-i", (folder / "corpus").string(), "-o",
                                   (folder / "audio").string(), "-j", "1"});
  EXPECT_EQ(sounds.exit_status, 0) << sounds.err;
  EXPECT_TRUE(fs::exists(folder / "audio" / "manifest.csv"));
  const auto printed = run_command({"aver-compute-mfcc", "-j", "3", "--print-config"});
  EXPECT_THAT(printed.out, HasSubstr("\nworkers = 3\n"));
}

TEST(Arguments, AllThatIsWrongIsToldAtOnce) {
  const auto result = run_command({"aver-train-audio", "--epochs", "many", "--batch-size", "0",
                                   "--padding", "none", "--select", "first"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("--epochs must be a whole number, not 'many'"),
                                HasSubstr("--batch-size must be at least 1, not 0"),
                                HasSubstr("--padding must be valid or same, not 'none'"),
                                HasSubstr("--select must be last or best, not 'first'"),
                                HasSubstr("aver-train-audio --help")));
}

TEST(Arguments, TheLastOfASwitchAndItsOppositeCounts) {
  const auto printed =
      run_command({"aver-compute-mfcc", "--no-pictures", "--pictures", "--print-config"});
  EXPECT_THAT(printed.out, HasSubstr("\npictures = true\n"));
  const auto other =
      run_command({"aver-compute-mfcc", "--pictures", "--no-pictures", "--print-config"});
  EXPECT_THAT(other.out, HasSubstr("\npictures = false\n"));
}

TEST(ConfigFile, OfAnotherToolIsRefused) {
  const TemporaryFolder folder;
  write_file(folder / "config.toml",
             std::string_view("tool = \"aver-train-visual\"\nepochs = 1\n"));
  const std::string path = (folder / "config.toml").string();
  const auto other = run_command({"aver-train-audio", "--config", path, "--print-config"});
  EXPECT_EQ(other.exit_status, 2);
  EXPECT_THAT(other.err, HasSubstr("is of aver-train-visual, not of aver-train-audio"));
  const auto own = run_command({"aver-train-visual", "--config", path, "--print-config"});
  EXPECT_EQ(own.exit_status, 0) << own.err;
  EXPECT_THAT(own.out, HasSubstr("\nepochs = 1\n"));
}

TEST(ConfigFile, OfThePaperHoldsEveryOptionWithItsDefault) {
  // What to do this time, and to which folders, is said on the command line.
  const std::vector<std::string> now = {"input",  "output", "images", "against", "audio",
                                        "visual", "force",  "resume", "join",    "describe"};
  std::size_t files = 0;
  for (const auto& tool : kTools) {
    const fs::path paper = fs::path(AVER_SOURCE_DIR) / "configs/paper" / (tool + ".toml");
    if (!fs::exists(paper)) continue;
    ++files;
    const std::string text = "\n" + read_file(paper);
    const auto defaults = run_command({tool, "--print-config"});
    const auto configured = run_command({tool, "--config", paper.string(), "--print-config"});
    EXPECT_EQ(configured.out, defaults.out) << tool;
    for (const auto& line : split_text(defaults.out, '\n')) {
      std::string key = line.substr(0, line.find(" ="));
      if (key == line) continue;
      if (key.starts_with("# ")) key.erase(0, 2);
      if (key.find(' ') != std::string::npos || std::ranges::count(now, key) > 0) continue;
      EXPECT_THAT(text,
                  testing::AnyOf(HasSubstr("\n" + key + " ="), HasSubstr("\n# " + key + " =")))
          << tool;
    }
  }
  EXPECT_EQ(files, 10U);
}

TEST(Arguments, AListTakesOneWordWhereOthersStandByThemselves) {
  // The clip is a clip, and no second filter.
  const auto clips =
      run_command({"aver-predict", "--visual", "m", "--filter", "gender=female", "clip.flv"});
  EXPECT_THAT(clips.err, AllOf(HasSubstr("choose among the clips of --input"),
                               Not(HasSubstr("COLUMN=VALUE expected"))));
  const auto audit =
      run_command({"aver-split", "audit", "--filter", "gender=female", "nowhere.csv"});
  EXPECT_THAT(audit.err, AllOf(HasSubstr("nowhere.csv"), Not(HasSubstr("COLUMN=VALUE"))));
  const auto check = run_command({"aver-corpus", "--filter", "gender=female", "check"});
  EXPECT_THAT(check.err, AllOf(HasSubstr("--input is required"), Not(HasSubstr("say what to do"))));
  // Each may be given again, and a program without such words takes several at once.
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"aver-corpus", "check", "--filter", "a=1", "--filter", "b=2"},
        {"aver-extract-audio", "--filter", "a=1", "b=2"}}) {
    auto command = words;
    command.emplace_back("--print-config");
    EXPECT_THAT(run_command(command).out, HasSubstr("filter = [\"a=1\", \"b=2\"]")) << words[0];
  }
  // Folders of a split are many, and behind its name.
  const auto word = run_command({"aver-split", "make", "a", "--input", "b", "c", "--output", "d"});
  EXPECT_EQ(word.exit_status, 2);
  EXPECT_THAT(word.err, HasSubstr("'a' is one word too many"));
}

}  // namespace
}  // namespace aver
