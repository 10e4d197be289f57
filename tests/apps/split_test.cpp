#include <gmock/gmock.h>

#include <set>

#include "base/csv.h"
#include "support.h"

namespace aver {
namespace {

using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Empty files named like the speech clips of these actors: a split looks at names alone.
void name_clips(const fs::path& root, const std::vector<std::string>& actors) {
  for (const auto& actor : actors) {
    for (const char* emotion : {"01", "03", "05"}) {
      for (const char* take : {"01-01", "01-02", "02-01"}) {
        write_file(root / ("Actor_" + actor) /
                       (std::string("01-01-") + emotion + "-01-" + take + "-" + actor + ".mp4"),
                   "x");
      }
    }
  }
}

struct Corpus {
  Corpus() { name_clips(folder / "data", {"01", "02", "03"}); }
  TemporaryFolder folder;
  std::string data = (folder / "data").string();
  std::string split = (folder / "split.csv").string();
};

TEST(SplitCommand, MakesEveryProtocol) {
  const Corpus corpus;
  for (const char* protocol :
       {"paper", "clip", "actor-5", "actor-6", "actor-loo", "statement", "group-3"}) {
    const auto result = run_command({"aver-split", "make", "--input", corpus.data, "--output",
                                     corpus.split, "--protocol", protocol, "--force"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("Leak check:"));
    EXPECT_THAT(result.out, HasSubstr(protocol));
    EXPECT_THAT(read_file(corpus.folder / "split.json"),
                HasSubstr(std::string("\"protocol\": \"") + protocol + '"'));
    const auto audit = run_command({"aver-split", "audit", corpus.split});
    EXPECT_EQ(audit.exit_status, 0) << audit.out << audit.err;
  }
}

TEST(SplitCommand, FoldsThatSomebodyListedAreReadFromJsonLinesTablesAndPlainNames) {
  const Corpus corpus;
  const auto at = [&](const char* name) { return (corpus.folder / name).string(); };
  // As EmoBox writes them: a key of its own, and the path of the file.
  std::string lines;
  for (const char* emotion : {"01", "03", "05"}) {
    for (const char* take : {"01-01", "01-02", "02-01"}) {
      lines += fmt::format(
          R"({{"key": "ravdess-{0}", "wav": "downloads/Actor_01/01-01-{1}-01-{2}-01.mp4"}})"
          "\n",
          take, emotion, take);
    }
  }
  write_file(at("1.jsonl"), lines);
  write_file(at("2.csv"), "file\nActor_02/01-01-01-01-01-01-02.mp4\n");
  write_file(at("3.txt"), "01-01-03-01-01-01-03\r\n01-01-03-01-01-01-04\r\n");
  const auto make = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"aver-split", "make",        "-i",      corpus.data,
                                      "-o",         corpus.split,  "--force", "--protocol",
                                      "lists",      "--test-lists"};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  };
  const auto made = make({at("1.jsonl"), at("2.csv"), at("3.txt")});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, AllOf(HasSubstr("    0        17           1       9\n"),
                              HasSubstr("3.txt names 1 clip that is not there")));
  EXPECT_EQ(run_command({"aver-split", "audit", corpus.split}).exit_status, 3)
      << "the other clips of 02 and 03 train where theirs are tested";

  write_file(at("again.txt"), "01-01-01-01-01-01-02\n");
  EXPECT_THAT(make({at("2.csv"), at("again.txt")}).err, HasSubstr("is tested by "));
  write_file(at("none.txt"), "nobody\n");
  EXPECT_THAT(make({at("none.txt")}).err, HasSubstr("names no clip that is there: nobody is none"));
  write_file(at("odd.jsonl"), "{}\n");
  EXPECT_THAT(make({at("odd.jsonl")}).err, HasSubstr("odd.jsonl, line 1: no JSON object"));
  const auto without = run_command({"aver-split", "make", "-i", corpus.data, "-o", corpus.split,
                                    "--protocol", "lists", "--force"});
  EXPECT_EQ(without.exit_status, 2);
  EXPECT_THAT(without.err, HasSubstr("needs --test-lists"));
}

TEST(SplitCommand, NamesInItsTableNeitherComputeNorSteerATerminalAndReadBack) {
  const TemporaryFolder folder;
  const std::vector<std::string> names = {"=q_1.wav", "'=q_2.wav", "x\x1b[2J_3.wav", "b\xe4_4.wav",
                                          "b\\xE4_5.wav"};
  for (const std::string& name : names) write_file(folder / "data" / name, "x");
  const std::string split = (folder / "split.csv").string();
  const auto made = run_command({"aver-split", "make", "-i", (folder / "data").string(), "-o",
                                 split, "--protocol", "group-3", "--group-pattern", "_([0-9])"});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  const std::string text = read_file(split);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\xe4")), Not(HasSubstr(",="))));
  const auto again = run_command({"aver-split", "audit", split, "--group-pattern", "_([0-9])"});
  EXPECT_EQ(again.exit_status, 0) << again.out << again.err;
  const CsvTable table = read_csv(split, CsvOrigin::elsewhere);
  std::set<std::string> items;
  for (const auto& row : table.rows) items.insert(row[table.column("clip")]);
  EXPECT_EQ(items, std::set<std::string>(names.begin(), names.end()));
}

TEST(SplitCommand, AnOutputThatIsALinkStaysOne) {
  const Corpus corpus;
  create_folders(corpus.folder / "kept");
  write_file(corpus.folder / "kept/v1.csv", "fold,clip,role\n");
  fs::create_symlink("kept/v1.csv", corpus.split);
  const auto make = [&] {
    return run_command({"aver-split", "make", "-i", corpus.data, "-o", corpus.split, "--protocol",
                        "group-3", "--force"});
  };
  ASSERT_EQ(make().exit_status, 0);
  EXPECT_TRUE(fs::is_symlink(corpus.split));
  EXPECT_THAT(read_file(corpus.folder / "kept/v1.csv"), HasSubstr(",test\n"));
  EXPECT_EQ(run_command({"aver-split", "audit", corpus.split}).exit_status, 0)
      << "the note of its protocol is found beside the link";
  fs::rename(corpus.folder / "kept", corpus.folder / "moved");
  const auto refused = make();
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("whose folder is not there"));
}

TEST(SplitCommand, WithoutAValidationPartItTrainsToo) {
  const Corpus corpus;
  const auto make = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"aver-split", "make",      "--input",
                                      corpus.data,  "--output",  corpus.split,
                                      "--protocol", "actor-loo", "--force"};
    words.insert(words.end(), more.begin(), more.end());
    const auto result = run_command(words);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return read_file(corpus.split);
  };
  std::string kept = make({});
  ASSERT_THAT(kept, HasSubstr(",validation\n"));
  for (std::size_t at; (at = kept.find(",validation\n")) != std::string::npos;) {
    kept.replace(at, 12, ",train\n");
  }
  EXPECT_EQ(make({"--no-validation"}), kept);
}

TEST(SplitCommand, DealsActorsBeyondRavdessInGroupsOnly) {
  TemporaryFolder folder;
  name_clips(folder / "data", {"01", "02", "31"});
  const auto make = [&](const char* protocol) {
    return run_command({"aver-split", "make", "--input", (folder / "data").string(), "--output",
                        (folder / "split.csv").string(), "--protocol", protocol});
  };
  const auto published = make("actor-5");
  EXPECT_EQ(published.exit_status, 1);
  EXPECT_THAT(published.err, HasSubstr("no fold for 31: "));
  EXPECT_FALSE(fs::exists(folder / "split.csv"));
  EXPECT_EQ(make("group-3").exit_status, 0);
  EXPECT_THAT(read_file(folder / "split.csv"), HasSubstr("2,01-03-01-01-01-31,test"));
}

TEST(SplitCommand, SaysWhatItLeavesOut) {
  TemporaryFolder folder;
  name_clips(folder / "data", {"01", "02"});
  write_file(folder / "data/01-02-03-01-01-01-01.mp4", "x");
  fs::create_symlink("/nowhere", folder / "data/Actor_03");
  const auto result =
      run_command({"aver-split", "make", "--input", (folder / "data").string(), "--output",
                   (folder / "split.csv").string(), "--protocol", "group-2"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("1 recording left out: song"),
                                HasSubstr("Actor_03: its link leads nowhere")));
}

TEST(SplitCommand, AnUnannouncedLeakEndsWithThree) {
  TemporaryFolder folder;
  write_file(folder / "split.csv",
             "fold,clip,role\n0,01-03-01-01-01-01,train\n0,01-04-01-01-01-01,test\n");
  const auto result = run_command({"aver-split", "audit", (folder / "split.csv").string()});
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_THAT(result.out, HasSubstr("LEAK. Training has seen 1 of 1 test actors"));
}

TEST(SplitCommand, NamesTheClassesThatAreTestedAndNeverTrained) {
  TemporaryFolder folder;
  name_clips(folder / "data", {"01", "02"});
  write_file(folder / "data/01-01-08-01-01-01-02.mp4", "x");
  const auto made =
      run_command({"aver-split", "make", "--input", (folder / "data").string(), "--output",
                   (folder / "split.csv").string(), "--protocol", "group-2"});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("Tested and never trained on: surprised (fold 1)."));
  const auto audit = run_command({"aver-split", "audit", (folder / "split.csv").string()});
  EXPECT_THAT(audit.out, HasSubstr("Tested and never trained on: surprised (fold 1)."));
  const auto json = run_command({"aver-split", "audit", (folder / "split.csv").string(), "--json"});
  EXPECT_THAT(json.out, HasSubstr("\"untrained_classes\""));
  // Without such a class nothing is said.
  name_clips(folder / "whole", {"01", "02"});
  const auto whole =
      run_command({"aver-split", "make", "--input", (folder / "whole").string(), "--output",
                   (folder / "w.csv").string(), "--protocol", "group-2"});
  EXPECT_THAT(whole.out, ::testing::Not(HasSubstr("never trained")));
}

TEST(SplitCommand, NamesTheFoldsThatNobodyHereCanTest) {
  const Corpus corpus;
  const auto result = run_command({"aver-split", "make", "--input", corpus.data, "--output",
                                   corpus.split, "--protocol", "actor-6"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("left out, no clips of their actors are here: folds 1, 2, 5"));
  EXPECT_THAT(read_file(corpus.split), HasSubstr("\n4,01-01-01-01-01-02,test\n"));
}

TEST(SplitCommand, SaysWhichFoldsThereWillBe) {
  const Corpus corpus;
  const auto folds = [&](const std::string& protocol, std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"aver-split", "folds", "--input", corpus.data, "--protocol", protocol});
    return run_command(more);
  };
  EXPECT_EQ(folds("group-3").out, "0\n1\n2\n");
  EXPECT_EQ(folds("actor-6").out, "0\n3\n4\n") << "those with clips to test";
  EXPECT_EQ(folds("paper").out, "0\n");
  EXPECT_THAT(folds("actor-6", {"--json"}).out, HasSubstr("\"skipped_folds\": ["));
  EXPECT_EQ(folds("actor-7").exit_status, 2);
  EXPECT_FALSE(fs::exists(corpus.split)) << "nothing is written";
}

TEST(SplitCommand, WritesThePapersSplitOfClips) {
  const Corpus corpus;
  const auto result = run_command({"aver-split", "make", "--input", corpus.data, "--output",
                                   corpus.split, "--protocol", "paper", "--seed", "3", "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  const std::string split = read_file(corpus.split);
  std::size_t tested = 0;
  for (std::size_t at = 0; (at = split.find(",test\n", at)) != std::string::npos; ++at) ++tested;
  EXPECT_EQ(tested, 5u) << "15 % of 27, rounded up";
  EXPECT_THAT(split, ::testing::Not(HasSubstr("validation")));
  EXPECT_THAT(read_file(corpus.folder / "split.json"), HasSubstr("\"seed\": 3"));
}

TEST(SplitCommand, AugmentedItemsAreDealtAsClipsAndTheAuditCountsTheirVersions) {
  TemporaryFolder folder;
  // A table of a corpus says of which clip a file is a version, whatever its name.
  std::string table = "file,label,speaker,version_of\n";
  for (int clip = 0; clip < 20; ++clip) {
    for (const char* kind : {"", "-noise", "-slow", "-high"}) {
      const std::string file = fmt::format("c{:02}{}.wav", clip, kind);
      write_file(folder / "data" / file, "x");
      table += fmt::format("{},happy,{},{}\n", file, clip % 3,
                           *kind == 0 ? "" : fmt::format("c{:02}", clip));
    }
  }
  write_file(folder / "corpus.csv", table);
  const auto at = [&](const char* name) { return (folder / name).string(); };
  const auto make = [&](const std::string& protocol, std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"aver-split", "make", "--input", at("data"), "--corpus", at("corpus.csv"),
                 "--output", at("split.csv"), "--force", "--protocol", protocol});
    return run_command(more);
  };
  const auto audit = [&] {
    return run_command({"aver-split", "audit", at("split.csv"), "--corpus", at("corpus.csv")});
  };
  const auto made = make("paper-augmented");
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("of 12 test items have a version of themselves in training"));
  const auto announced = audit();
  EXPECT_EQ(announced.exit_status, 0) << announced.out << announced.err;
  EXPECT_THAT(announced.out, HasSubstr("versions of one clip (train–test)"));
  // Nobody who reads of clips at random, or of the paper's split, expects versions on both sides.
  for (const char* protocol : {"clip", "paper"}) {
    ASSERT_EQ(make(protocol).exit_status, 0);
    const auto leak = audit();
    EXPECT_EQ(leak.exit_status, 3) << protocol;
    EXPECT_THAT(leak.out, HasSubstr("versions of one clip (train–test")) << protocol;
  }
  ASSERT_EQ(make("leave-one:speaker").exit_status, 0);
  EXPECT_EQ(audit().exit_status, 0) << "versions follow their speaker";
  EXPECT_EQ(make("clip", {"--copies", "4"}).exit_status, 2);
}

TEST(SplitCommand, DealsAClipThatTwoInputsHaveOnce) {
  const Corpus corpus;
  const auto make = [&](std::vector<std::string> inputs) {
    std::vector<std::string> command = {"aver-split", "make", "--force", "--output", corpus.split};
    for (const std::string& input : inputs) {
      command.push_back("--input");
      command.push_back(input);
    }
    const auto result = run_command(command);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return read_file(corpus.split);
  };
  EXPECT_EQ(make({corpus.data, corpus.data}), make({corpus.data}));
}

TEST(SplitCommand, KeepsAnotherSplitUnlessForced) {
  const Corpus corpus;
  const auto make = [&](const char* seed) {
    return run_command({"aver-split", "make", "--input", corpus.data, "--output", corpus.split,
                        "--protocol", "clip", "--seed", seed});
  };
  EXPECT_EQ(make("1").exit_status, 0);
  const auto before = read_file(corpus.split);
  EXPECT_EQ(make("1").exit_status, 0) << "the same split again is no loss";
  const auto refused = make("2");
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("holds another split; use --force"));
  EXPECT_EQ(read_file(corpus.split), before);
}

TEST(SplitCommand, SplitsAnyFolderBySubject) {
  TemporaryFolder folder;
  for (const char* name : {"happy/S001_1.png", "sad/S001_2.png", "happy/S002_1.png",
                           "sad/S002_2.png", "sad/S003_1.png"}) {
    write_file(folder / "faces" / name, "x");
  }
  const auto run = [&](const char* pattern) {
    return run_command({"aver-split", "make", "--input", (folder / "faces").string(), "--output",
                        (folder / "s.csv").string(), "--protocol", "group-3", "--group-pattern",
                        pattern});
  };
  const auto result = run("^(S[0-9]+)_");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(read_file(folder / "s.csv"), HasSubstr("0,happy/S001_1.png,test\n"));
  EXPECT_EQ(run("^S[0-9]+_").exit_status, 2);
  EXPECT_THAT(run("^(X[0-9]+)_").err, HasSubstr("does not match --group-pattern"));
}

TEST(CommandLine, HelpVersionAndPrintedConfigurationWorkBare) {
  for (const char* option : {"--help", "--version", "--print-config"}) {
    const auto result = run_command({"aver-split", option});
    EXPECT_EQ(result.exit_status, 0) << option << result.err;
    EXPECT_FALSE(result.out.empty()) << option;
  }
}

TEST(CommandLine, APrintedConfigurationIsReadBack) {
  TemporaryFolder folder;
  const auto printed =
      run_command({"aver-split", "--print-config", "--protocol", "clip", "--seed", "7"});
  EXPECT_THAT(printed.out, HasSubstr("protocol = \"clip\""));
  EXPECT_THAT(printed.out, HasSubstr("seed = 7"));
  write_file(folder / "c.toml", printed.out);
  const auto again =
      run_command({"aver-split", "--config", (folder / "c.toml").string(), "--print-config"});
  EXPECT_EQ(again.out, printed.out) << again.err;
}

TEST(CommandLine, TextSurvivesAPrintedConfigurationWhateverIsInIt) {
  TemporaryFolder folder;
  for (const char* pattern : {R"(^(S\d+)_)", R"(say "hi", a # b; [x] = '1')", "007", "a\nb"}) {
    const auto printed = run_command({"aver-split", "--print-config", "--group-pattern", pattern});
    write_file(folder / "c.toml", printed.out);
    const auto again =
        run_command({"aver-split", "--config", (folder / "c.toml").string(), "--print-config"});
    EXPECT_EQ(again.out, printed.out) << pattern << again.err;
  }
}

TEST(CommandLine, ThePapersConfigurationIsTheDefault) {
  const auto defaults = run_command({"aver-split", "--print-config"});
  const auto paper = run_command({"aver-split", "--print-config", "--config",
                                  AVER_SOURCE_DIR "/configs/paper/aver-split.toml"});
  EXPECT_EQ(paper.exit_status, 0) << paper.err;
  EXPECT_EQ(paper.out, defaults.out);
}

TEST(CommandLine, TheCommandLineWinsOverTheFile) {
  TemporaryFolder folder;
  write_file(folder / "c.toml", "seed = 7\n");
  const auto result = run_command(
      {"aver-split", "--config", (folder / "c.toml").string(), "--seed", "9", "--print-config"});
  EXPECT_THAT(result.out, HasSubstr("seed = 9"));
}

TEST(CommandLine, BadUsageEndsWithTwoAndSaysWhatToDo) {
  TemporaryFolder folder;
  write_file(folder / "unknown.toml", "protocl = \"clip\"\n");
  write_file(folder / "section.toml", "[split]\nseed = 3\n");
  write_file(folder / "number.toml", "seed = \"many\"\n");
  write_file(folder / "twice.toml", "seed = 1\nseed = 2\n");
  write_file(folder / "prose.toml", "this is not toml\n");
  const auto expect = [](const std::vector<std::string>& words, const char* message) {
    const auto result = run_command(words);
    EXPECT_EQ(result.exit_status, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
  };
  const auto config = [&](const char* name) { return (folder / name).string(); };
  expect({"aver-split", "make", "--bogus"}, "--bogus");
  expect({"aver-split", "mkae"}, "mkae");
  expect({"aver-split"}, "make, folds or audit");
  expect({"aver-split", "make"}, "--input and --output are required");
  expect({"aver-split", "make", "--config", config("unknown.toml")},
         "unknown.toml: unknown key 'protocl' for aver-split; did you mean 'protocol'?");
  expect({"aver-split", "make", "--config", config("section.toml")}, "section");
  expect({"aver-split", "make", "--config", config("number.toml")}, "number.toml");
  expect({"aver-split", "make", "--config", config("none.toml")}, "none.toml");
  expect({"aver-split", "make", "--config", config("twice.toml")}, "twice.toml, line 2");
  expect({"aver-split", "make", "--config", config("prose.toml")}, "prose.toml, line 1");
  expect({"aver-split", "make", "--seed", "-1"}, "--seed must be a whole number from 0 to");
  expect({"aver-split", "make", "--input", "x", "--output", "y", "--protocol", "k", "--test-share",
          "2"},
         "--test-share must lie between 0 and 1, not 2; --protocol must be one of paper, "
         "paper-augmented, clip, "
         "random, "
         "actor-loo, statement, given, lists, all, leave-one:COLUMN, group-K, cross-K:COLUMN, "
         "actor-5, "
         "actor-6, not k");
  expect({"aver-split", "make", "--input", "x", "--output", "y", "--channel", "hum"}, "--channel");
  expect({"aver-split", "--log-level", "loud", "make"}, "--log-level");
}

TEST(CommandLine, AFailureEndsWithOne) {
  TemporaryFolder folder;
  const auto result = run_command({"aver-split", "make", "--input", (folder / "none").string(),
                                   "--output", (folder / "s.csv").string()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("no such folder"));
  EXPECT_FALSE(fs::exists(folder / "s.csv"));
}

TEST(CommandLine, JsonGoesToStandardOutputAlone) {
  const Corpus corpus;
  const auto result = run_command({"aver-split", "make", "--input", corpus.data, "--output",
                                   corpus.split, "--protocol", "group-3", "--json"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_EQ(result.out.front(), '{');
  EXPECT_THAT(result.out, HasSubstr("\"protocol\": \"group-3\""));
}

}  // namespace
}  // namespace aver
