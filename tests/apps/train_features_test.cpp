#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/csv.h"
#include "store/npy.h"
#include "support.h"
#include "tiny_stages.h"

// Series that other programs made, from training to answers about people some of whose clips are
// known.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

class Features : public testing::Test {
 protected:
  Features() {
    std::string table = "clip,f0,f1,f2,f3,f4,f5,f6,f7\n";
    Random random(9);
    for (const ClipId& id : tiny_clips(4, 2)) {
      const std::size_t frames = 5 + random.below(4);
      const FloatArray rows = tiny_mfcc(id, frames);
      FloatArray clip = FloatArray::matrix(frames, kTinyCoefficients);
      table += id.stem();
      for (std::size_t c = 0; c < kTinyCoefficients; ++c) {
        for (std::size_t t = 0; t < frames; ++t) {
          // Each actor has a voice of his own, which is far from the others'.
          clip.values[t * kTinyCoefficients + c] =
              rows.row(c)[t] + static_cast<float>(20 * (id.actor % 3) * (c % 2 == 0 ? 1 : -1));
        }
        table += fmt::format(",{}", clip.values[c]);
      }
      table += "\n";
      write_npy(folder / "series" / (id.stem() + ".npy"), clip);
    }
    write_file(folder / "table.csv", table);
    make_mfcc_stage(folder / "mfcc");
    const auto split =
        run_command({"aver-split", "make", "-i", (folder / "mfcc").string(), "-o",
                     (folder / "split.csv").string(), "--protocol", "actor-loo", "-q"});
    EXPECT_EQ(split.exit_status, 0) << split.err;
  }

  CommandResult train(const std::string& run, const Words& more = {},
                      const std::string& input = "series") const {
    Words words = {"aver-train-features",
                   "-i",
                   (folder / input).string(),
                   "-o",
                   (folder / run).string(),
                   "--epochs",
                   "12",
                   "--batch-size",
                   "8",
                   "--threads",
                   "1",
                   "--learning-rate",
                   "0.02",
                   "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  }

  nlohmann::json metrics_of(const std::string& run) const {
    return nlohmann::json::parse(read_file(folder / run / "metrics.json"));
  }

  TemporaryFolder folder;
};

TEST_F(Features, EachNetworkLearnsSeriesAndAnswersThemAgain) {
  for (const std::string architecture : {"gru", "tcn", "linear"}) {
    const auto trained =
        train(architecture, {"--architecture", architecture, "--differences", "1"});
    ASSERT_EQ(trained.exit_status, 0) << trained.err;
    EXPECT_THAT(trained.out, HasSubstr("Features model"));
    EXPECT_EQ(metrics_of(architecture).at("kind"), "features");
    const auto predicted = run_command({"aver-predict", "--model", (folder / architecture).string(),
                                        "-i", (folder / "series").string(), "-o",
                                        (folder / "p.csv").string(), "-q", "--threads", "1"});
    ASSERT_EQ(predicted.exit_status, 0) << predicted.err;
    // The same clips, prepared in the same way: the same answers.
    const auto now = read_csv(folder / "p.csv"),
               then = read_csv(folder / architecture / "predictions.csv");
    ASSERT_EQ(now.rows.size(), then.rows.size());
    for (std::size_t i = 0; i < now.rows.size(); ++i) {
      EXPECT_EQ(now.rows[i][0], then.rows[i][0]);
      EXPECT_EQ(now.rows[i].back(), then.rows[i].back()) << architecture << ", row " << i;
    }
  }
}

TEST_F(Features, ARowForEachClipTrainsToo) {
  const auto trained =
      train("rows", {"--architecture", "linear", "--summary", "none"}, "table.csv");
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  EXPECT_GT(metrics_of("rows").at("clips").at("train").at("accuracy").get<double>(), 0.6);
  const auto other =
      run_command({"aver-predict", "--model", (folder / "rows").string(), "-i",
                   (folder / "series").string(), "-o", (folder / "p.csv").string(), "-q"});
  EXPECT_EQ(other.exit_status, 0) << other.err << "columns without names are taken in their order";
}

TEST_F(Features, ColumnsAreChosenByNameAndMissingOnesNamed) {
  const auto trained =
      train("some", {"--architecture", "linear", "--columns", "f1", "f2"}, "table.csv");
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  write_file(folder / "other.csv", "clip,f1,g\n03-01-01-01-01-01-01,1,2\n");
  const auto refused =
      run_command({"aver-predict", "--model", (folder / "some").string(), "-i",
                   (folder / "other.csv").string(), "-o", (folder / "p.csv").string(), "-q"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("other.csv"), HasSubstr("f2")));
}

TEST_F(Features, ColumnsOfArraysCannotBeChosenByName) {
  const auto refused = train("none", {"--columns", "f1"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--columns chooses among the columns of tables"));
  EXPECT_FALSE(fs::exists(folder / "none"));
}

TEST_F(Features, FacesAreMirroredWhereTheirPointsAreKnown) {
  const auto refused = train("run", {"--mirror"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--mirror needs --align eyes"));
  Random random(3);
  for (const ClipId& id : tiny_clips(4, 2)) {
    FloatArray face = FloatArray::matrix(4, 136);
    for (float& value : face.values) value = static_cast<float>(random.uniform(-1, 1));
    for (std::size_t t = 0; t < 4; ++t) {
      for (std::size_t i = 36; i < 48; ++i) face.values[t * 136 + i] += i < 42 ? -9.0F : 9.0F;
    }
    write_npy(folder / "faces" / (id.stem() + ".npy"), face);
  }
  const auto predictions = [&](const std::string& run, const Words& more) {
    Words words = {"--align", "eyes", "--architecture", "linear"};
    words.insert(words.end(), more.begin(), more.end());
    const auto result = train(run, words, "faces");
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return read_file(folder / run / "predictions.csv");
  };
  const auto plain = predictions("plain", {});
  EXPECT_NE(predictions("mirror", {"--mirror"}), plain);
  EXPECT_EQ(predictions("again", {"--mirror"}), predictions("third", {"--mirror"}));
  EXPECT_NE(predictions("course", {"--summary", "course"}), plain);
}

TEST_F(Features, ANetworkOfTwoSeriesAnswersWhereOneIsAway) {
  const auto list = [&](const std::string& name, const Words& inputs) {
    std::string text;
    for (const auto& input : inputs) {
      text += fmt::format("[[series]]\nname = \"{0}\"\ninput = \"{0}\"\n", input);
    }
    write_file(folder / name, text);
  };
  list("both.toml", {"series", "mfcc"});
  list("one.toml", {"series"});
  const auto trained = train("joint", {"--architecture", "joint"}, "both.toml");
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  const auto predict = [&](const std::string& run, const std::string& input) {
    return run_command({"aver-predict", "--model", (folder / run).string(), "-i",
                        (folder / input).string(), "-o", (folder / "p.csv").string(), "--threads",
                        "1"});
  };
  const auto again = predict("joint", "both.toml");
  ASSERT_EQ(again.exit_status, 0) << again.err;
  const auto both = read_csv(folder / "p.csv");
  const auto then = read_csv(folder / "joint" / "predictions.csv");
  ASSERT_EQ(both.rows.size(), then.rows.size());
  for (std::size_t i = 0; i < both.rows.size(); ++i)
    EXPECT_EQ(both.rows[i].back(), then.rows[i].back());

  const auto alone = predict("joint", "one.toml");
  ASSERT_EQ(alone.exit_status, 0) << alone.err;
  EXPECT_THAT(alone.err, HasSubstr("without mfcc: 48 clips, which are answered"));
  const auto one = read_csv(folder / "p.csv");
  ASSERT_EQ(one.rows.size(), both.rows.size());
  EXPECT_NE(one.rows, both.rows);

  list("second.toml", {"mfcc"});
  const auto second = predict("joint", "second.toml");
  ASSERT_EQ(second.exit_status, 0) << second.err;
  write_file(folder / "otherwise.toml",
             "[[series]]\nname = \"series\"\ninput = \"series\"\ndifferences = 3\n");
  const auto otherwise = predict("joint", "otherwise.toml");
  EXPECT_EQ(otherwise.exit_status, 2);
  EXPECT_THAT(otherwise.err,
              HasSubstr("series has differences = 3, and the model was trained with 0"));

  write_file(folder / "spoken.toml",
             "[[series]]\nname = \"series\"\ninput = \"series\"\nsummary = \"course\"\n");
  EXPECT_EQ(predict("joint", "spoken.toml").exit_status, 2);

  const auto plain = predict("joint", "series");
  EXPECT_EQ(plain.exit_status, 1);
  EXPECT_THAT(plain.err, HasSubstr("trained on several series (series, mfcc): give a .toml"));
  list("other.toml", {"series", "table.csv"});
  const auto other = predict("joint", "other.toml");
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.err, HasSubstr("knows no series table.csv; known: series, mfcc"));

  ASSERT_EQ(train("never", {"--architecture", "joint", "--modality-dropout", "0"}, "both.toml")
                .exit_status,
            0);
  const auto refused = predict("never", "one.toml");
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("mfcc"), HasSubstr("without --modality-dropout")));

  const auto single = train("single", {"--architecture", "joint"});
  EXPECT_EQ(single.exit_status, 2);
  EXPECT_THAT(single.err, HasSubstr("--architecture joint reads several series"));
}

TEST_F(Features, SeriesSideBySideTrainAnyNetwork) {
  write_file(folder / "both.toml",
             "[[series]]\nname = \"a\"\ninput = \"series\"\n"
             "[[series]]\nname = \"b\"\ninput = \"mfcc\"\ndifferences = 1\n");
  for (const std::string architecture : {"gru", "linear"}) {
    const auto trained = train(architecture,
                               {"--architecture", architecture, "--centre", "speaker", "--split",
                                (folder / "split.csv").string(), "--folds", "all"},
                               "both.toml");
    ASSERT_EQ(trained.exit_status, 0) << trained.err;
    const auto curve = run_command(
        {"aver-evaluate-enrolment", "--model", (folder / architecture).string(), "-i",
         (folder / "both.toml").string(), "-o", (folder / (architecture + "-curve")).string(),
         "--enrol", "0,2", "--repeats", "2", "--draws", "100", "-q"});
    EXPECT_EQ(curve.exit_status, 0) << curve.err;
  }
}

TEST_F(Features, KnowingSomeClipsOfAPersonHelpsWhereSpeakersWereCentred) {
  const auto trained =
      train("centred", {"--architecture", "linear", "--centre", "speaker", "--split",
                        (folder / "split.csv").string(), "--folds", "all"});
  ASSERT_EQ(trained.exit_status, 0) << trained.err;
  const Words evaluate = {"aver-evaluate-enrolment",
                          "--model",
                          (folder / "centred").string(),
                          "-i",
                          (folder / "series").string(),
                          "-o",
                          (folder / "enrolled").string(),
                          "--enrol",
                          "0,1,6",
                          "--repeats",
                          "3",
                          "--draws",
                          "200",
                          "-q"};
  const auto evaluated = run_command(evaluate);
  ASSERT_EQ(evaluated.exit_status, 0) << evaluated.err;
  EXPECT_THAT(evaluated.out,
              AllOf(HasSubstr("unlabelled clips of the tested person"), HasSubstr("flatter")));
  const auto curve = read_csv(folder / "enrolled" / "enrolment.csv");
  ASSERT_EQ(curve.rows.size(), 3U);
  const auto uar = [&](std::size_t row) { return std::stod(curve.rows[row][curve.column("uar")]); };
  EXPECT_GT(uar(2), uar(0) + 0.1) << "the voices are far apart";
  // Of 48 clips of four people, those that are known are not scored.
  EXPECT_EQ(curve.rows[0][1], "48");
  EXPECT_EQ(curve.rows[1][1], "44");
  EXPECT_EQ(curve.rows[2][1], "24");
  EXPECT_EQ(read_csv(folder / "enrolled" / "predictions-6.csv").rows.size(), 24U);
  const fs::path known = folder / "enrolled" / "predictions-6.csv";
  const auto fused =
      run_command({"aver-evaluate-fusion", "--posteriors", "a=" + known.string(), "--posteriors",
                   "b=" + known.string(), "--no-figures", "-o", (folder / "fused").string()});
  EXPECT_EQ(fused.exit_status, 0) << fused.err;
  EXPECT_THAT(fused.out, HasSubstr("Uses 6 unlabelled clips of the tested person"));
  EXPECT_THAT(read_file(folder / "fused" / "predictions.csv"), HasSubstr("Uses 6 unlabelled"));
  const auto before = read_file(folder / "enrolled" / "enrolment.csv");
  ASSERT_EQ(run_command(evaluate).exit_status, 0);
  EXPECT_EQ(read_file(folder / "enrolled" / "enrolment.csv"), before) << "the draws are seeded";
}

TEST_F(Features, WhatWasNotCentredIsNotToldOfPeople) {
  ASSERT_EQ(train("plain", {"--architecture", "linear"}).exit_status, 0);
  const auto refused =
      run_command({"aver-evaluate-enrolment", "--model", (folder / "plain").string(), "-i",
                   (folder / "series").string(), "-o", (folder / "enrolled").string()});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--centre speaker"));
  EXPECT_FALSE(fs::exists(folder / "enrolled"));
}

TEST_F(Features, PredictionsAreToldOfThePersonByOtherClips) {
  for (const char* centre : {"speaker", "none"}) {
    ASSERT_EQ(train(centre, {"--architecture", "linear", "--centre", centre, "--split",
                             (folder / "split.csv").string(), "--folds", "0"})
                  .exit_status,
              0);
  }
  // Half of what nobody trained on is known, the other half asked about.
  std::size_t number = 0;
  for (const auto& row : read_csv(folder / "split.csv").rows) {
    if (row[0] != "0" || row[2] != "test") continue;
    for (const fs::path& file : list_files(folder / "series")) {
      if (!file.stem().string().ends_with(row[1])) continue;
      const char* half = ++number % 2 == 0 ? "known" : "asked";
      write_file(folder / half / file.filename(), read_file(file));
    }
  }
  ASSERT_GE(number, 8U);
  const auto predict = [&](const std::string& run, const Words& more) {
    Words words = {"aver-predict",
                   "--model",
                   (folder / run).string(),
                   "--input",
                   (folder / "asked").string(),
                   "--output",
                   (folder / "answers.csv").string(),
                   "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  };
  const Words enrol = {"--enrol-from", (folder / "known").string()};
  const auto accuracy = [](const CommandResult& result) {
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return nlohmann::json::parse(result.out).at("metrics").at("all").at("accuracy").get<double>();
  };
  const double stranger = accuracy(predict("speaker", {}));
  const auto told = predict("speaker", enrol);
  EXPECT_GT(accuracy(told), stranger + 0.1) << "the voices are far apart";
  EXPECT_EQ(nlohmann::json::parse(told.out).at("enrolled"), number / 2);
  Words plain = {"aver-predict",
                 "--model",
                 (folder / "speaker").string(),
                 "--input",
                 (folder / "asked").string(),
                 "--output",
                 (folder / "answers.csv").string()};
  plain.insert(plain.end(), enrol.begin(), enrol.end());
  EXPECT_THAT(run_command(plain).out, HasSubstr("no answer about a stranger"));
  // So many of the folder, or of each speaker of what is asked about.
  EXPECT_EQ(nlohmann::json::parse(predict("speaker", {enrol[0], enrol[1], "--enrol", "2"}).out)
                .at("enrolled"),
            2);
  const auto own = predict("speaker", {"--enrol", "2"});
  EXPECT_GT(accuracy(own), stranger + 0.1);
  EXPECT_EQ(nlohmann::json::parse(own.out).at("clips"), number - number / 2 - 2);
  EXPECT_THAT(own.err, HasSubstr("left out 2 clips of 1 speaker that are known"));
  EXPECT_THAT(read_file(folder / "answers.csv"), HasSubstr("Uses 2 unlabelled clips"));
  EXPECT_THAT(predict("speaker", {"--enrol", "99"}).err, HasSubstr("none is left to answer"));
  EXPECT_EQ(predict("speaker", {"--enrol", "2", "--shard", "1/2"}).exit_status, 2);
  // Shards that were told of other clips are not joined.
  const auto shard = [&](const char* which, const Words& more) {
    Words words = {"--shard", which};
    words.insert(words.end(), more.begin(), more.end());
    fs::remove(folder / "answers.csv");
    return predict("speaker", words);
  };
  ASSERT_EQ(shard("1/2", enrol).exit_status, 0);
  const auto other = shard("2/2", {"--enrol-from", (folder / "asked").string()});
  EXPECT_EQ(other.exit_status, 1);
  EXPECT_THAT(other.err, HasSubstr("the clips of --enrol-from differ"));
  fs::remove_all(folder / "answers.csv.shards");

  const auto refused = predict("none", enrol);
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--centre speaker"));
}

TEST_F(Features, AnEvaluationLeavesWhatWasThere) {
  ASSERT_EQ(train("centred", {"--architecture", "linear", "--centre", "speaker", "--split",
                              (folder / "split.csv").string(), "--folds", "0"})
                .exit_status,
            0);
  const auto evaluate = [&](const std::string& output, const Words& more) {
    Words words = {"aver-evaluate-enrolment",    "--model", (folder / "centred").string(), "-i",
                   (folder / "series").string(), "-o",      (folder / output).string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const auto before = folder_content(folder / "centred");
  const auto onto_run = run_command(evaluate("centred", {}));
  EXPECT_EQ(onto_run.exit_status, 2);
  EXPECT_THAT(onto_run.err, HasSubstr("is the folder of a training run"));
  EXPECT_TRUE(folder_content(folder / "centred") == before);

  const auto nobody = run_command(evaluate("none", {"--enrol", "0,500", "-q"}));
  EXPECT_EQ(nobody.exit_status, 1);
  EXPECT_THAT(nobody.err, HasSubstr("--enrol 500: no speaker of the test part has more clips"));
  EXPECT_FALSE(fs::exists(folder / "none"));

  RunningCommand stopped(evaluate("stopped", {"--enrol", "1", "--repeats", "1000000"}));
  std::this_thread::sleep_for(std::chrono::seconds(2));
  stopped.send(SIGINT);
  const auto result = stopped.wait();
  EXPECT_EQ(result.exit_status, 130) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Interrupted before anything was written"));
  EXPECT_FALSE(fs::exists(folder / "stopped"));
}

TEST_F(Features, BrokenFilesAreNamedAndNothingIsTrained) {
  write_file(folder / "series" / "03-01-01-01-01-01-01.npy", "no array");
  const auto result = train("broken");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("03-01-01-01-01-01-01.npy"), HasSubstr("nothing was trained")));
  EXPECT_FALSE(fs::exists(folder / "broken"));
  const auto kept = train("kept", {"--keep-going"});
  EXPECT_EQ(kept.exit_status, 0) << kept.err;
  EXPECT_THAT(read_file(folder / "kept" / "predictions.csv"), Not(HasSubstr("01-01-01-01-01-01,")));
}

}  // namespace
}  // namespace aver::test
