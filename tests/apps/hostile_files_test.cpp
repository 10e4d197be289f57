#include <gmock/gmock.h>
#include <sys/stat.h>

#include "extract_stage.h"
#include "store/folder_lock.h"

// What somebody else may have written or named, run through whole commands as users do.
namespace aver {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Extractor kExtractAudio{"aver-extract-audio"};

class HostileFiles : public ::testing::Test {
 protected:
  SmallCorpus corpus_;
};

void replace_in(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = read_file(file);
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << text;
  write_file(file, text.replace(at, from.size(), to));
}

TEST_F(HostileFiles, ForceDeletesNothingOutsideTheStageFolder) {
  write_file(corpus_ / "victim/precious.txt", "precious");
  for (const std::string& outside :
       {std::string("../victim/precious.txt"), (corpus_ / "victim/precious.txt").string()}) {
    ASSERT_EQ(kExtractAudio.run(corpus_.data(), corpus_ / "out").exit_status, 0);
    const std::string manifest = read_file(corpus_ / "out/manifest.csv");
    const auto row = manifest.find('\n') + 1;
    replace_in(corpus_ / "out/manifest.csv", manifest.substr(row, manifest.find(',', row) - row),
               outside);
    const auto forced =
        kExtractAudio.run(corpus_.data(), corpus_ / "out", {"--force", "--sample-rate", "44100"});
    EXPECT_EQ(forced.exit_status, 1);
    EXPECT_THAT(forced.err, AllOf(HasSubstr("manifest.csv names the file '" + outside),
                                  HasSubstr("remove the folder")));
    EXPECT_EQ(read_file(corpus_ / "victim/precious.txt"), "precious");
    fs::remove_all(corpus_ / "out");
  }
}

/// The program on this corpus, started by a shell after `before` and with `after` behind it.
CommandResult run_by_shell(const std::string& before, const SmallCorpus& corpus,
                           const std::string& after) {
  return run_command({"sh", "-c", before + "\"$0\" --input \"$1\" --output \"$2\" " + after,
                      (fs::path(std::getenv("AVER_BIN_DIR")) / "aver-extract-audio").string(),
                      corpus.data().string(), (corpus / "out").string()});
}

TEST_F(HostileFiles, AFileThatMayNotGrowFurtherIsSaidInASentence) {
  const auto refused = run_by_shell("ulimit -f 1; exec ", corpus_, "");
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("File too large"));
  EXPECT_EQ(kExtractAudio.run(corpus_.data(), corpus_ / "out").exit_status, 0);
}

// OpenCV brings OpenBLAS, which waits without end for address space that there is not.
TEST_F(HostileFiles, TooLittleAddressSpaceIsSaidBeforeLibrariesBegin) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes more address space than any limit leaves";
#endif
  for (const std::string name : {"aver-compute-mfcc", "aver-extract-frames", "aver-split"}) {
    const std::string path = (fs::path(std::getenv("AVER_BIN_DIR")) / name).string();
    const auto linked = run_command({"ldd", path});
    if (linked.out.find("openblas") == std::string::npos) {
      GTEST_SKIP() << "no OpenBLAS here";
    }
    const auto result =
        run_command({"timeout", "60", "sh", "-c", "ulimit -v 320000; exec \"$0\" --version", path});
    // The loader has the word where not even the libraries have room.
    EXPECT_THAT(result.exit_status, AnyOf(1, 127)) << name;
    EXPECT_THAT(result.err, AnyOf(HasSubstr(name + ": the address space is limited"),
                                  HasSubstr(name + ": error while loading shared libraries")));
  }
}

TEST_F(HostileFiles, WithClosedStreamsTheSameFilesAreWritten) {
  ASSERT_EQ(kExtractAudio.run(corpus_.data(), corpus_ / "expected").exit_status, 0);
  const auto result = run_by_shell("", corpus_, "<&- >&- 2>&-");
  EXPECT_EQ(result.exit_status, 1) << "its summary had nowhere to go";
  EXPECT_EQ(folder_content(corpus_ / "out"), folder_content(corpus_ / "expected"));
}

TEST_F(HostileFiles, SettingsOfAnotherKindAreSaidInWords) {
  ASSERT_EQ(kExtractAudio.run(corpus_.data(), corpus_ / "out").exit_status, 0);
  replace_in(corpus_ / "out/stage.json", "\"sample-rate\": ", "\"sample-rate\": \"x\", \"rate\": ");
  const auto result = run_command({"aver-compute-mfcc", "--input", (corpus_ / "out").string(),
                                   "--output", (corpus_ / "mfcc").string()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("stage.json is damaged: a value's type must be number"),
                                HasSubstr("--force"), Not(HasSubstr("json.exception"))));
}

TEST_F(HostileFiles, AForcedCorpusDeletesNothingOutsideItsFolder) {
  write_file(corpus_ / "precious.txt", "precious");
  const std::vector<std::string> words = {"aver-synthesize",
                                          "--output",
                                          (corpus_ / "drawn").string(),
                                          "--actors",
                                          "1",
                                          "--statements",
                                          "1",
                                          "--repetitions",
                                          "1",
                                          "--names",
                                          "savee",
                                          "--seconds",
                                          "0.5",
                                          "--quiet"};
  ASSERT_EQ(run_command(words).exit_status, 0);
  fs::path record;
  for (const auto& entry : fs::directory_iterator(corpus_ / "drawn")) {
    if (entry.path().extension() == ".json") record = entry.path();
  }
  replace_in(record, "\"files\": [", "\"files\": [\"../precious.txt\", ");
  auto forced = words;
  forced.insert(forced.end(), {"--force", "--seed", "9"});
  const auto result = run_command(forced);
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("'../precious.txt'"));
  EXPECT_EQ(read_file(corpus_ / "precious.txt"), "precious");
}

TEST_F(HostileFiles, ACorpusTableReadsAndWritesOnlyBelowItsFolders) {
  fs::copy_file(corpus_ / "movie.mp4", corpus_ / "outside.mp4");
  fs::copy_file(corpus_ / "movie.mp4", corpus_.data() / "inside.mp4");
  const auto said = [&](const std::string& row) {
    write_file(corpus_ / "table.csv", "file,emotion,speaker\n" + row + "\n");
    const auto result = kExtractAudio.run(corpus_.data(), corpus_ / "out",
                                          {"--corpus", (corpus_ / "table.csv").string()});
    EXPECT_NE(result.exit_status, 0) << row;
    return result.err;
  };
  EXPECT_THAT(said("../outside.mp4,happy,ann"),
              AllOf(HasSubstr("table.csv, line 2"), HasSubstr("cannot lie below --input")));
  EXPECT_THAT(said("inside.mp4,happy,../../ann"), HasSubstr("cannot be that of a folder"));
  EXPECT_THAT(said("inside.mp4,/happy,ann"), HasSubstr("cannot be that of a folder"));
  EXPECT_FALSE(fs::exists(corpus_ / "ann"));
}

TEST_F(HostileFiles, HiddenClipsAndPipesAreMentioned) {
  const std::string name = "03-01-03-01-01-01-0";
  fs::copy_file(corpus_ / "movie.mp4", corpus_.data() / (name + "1.mp4"));
  fs::copy_file(corpus_ / "movie.mp4", corpus_.data() / ("." + name + "2.mp4"));
  ASSERT_EQ(::mkfifo((corpus_.data() / (name + "3.mp4")).c_str(), 0600), 0);
  const auto result = kExtractAudio.run(corpus_.data(), corpus_ / "out");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err,
              HasSubstr("2 files named as clips, hidden, no regular file, and left out"));
}

TEST_F(HostileFiles, PublishedFoldsLieBesideTheirDescription) {
  write_file(corpus_ / "secret.csv", "fold,speaker\n0,x\n");
  write_file(corpus_ / "d/mine.toml",
             "name = \"mine\"\n[file]\npattern = '(?P<who>[a-z]+)-(?P<mood>[a-z]+)'\n"
             "label = \"mood\"\nspeaker = \"who\"\n[fields.mood]\nvalues = { joy = \"happy\" }\n"
             "[folds.pairs]\nsource = \"x\"\nfile = \"../secret.csv\"\n");
  const auto result = kExtractAudio.run(corpus_.data(), corpus_ / "out",
                                        {"--corpus", (corpus_ / "d/mine.toml").string()});
  EXPECT_NE(result.exit_status, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr("mine.toml"), HasSubstr("'../secret.csv'")));
}

TEST_F(HostileFiles, NamesOfFilesDoNotSteerTheTerminal) {
  corpus_.add("x\x1b]0;pwned\a\x1b[31mRED.mp4");
  corpus_.add("\x1b[2J/01-01-07-01-01-01-01.mp4");
  write_file(corpus_.data() / "\x1b[2J/01-01-07-01-01-01-01.mp4", "cut off");
  corpus_.add("caf\xe9.mp4");
  const auto result = kExtractAudio.run(corpus_.data(), corpus_ / "out");
  EXPECT_THAT(result.out + result.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr("\a")));
  EXPECT_THAT(result.out + result.err, Not(HasSubstr("\xe9")));
  EXPECT_THAT(result.out + result.err, HasSubstr("\\x1B[2J"));
  // The file itself keeps its name.
  EXPECT_THAT(stage_json(corpus_ / "out").dump(-1, ' ', true), HasSubstr("\\u001b[2J"));
}

TEST_F(HostileFiles, NestedTomlIsRefused) {
  std::string key;
  for (int i = 0; i < 200'000; ++i) key += "a.";
  const std::vector<std::pair<std::string, const char*>> files = {
      {key + "a = 1\n", "more than 32 words"},
      {"a = " + std::string(300, '[') + "\n", "more than 32 deep"}};
  for (const auto& [toml, reason] : files) {
    write_file(corpus_ / "deep.toml", toml);
    for (const char* option : {"--config", "--corpus", "--labels"}) {
      const auto result = kExtractAudio.run(corpus_.data(), corpus_ / "out",
                                            {option, (corpus_ / "deep.toml").string()});
      EXPECT_THAT(result.exit_status, AnyOf(1, 2)) << option;
      EXPECT_THAT(result.err, AllOf(HasSubstr("deep.toml"), HasSubstr(reason))) << option;
    }
  }
}

TEST_F(HostileFiles, AGroupPatternMatchesANameOfAnyLength) {
  write_file(corpus_ / "split.csv",
             "fold,clip,role\n0,S1" + std::string(200'000, 'x') + ",train\n0,S2b,test\n");
  const auto result = run_command({"aver-split", "audit", (corpus_ / "split.csv").string(),
                                   "--group-pattern", "^(S[0-9](x|y)*)"});
  EXPECT_EQ(result.exit_status, 0) << result.err.substr(0, 300);
  const auto refused = run_command(
      {"aver-split", "audit", (corpus_ / "split.csv").string(), "--group-pattern", "^(?=S)(.*)$"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--group-pattern '^(?=S)(.*)$' is no regular expression"));
}

TEST_F(HostileFiles, OneProgramAtATimeWritesACorpus) {
  create_folders(corpus_ / "drawn");
  const FolderLock lock(corpus_ / "drawn");
  const auto result =
      run_command({"aver-synthesize", "--output", (corpus_ / "drawn").string(), "--actors", "1"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("another program is writing to"));
}

TEST_F(HostileFiles, OneProgramAtATimeWritesASplitAndRemovesWhatAKilledOneLeft) {
  const std::vector<std::string> words = {"aver-split", "make",
                                          "--input",    corpus_.data().string(),
                                          "--output",   (corpus_ / "split.csv").string(),
                                          "--protocol", "leave-one:speaker"};
  write_file(corpus_ / ".aver-tmp-0-0-split.csv", "cut off");
  {
    const FolderLock lock(corpus_.root());
    EXPECT_THAT(run_command(words).err, HasSubstr("another program is writing to"));
    EXPECT_FALSE(fs::exists(corpus_ / "split.csv"));
  }
  const auto result = run_command(words);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_TRUE(fs::exists(corpus_ / "split.csv"));
  EXPECT_FALSE(fs::exists(corpus_ / ".aver-tmp-0-0-split.csv"));
}

}  // namespace
}  // namespace aver
