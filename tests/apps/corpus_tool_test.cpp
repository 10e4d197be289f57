#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "media/audio_file.h"
#include "support.h"

// aver-corpus as whole commands.
namespace aver {
namespace {

using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

void write_tone(const fs::path& path, double hertz, double seconds = .3) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(16000 * seconds));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double turns = hertz * static_cast<double>(i) / 16000;
    samples[i] = static_cast<std::int16_t>(8000 * std::sin(2 * 3.14159265 * turns));
  }
  write_wav(path, samples, 16000);
}

class CorpusTool : public ::testing::Test {
 protected:
  std::string path(const char* name) const { return (folder / name).string(); }

  test::CommandResult corpus(const char* action, std::vector<std::string> more) const {
    std::vector<std::string> command = {"aver-corpus", action};
    command.insert(command.end(), more.begin(), more.end());
    return run_command(command);
  }
  test::CommandResult check(const std::string& what, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"-i", path("data"), "--corpus", what});
    return corpus("check", more);
  }
  nlohmann::json faults(const std::string& what) const {
    return nlohmann::json::parse(check(what, {"--json"}).out)["faults"];
  }

  void write_emo_db() const {
    double hertz = 200;
    for (const char* name : {"03a01Fa", "03a01Wa", "08a01Na", "08b02Wb"}) {
      write_tone(folder / "data/wav" / (std::string(name) + ".wav"), hertz += 10);
    }
  }
  void write_table(const std::string& rows) const {
    write_file(folder / "table.csv", "file,emotion,speaker\n" + rows);
  }

  TemporaryFolder folder;
};

TEST_F(CorpusTool, MakesNoTableOfNothing) {
  write_tone(folder / "sounds/ann/happy/1.wav", 220);
  const auto made = corpus("make", {"-i", path("sounds"), "-o", path("made.csv")});
  EXPECT_EQ(made.exit_status, 1);
  EXPECT_THAT(made.out, AllOf(HasSubstr("nothing is written"), HasSubstr("1.wav")));
  EXPECT_FALSE(fs::exists(folder / "made.csv"));
}

TEST_F(CorpusTool, ATableOfAFolderIsTheSameCorpus) {
  write_emo_db();
  const auto made =
      corpus("make", {"-i", path("data"), "--corpus", "emo-db", "-o", path("table.csv")});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("table.csv: 4 clips in 4 lines"));
  const auto extract = [&](const std::string& what, const char* output) {
    return run_command({"aver-extract-audio", "-i", path("data"), "-o", path(output), "--corpus",
                        what, "--modality", "audio-only"})
        .exit_status;
  };
  ASSERT_EQ(extract("emo-db", "by-name"), 0);
  ASSERT_EQ(extract(path("table.csv"), "by-table"), 0);
  EXPECT_EQ(read_file(folder / "by-name/clips.csv"), read_file(folder / "by-table/clips.csv"));
  EXPECT_EQ(read_file(folder / "by-name/manifest.csv"),
            read_file(folder / "by-table/manifest.csv"));

  // A table of a table is that table.
  ASSERT_EQ(
      corpus("make", {"-i", path("data"), "--corpus", path("table.csv"), "-o", path("again.csv")})
          .exit_status,
      0);
  EXPECT_EQ(read_file(folder / "again.csv"), read_file(folder / "table.csv"));
}

TEST_F(CorpusTool, AModalityThatOnlyTheNameTellsTravelsInTheTable) {
  for (const char* name :
       {"01-01-03-01-01-01-01.mp4", "02-01-03-01-01-01-01.mp4", "03-01-03-01-01-01-01.wav"}) {
    write_file(folder / "data" / name, "x");
  }
  ASSERT_EQ(corpus("make", {"-i", path("data"), "-o", path("table.csv")}).exit_status, 0);
  const CsvTable table = read_csv(folder / "table.csv");
  const auto modality = table.column("modality"), clip = table.column("clip");
  ASSERT_THAT(table.rows, SizeIs(3));
  EXPECT_EQ(table.rows[0][modality], "audio-video");
  EXPECT_EQ(table.rows[1][modality], "video-only");
  EXPECT_EQ(table.rows[0][clip], table.rows[1][clip]) << "they are one performance";
}

TEST_F(CorpusTool, AnotherColumnMayBeTheLabel) {
  for (const char* name :
       {"03-01-01-01-01-01-01.wav", "03-01-05-01-01-01-01.wav", "03-01-05-02-01-01-01.wav"}) {
    write_file(folder / "data" / name, "x");
  }
  const auto result = corpus("make", {"-i", path("data"), "--label-column", "intensity", "--filter",
                                      "label=angry", "-o", path("table.csv")});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const CsvTable table = read_csv(folder / "table.csv");
  ASSERT_THAT(table.rows, SizeIs(2));
  EXPECT_EQ(table.rows[0][table.column("emotion")], "normal");
  EXPECT_EQ(table.rows[1][table.column("emotion")], "strong");
  EXPECT_EQ(table.rows[1][table.column("label-before")], "angry");
  const auto unknown =
      corpus("make", {"-i", path("data"), "--label-column", "mood", "-o", path("other.csv")});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("no clip has a column 'mood'; their columns are channel"));
  const auto misplaced = corpus("check", {"-i", path("data"), "--label-column", "intensity"});
  EXPECT_EQ(misplaced.exit_status, 2);
}

TEST_F(CorpusTool, WhatIsNotOfTheCorpusIsNamedAndTheOthersGoOn) {
  write_emo_db();
  write_tone(folder / "data/holiday.wav", 100);
  write_file(folder / "data/plot.png", "pictures may lie beside sounds");
  const auto made =
      corpus("make", {"-i", path("data"), "--corpus", "emo-db", "-o", path("table.csv")});
  EXPECT_EQ(made.exit_status, 1);
  EXPECT_THAT(made.out, AllOf(HasSubstr("holiday.wav: 'holiday' is not a EMO-DB name"),
                              Not(HasSubstr("plot.png"))));
  EXPECT_THAT(read_csv(folder / "table.csv").rows, SizeIs(4));
}

TEST_F(CorpusTool, ATableThatPeopleChangedIsNotReplacedUnasked) {
  write_emo_db();
  write_table("wav/03a01Fa.wav,happy,03\n");
  const std::vector<std::string> command = {"-i",     path("data"), "--corpus",
                                            "emo-db", "-o",         path("table.csv")};
  const auto refused = corpus("make", command);
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("use --force to replace it"));
  auto forced = command;
  forced.emplace_back("--force");
  ASSERT_EQ(corpus("make", forced).exit_status, 0);
  EXPECT_EQ(corpus("make", command).exit_status, 0) << "the same again changes nothing";
}

TEST_F(CorpusTool, WhatAKilledRunLeftIsRemovedByTheNextOne) {
  write_emo_db();
  write_file(folder / ".aver-tmp-0badcafe-0-table.csv", "half a ta");
  write_file(folder / ".aver-tmp-0badcafe-0-other.csv", "of a program that may be alive");
  const auto made =
      corpus("make", {"-i", path("data"), "--corpus", "emo-db", "-o", path("table.csv")});
  ASSERT_EQ(made.exit_status, 0) << made.err;
  EXPECT_FALSE(fs::exists(folder / ".aver-tmp-0badcafe-0-table.csv"));
  EXPECT_TRUE(fs::exists(folder / ".aver-tmp-0badcafe-0-other.csv"));
}

TEST_F(CorpusTool, CheckTellsWhatIsThere) {
  write_emo_db();
  const auto result = check("emo-db");
  EXPECT_EQ(result.exit_status, 0) << result.out;
  for (const char* part : {"EMO-DB: 4 clips of 2 speakers in 4 files", "rates     16000 Hz (4)",
                           "channels  1 (4)", "lengths   0.30 to 0.30 s", "No faults."}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
  const auto json = nlohmann::json::parse(check("emo-db", {"--json"}).out);
  EXPECT_EQ(json["clips_by_speaker"]["08"]["neutral"], 1);
  EXPECT_EQ(json["sample_rates"]["16000"], 4);
  EXPECT_EQ(json["faulty"], false);
}

TEST_F(CorpusTool, CheckSaysWhichFilesAreBeyondItsLimits) {
  write_emo_db();  // of 0.3 s each
  EXPECT_EQ(check("emo-db", {"--max-seconds", "0.31"}).exit_status, 0);
  const auto result = check("emo-db", {"--max-seconds", "0.2"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("03a01Fa.wav"), HasSubstr("--max-seconds")));
}

TEST_F(CorpusTool, CheckFindsOneRecordingUnderTwoNames) {
  write_emo_db();
  fs::copy_file(folder / "data/wav/03a01Fa.wav", folder / "data/wav/08a02Fa.wav");
  const auto result = check("emo-db");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("The same recording under two names:\n"
                                    "  wav/03a01Fa.wav = wav/08a02Fa.wav\n"));
  EXPECT_EQ(check("emo-db", {"--no-content"}).exit_status, 0) << "names alone do not tell it";
}

TEST_F(CorpusTool, CheckHoldsTheTableAgainstTheFolder) {
  write_emo_db();
  write_table(
      "wav/03a01Fa.wav,happy,03\nwav/lost.wav,happy,03\nwav/03a01Wa.wav,anger,03\n"
      "wav/08a01Na.wav,,08\n");
  const auto result = check(path("table.csv"));
  EXPECT_EQ(result.exit_status, 1);
  for (const char* part : {"table.csv, line 5: wav/08a01Na.wav has no label",
                           "wav/lost.wav: ", "table.csv, line 3, lists it, and it is not there",
                           "There, and no line names them:\n  wav/08a01Na.wav\n  wav/08b02Wb.wav\n",
                           "anger (1 clip): anger = \"angry\"?"}) {
    EXPECT_THAT(result.out, HasSubstr(part));
  }
  write_file(folder / "map.toml", "[labels]\nanger = \"angry\"\n");
  EXPECT_THAT(check(path("table.csv"), {"--labels", path("map.toml")}).out,
              Not(HasSubstr("Labels without a class")));
}

TEST_F(CorpusTool, CheckNamesEveryBadRow) {
  write_emo_db();
  write_table("wav/03a01Fa.wav,happy,03\n,sad,03\nwav/03a01Wa.wav,angry\nwav/03a01Fa.wav,sad,03\n");
  const auto rows = faults(path("table.csv"))["bad_rows"];
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[2].get<std::string>(), HasSubstr("line 5: wav/03a01Fa.wav is in line 2"));
  EXPECT_THAT(rows[0].get<std::string>(), HasSubstr("table.csv, line 3: its file is empty"));
  EXPECT_THAT(rows[1].get<std::string>(), HasSubstr("line 4: 2 fields where the header has 3"));
}

TEST_F(CorpusTool, CheckNamesTheRowsOfATableThatHasNoGoodOne) {
  write_emo_db();
  write_table(",happy,03\nwav/03a01Wa.wav,,03\n");
  const auto result = check(path("table.csv"));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("line 2: its file is empty"),
                                HasSubstr("line 3: wav/03a01Wa.wav has no label")));
}

TEST_F(CorpusTool, CheckSaysWhichClipContradictsItselfAndWhichPartHasNoSound) {
  write_tone(folder / "data/a.wav", 200, 1);
  write_tone(folder / "data/b.wav", 300, 1);
  write_file(folder / "table.csv",
             "file,start,end,emotion,speaker,clip\na.wav,,,happy,ann,1\nb.wav,0,1,sad,ann,1\n"
             "b.wav,1.5,2,sad,ann,2\n");
  const auto found = faults(path("table.csv"));
  ASSERT_THAT(found["contradicted"], SizeIs(1));
  EXPECT_THAT(found["contradicted"][0].get<std::string>(), HasSubstr("the clip 1 is happy"));
  ASSERT_THAT(found["beyond_their_file"], SizeIs(1));
  EXPECT_THAT(found["beyond_their_file"][0].get<std::string>(),
              HasSubstr("the part of b.wav from 1.5 to 2 s reaches beyond its 1.00 s"));
}

TEST_F(CorpusTool, CheckNamesDamagedFilesAndSilence) {
  write_emo_db();
  write_file(folder / "data/wav/09a01Fa.wav", "no sound at all");
  write_wav(folder / "data/wav/09a01Wa.wav", std::vector<std::int16_t>(4000), 16000);
  const auto result = check("emo-db");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("Cannot be read:\n"), HasSubstr("09a01Fa.wav"),
                                HasSubstr("are equal in:\n  wav/09a01Wa.wav\n")));
}

TEST_F(CorpusTool, RealRecordingsAreCheckedAndTheDuplicateIsFound) {
  AVER_REQUIRE_TEST_DATA(data);
  const auto result = run_command(
      {"aver-corpus", "check", "-i", (data / "ravdess-speech-audio/Actor_07").string(), "-q"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("RAVDESS: 60 clips of 1 speaker in 60 files"),
                                HasSubstr("03-01-03-01-02-01-07.flac = 03-01-03-01-02-02-07")));
  const auto faces = run_command(
      {"aver-corpus", "check", "-i", (data / "ckplus48").string(), "--corpus", "ck+48"});
  EXPECT_EQ(faces.exit_status, 0) << faces.out;
  EXPECT_THAT(faces.out, HasSubstr("pictures  48x48 (771)"));
}

TEST_F(CorpusTool, EveryFormatGivesBackTheTable) {
  write_emo_db();
  ASSERT_EQ(corpus("make", {"-i", path("data"), "--corpus", "emo-db", "-o", path("table.csv")})
                .exit_status,
            0);
  for (const char* format : {"audformat", "emobox", "kaldi", "hugging-face"}) {
    const auto exported = corpus("export", {"-i", path("data"), "--corpus", path("table.csv"),
                                            "--format", format, "-o", path(format)});
    ASSERT_EQ(exported.exit_status, 0) << exported.err;
    const std::string back = path(format) + ".csv";
    const auto imported = corpus(
        "import", {"-i", path(format), "--format", format, "--root", path("data"), "-o", back});
    ASSERT_EQ(imported.exit_status, 0) << imported.err;
    const CsvTable table = read_csv(folder / "table.csv"), again = read_csv(back);
    ASSERT_EQ(again.rows.size(), table.rows.size()) << format;
    for (const char* column : {"file", "emotion", "speaker", "gender", "language", "text"}) {
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        EXPECT_EQ(again.rows[i][again.column(column)], table.rows[i][table.column(column)])
            << format;
      }
    }
  }
}

TEST_F(CorpusTool, ImportMapsLabelsAndCountsWhatItDrops) {
  write_file(folder / "kaldi/wav.scp", "a /x/a.wav\nb /x/b.wav\n");
  write_file(folder / "kaldi/utt2emo", "a fear\nb xxx\n");
  write_file(folder / "map.toml", "[labels]\nfear = \"fearful\"\nxxx = \"\"\n");
  const auto result = corpus("import", {"-i", path("kaldi"), "--format", "kaldi", "-o",
                                        path("table.csv"), "--labels", path("map.toml")});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("--labels drops 1 clip of xxx"));
  EXPECT_THAT(read_csv(folder / "table.csv").rows,
              ElementsAre(ElementsAre("/x/a.wav", "fearful", "")));
}

TEST_F(CorpusTool, BadUsageLeavesWithTwo) {
  for (const auto& [arguments, words] :
       {std::pair{std::vector<std::string>{}, "say what to do: make, check, import or export"},
        {{"mkae"}, "'mkae' is nothing to do"},
        {{"make", "-i", path("data")}, "--output is required"},
        {{"check"}, "--input is required"},
        {{"export", "-i", path("data"), "-o", path("x")}, "--format is required: audformat"}}) {
    std::vector<std::string> command = {"aver-corpus"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto result = run_command(command);
    EXPECT_EQ(result.exit_status, 2) << words;
    EXPECT_THAT(result.err, HasSubstr(words));
  }
}

}  // namespace
}  // namespace aver
