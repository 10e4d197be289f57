#include "runs/trained_on.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace aver {
namespace {

using testing::HasSubstr;

const TrainedOn kPeople = {
    {"ravdess"}, {"01", "02"}, {"01-03-01-01-01-01", "01-03-01-01-01-02", "01-04-01-01-01-02"}};

TEST(TrainedOn, IsReadAsItWasWritten) {
  const nlohmann::json training = {{"seed", 1}, {"trained_on", to_json(kPeople)}};
  const auto again = trained_on(training);
  EXPECT_EQ(again.corpora, kPeople.corpora);
  EXPECT_EQ(again.speakers, kPeople.speakers);
  EXPECT_EQ(again.clips, kPeople.clips);
  EXPECT_TRUE(trained_on({{"seed", 1}}).empty());
  EXPECT_THROW(trained_on({{"trained_on", {{"clips", 3}}}}), Error);
}

TEST(TrainedOn, FilesAreNamedAsTheCorpusNamesThem) {
  const auto said = [](const std::vector<std::string>& files) {
    return seen_in_training(kPeople, files, "the model");
  };
  EXPECT_THAT(said({"a/Actor_01/03-01-03-01-01-01-01.wav", "b/02-01-04-01-01-01-02.mp4"}),
              HasSubstr("2 of 2 clips trained the model: these answers do not tell"));
  EXPECT_THAT(said({"03-01-05-01-01-01-01.wav", "holiday.wav"}),
              HasSubstr("1 of 2 clips are of speakers of whom others trained the model"));
  EXPECT_EQ(said({"03-01-05-01-01-01-03.wav", "holiday.wav"}), "");
  EXPECT_EQ(seen_in_training({}, std::vector<std::string>{"holiday.wav"}, "the model"), "");
}

TEST(TrainedOn, ANumberOfAnotherCorpusIsSomebodyElse) {
  Clip stranger;
  stranger.key = "03a01Wa";
  stranger.speaker = "01";
  stranger.attributes["corpus"] = "emo-db";
  EXPECT_EQ(seen_in_training(kPeople, std::vector<Clip>{stranger}, "the model"), "");
  stranger.attributes["corpus"] = "ravdess";
  EXPECT_NE(seen_in_training(kPeople, std::vector<Clip>{stranger}, "the model"), "");
}

}  // namespace
}  // namespace aver
