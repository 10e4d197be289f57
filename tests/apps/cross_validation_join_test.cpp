#include <gmock/gmock.h>

#include "corpus/corpus.h"
#include "cross_validation_fixture.h"
#include "runs/model_file.h"
#include "store/predictions.h"

// Folds that were trained apart.
namespace aver::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(CrossValidation, FoldsTrainedApartAndJoinedAreTheSameToTheByte) {
  train(audio("at-once"));
  // A list here, one fold as a run of its own somewhere else, copied here afterwards.
  const auto list = train(audio("apart", {false, {0, 2}}));
  EXPECT_THAT(list.text, AllOf(HasSubstr("test part of 2 folds"),
                               HasSubstr("aver-train-audio --join --output")));
  EXPECT_FALSE(is_finished("apart"));
  train(audio("elsewhere", FoldChoice::only(1)));
  fs::rename(folder / "elsewhere", folder / "apart" / "fold-1");
  const fs::path left = folder / "apart/figures/.aver-tmp-12-0-scores.png";  // by a join's kill
  write_file(left, std::string_view("PNG"));
  const auto joined = join<TrainAudioConfig>("apart");
  EXPECT_EQ(joined.metrics, metrics("apart"));
  EXPECT_FALSE(fs::exists(left));
  expect_equal_folders("at-once", "apart");
  EXPECT_EQ(file("at-once", "config.toml"), file("apart", "config.toml"));

  // One of them trained further on its own is no longer the one that was joined.
  auto further = audio("apart/fold-1", FoldChoice::only(1), 3);
  further.training.resume = true;
  train(further);
  EXPECT_FALSE(is_finished("apart"));
}

TEST_F(CrossValidation, JoiningNamesTheClassesThatAFoldTestsAndNeverTrains) {
  Split by_class{"", 1, {}};
  const std::vector<std::string> classes = {"happy", "sad", "angry"};
  for (int fold = 0; fold < 3; ++fold) {
    for (const SplitItem& item : items()) {
      const bool tested = item.label == classes[static_cast<std::size_t>(fold)];
      by_class.rows.push_back({fold, item.item, tested ? Role::test : Role::train});
    }
  }
  write_split(folder / "by-class.csv", by_class);
  auto config = audio("run");
  config.training.split = folder / "by-class.csv";
  EXPECT_THAT(train(config).text,
              HasSubstr("Tested and never trained on: happy (fold 0); sad (fold 1); angry (fold "
                        "2)."));
  EXPECT_EQ(metrics("run")["untrained_classes"],
            json({{"0", {"happy"}}, {"1", {"sad"}}, {"2", {"angry"}}}));
  train(audio("plain"));
  EXPECT_FALSE(metrics("plain").contains("untrained_classes"));
}

TEST_F(CrossValidation, FoldsThatWereTrainedOnOtherFeaturesAreNotJoined) {
  train(audio("run", {false, {0, 1}}));
  const fs::path changed = folder / "run/fold-1/model.safetensors";
  ModelFile model = read_model(changed, "audio");
  model.input["sample-rate"] = 16000;  // as if the stage had been made once more in between
  write_model(changed, model);
  EXPECT_THAT(join_error("run"), AllOf(HasSubstr("fold-0"), HasSubstr("fold-1"),
                                       HasSubstr("sample-rate is 22050 and 16000")));
}

TEST_F(CrossValidation, RecordsOfARunThatAreOfAnotherKindAreSaidWithTheirFile) {
  train(audio("run", {false, {0, 1}}));
  const fs::path path = folder / "run/fold-1/metrics.json";
  const json whole = json::parse(read_file(path));
  for (const auto& [key, value] : std::map<std::string, json>{{"fold", "one"},
                                                              {"kind", 3},
                                                              {"format", "1"},
                                                              {"split", 5},
                                                              {"untrained_classes", {{"a", 1}}},
                                                              {"chosen_on_test_part", "yes"}}) {
    json changed = whole;
    changed[key] = value;
    write_file(path, changed.dump());
    EXPECT_THAT(join_error("run"), AllOf(HasSubstr(path.string()), HasSubstr("is damaged"),
                                         Not(HasSubstr("json.exception"))))
        << key;
  }
}

TEST_F(CrossValidation, JoiningNamesWhatIsMissing) {
  EXPECT_THAT(join_error("nowhere"), HasSubstr("no folder fold-K"));
  train(audio("run", {false, {0, 2}}));
  EXPECT_THAT(join_error("run", {true, {}}), HasSubstr("fold 1 has no run there"));
  EXPECT_THAT(join_error("run", {false, {0, 1, 2}}), HasSubstr("fold 1 has no run there"));
  const auto part = join<TrainAudioConfig>("run");
  EXPECT_THAT(part.text, AllOf(HasSubstr("Left out: fold 1 of this split"),
                               HasSubstr("6 of 18 clips are tested by none")));
  EXPECT_EQ(metrics("run")["left_out"], json({1}));
  EXPECT_EQ(read_predictions(folder / "run" / "predictions.csv", Corpus().clips()).rows.size(),
            12U);
  EXPECT_THAT(file("run", "config.toml"), HasSubstr("folds = [0,2]"));
  const auto one = join<TrainAudioConfig>("run", FoldChoice::only(2));
  EXPECT_THAT(one.text, Not(HasSubstr("mean ± sd")));
  EXPECT_FALSE(one.metrics.contains("mean_of_folds"));
}

TEST_F(CrossValidation, FoldsThatDoNotBelongTogetherAreNotJoined) {
  train(audio("run", {false, {0, 1}}, 1));
  const fs::path second = folder / "run" / "fold-1";
  const std::string whole_metrics = read_file(second / "metrics.json");
  const std::string whole_config = read_file(second / "config.toml");
  const std::string whole_table = read_file(second / "predictions.csv");
  const auto with = [](std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  };
  const auto expect_refusal = [&](const std::string& words) {
    const auto before = folder_content(folder.path());
    EXPECT_THAT(join_error("run"), HasSubstr(words));
    EXPECT_TRUE(folder_content(folder.path()) == before) << words;
    write_file(second / "metrics.json", whole_metrics);
    write_file(second / "config.toml", whole_config);
    write_file(second / "predictions.csv", whole_table);
  };
  write_file(second / "config.toml", with(whole_config, "epochs = 1", "epochs = 9"));
  expect_refusal("epochs = 1");
  write_file(second / "metrics.json",
             with(whole_metrics, "fingerprint\": \"", "fingerprint\": \"x"));
  expect_refusal("different splits");
  write_file(second / "metrics.json", with(whole_metrics, "\"audio\"", "\"visual\""));
  expect_refusal("aver-train-visual");
  write_file(second / "predictions.csv", with(whole_table, "happy", "bored"));
  expect_refusal("other classes");
  write_file(second / "predictions.csv",
             whole_table.substr(0, whole_table.rfind('\n', whole_table.size() - 2) + 1));
  expect_refusal("other clips or labels");
  write_file(second / "predictions.csv", with(whole_table, ",train,", ",test,"));
  expect_refusal("is a test clip of fold 0 and of fold 1");
  fs::remove(second / "metrics.json");
  expect_refusal("fold 1 is unfinished");
  fs::rename(second, folder / "run" / "fold-2");
  EXPECT_THAT(join_error("run"), HasSubstr("holds fold 1"));
}

TEST_F(CrossValidation, FoldsOfDifferentSplitsAreToldApart) {
  // The same protocol, dealt out among other actors.
  train(audio("run", FoldChoice{false, {0, 1}}, 1));
  Split other = read_split(split, Corpus().clips());
  for (SplitRow& row : other.rows) row.fold = (row.fold + 1) % 3;
  write_split(folder / "other.csv", other);
  auto config = audio("third", FoldChoice::only(2), 1);
  config.training.split = folder / "other.csv";
  train(config);
  fs::rename(folder / "third", folder / "run" / "fold-2");
  EXPECT_THAT(join_error("run"), HasSubstr("different splits"));
}

}  // namespace
}  // namespace aver::test
