#include "protocol/audit.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/error.h"

namespace aver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What names of RAVDESS's kind say.
ClipTable names() {
  return Corpus().clips();
}

TEST(Audit, FindsSiblingFramesOfOneClip) {
  Split split{"paper", 1, {}};
  for (int frame = 0; frame < 10; ++frame) {
    split.rows.push_back({0, fmt::format("01-03-01-01-01-01_frame_{:04}", 5 * frame),
                          frame % 5 == 0 ? Role::test : Role::train});
  }
  const auto verdict = audit_split(split, names());
  EXPECT_EQ(verdict.shared_clips, 1u);
  EXPECT_EQ(verdict.shared_groups, 1u);
  EXPECT_EQ(verdict.shared_items, 0u);
  EXPECT_THAT(verdict.sentence(), HasSubstr("The test part also served as validation."));
}

TEST(Audit, TakesGroupsFromTheItemsWhereNamesSayNothing) {
  const Split split{
      "", 0, {{0, "happy/S001_1.png", Role::train}, {0, "sad/S001_2.png", Role::test}}};
  const std::vector<SplitItem> items = {{"happy/S001_1.png", "happy", "S001"},
                                        {"sad/S001_2.png", "sad", "S001"}};
  EXPECT_EQ(audit_split(split, names(), items).shared_groups, 1u);
}

const PartPair& pair_named(const std::vector<PartPair>& pairs, Role first, Role second) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const PartPair& pair) {
    return pair.first == first && pair.second == second;
  });
  if (found == pairs.end()) throw Error("no such pair");
  return *found;
}

TEST(Audit, ComparesEachPairOfParts) {
  const Split split{"",
                    0,
                    {{0, "01-03-01-01-01-01", Role::train},
                     {0, "01-04-01-01-01-02", Role::train},
                     {0, "01-03-01-02-01-01", Role::validation},
                     {0, "01-03-01-02-01-02", Role::test}}};
  const auto pairs = audit_pairs(audit_folds(split));
  ASSERT_EQ(pairs.size(), 3u);
  const auto& validation = pair_named(pairs, Role::train, Role::validation);
  EXPECT_THAT(validation.shared(Sharing::actors), ElementsAre("01"));
  EXPECT_THAT(validation.shared(Sharing::statements), ::testing::IsEmpty());
  const auto& test = pair_named(pairs, Role::train, Role::test);
  EXPECT_THAT(test.shared(Sharing::actors), ElementsAre("02"));
  const auto& late = pair_named(pairs, Role::validation, Role::test);
  EXPECT_THAT(late.shared(Sharing::actors), ::testing::IsEmpty());
  EXPECT_THAT(late.shared(Sharing::statements), ElementsAre("02"));
}

TEST(Audit, ListsSiblingFramesAndTheirClip) {
  const Split split{"paper",
                    1,
                    {{0, "01-03-01-01-01-01_frame_0000", Role::train},
                     {0, "01-03-01-01-01-01_frame_0005", Role::test},
                     {0, "01-04-01-01-01-01_frame_0000", Role::test}}};
  const auto pairs = audit_pairs(audit_folds(split));
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_THAT(pairs[0].shared(Sharing::clips), ElementsAre("01-03-01-01-01-01"));
  EXPECT_THAT(pairs[0].shared(Sharing::frames), ElementsAre("01-03-01-01-01-01_frame_0005"));
}

TEST(Audit, FindsTheTwinsOfOnePerformance) {
  const Split split{"",
                    0,
                    {{0, "01-01-03-01-01-01-01", Role::train},
                     {0, "03-01-03-01-01-01-01", Role::test},
                     {0, "03-01-04-01-01-01-02", Role::test}}};
  const auto pairs = audit_pairs(audit_folds(split));
  EXPECT_THAT(pairs[0].shared(Sharing::twins),
              ElementsAre("01-01-03-01-01-01-01 = 03-01-03-01-01-01-01"));
  EXPECT_THAT(pairs[0].shared(Sharing::clips), ElementsAre("01-03-01-01-01-01"));
}

TEST(Audit, FindsEqualSoundUnderTwoNamesAcrossPartsAlone) {
  AuditFacts facts;
  facts.sounds = {{"01-03-01-01-01-01", {"a"}},
                  {"01-03-01-01-02-01", {"a"}},
                  {"01-04-01-01-01-01", {"b"}},
                  {"01-04-01-01-02-01", {"b"}},
                  {"01-05-01-01-01-01", {"c"}}};
  const Split split{"clip",
                    0,
                    {{0, "01-03-01-01-01-01", Role::train},
                     {0, "01-03-01-01-02-01", Role::test},
                     {0, "01-04-01-01-01-01", Role::train},
                     {0, "01-04-01-01-02-01", Role::train},
                     {0, "01-05-01-01-01-01", Role::test}}};
  const auto folds = audit_folds(split, facts);
  EXPECT_THAT(audit_pairs(folds)[0].shared(Sharing::sounds),
              ElementsAre("01-03-01-01-01-01 = 01-03-01-01-02-01"));
  EXPECT_EQ(leak_verdict(folds).shared_sounds, 1u);
  EXPECT_THAT(leak_verdict(folds).sentence(), HasSubstr("1 under another name"));
}

TEST(Audit, SaysWhenValidationAloneSharesWithTraining) {
  const Split split{"actor-5",
                    0,
                    {{0, "01-03-01-01-01-01", Role::train},
                     {0, "01-03-01-01-02-01", Role::validation},
                     {0, "01-03-01-01-01-02", Role::test}}};
  const auto verdict = audit_split(split, names());
  EXPECT_FALSE(verdict.leaks());
  EXPECT_THAT(verdict.sentence(), HasSubstr("none found in the test part"));
  EXPECT_THAT(verdict.sentence(), HasSubstr("Validation shares 1 actors, 0 clips"));
}

TEST(Audit, CountsTestItemsThatHaveAVersionOfThemselvesInTraining) {
  const Split split{"",
                    0,
                    {{0, "01-03-01-01-01-01", Role::train},
                     {0, "01-03-01-01-01-01_version_2", Role::test},
                     {0, "01-03-01-02-01-01_version_2", Role::train},
                     {0, "01-03-01-02-01-01_version_3", Role::test},
                     {0, "01-03-01-02-01-01", Role::test},
                     {0, "01-04-01-01-01-02_version_2", Role::test}}};
  const auto folds = audit_folds(split);
  EXPECT_THAT(audit_pairs(folds)[0].shared(Sharing::versions),
              ElementsAre("01-03-01-01-01-01_version_2", "01-03-01-02-01-01",
                          "01-03-01-02-01-01_version_3"));
  const auto verdict = leak_verdict(folds);
  EXPECT_EQ(verdict.shared_versions, 3u);
  EXPECT_EQ(verdict.shared_clips, 0u);
  EXPECT_TRUE(verdict.clips_known) << "names say of which clip they are a version";
  EXPECT_THAT(verdict.sentence(),
              HasSubstr("0 of 4 test clips; 3 of 4 test items have a version of themselves in "
                        "training; expect lower"));
}

TEST(Audit, TakesVersionsOfAnyNameFromTheColumnOfTheirClips) {
  ClipTable clips = names();
  clips.add(Clip{"a", "happy", "x", {}});
  clips.add(Clip{"a-noisy", "happy", "y", {{"version_of", "a"}}});
  const Split split{"", 0, {{0, "a", Role::train}, {0, "a-noisy", Role::test}}};
  EXPECT_EQ(audit_split(split, clips).shared_versions, 1u);
  const Split whole{"", 0, {{0, "a", Role::train}, {0, "a", Role::test}}};
  EXPECT_EQ(audit_split(whole, clips).shared_versions, 0u) << "one clip is no version of itself";
}

TEST(Audit, AVersionThatValidatesIsALeakOfItsOwn) {
  ClipTable clips = names();
  clips.add(Clip{"a", "happy", "x", {}});
  clips.add(Clip{"b", "happy", "y", {{"version_of", "a"}}});
  clips.add(Clip{"c", "happy", "z", {}});
  const Split split{
      "", 0, {{0, "a", Role::train}, {0, "b", Role::validation}, {0, "c", Role::test}}};
  const auto verdict = audit_split(split, clips);
  EXPECT_FALSE(verdict.leaks());
  EXPECT_TRUE(verdict.validation_leaks());
  EXPECT_THAT(verdict.sentence(),
              HasSubstr("1 of its clips have a version of themselves in training."));
}

TEST(Audit, KnowsWhatEachProtocolAnnounces) {
  const auto announced = [](const char* protocol, Sharing kind) {
    return announces(protocol, 3, kind, Role::train, Role::test);
  };
  for (const Sharing kind : kSharings) {
    EXPECT_EQ(announced("paper", kind), kind != Sharing::versions) << name_of(kind);
    EXPECT_TRUE(announced("paper-augmented", kind)) << name_of(kind);
    EXPECT_EQ(announced("clip", kind), kind == Sharing::actors || kind == Sharing::statements);
    EXPECT_EQ(announced("statement", kind), kind == Sharing::actors);
    for (const char* protocol : {"actor-5", "actor-6", "actor-loo", "group-3", ""}) {
      EXPECT_EQ(announced(protocol, kind), kind == Sharing::statements) << protocol;
    }
  }
  EXPECT_TRUE(announces("statement", 2, Sharing::statements, Role::train, Role::validation));
  EXPECT_FALSE(announces("statement", 2, Sharing::statements, Role::validation, Role::test));
  EXPECT_FALSE(announces("leave-one:word", 2, Sharing::statements, Role::train, Role::test));
}

TEST(Audit, OfTwoSpeakersOneIsLearntFromAndValidated) {
  const auto speakers = [](std::size_t folds, Role second) {
    return announces("leave-one:speaker", folds, Sharing::actors, Role::train, second);
  };
  EXPECT_TRUE(speakers(2, Role::validation));
  EXPECT_FALSE(speakers(2, Role::test));
  EXPECT_FALSE(speakers(3, Role::validation));
}

TEST(EqualSounds, TravelAsListsAndCountAsALeakWhenTheyStraddle) {
  const std::vector<SplitItem> items = {{"01-01-01-01-01-01", "neutral", "01", "a"},
                                        {"01-01-01-02-01-01", "neutral", "01", "a"},
                                        {"01-01-01-01-01-02", "neutral", "02", ""},
                                        {"01-01-01-02-01-02", "neutral", "02", "b"}};
  const EqualSounds equal = equal_sounds(items);
  ASSERT_EQ(equal, (EqualSounds{{"01-01-01-01-01-01", "01-01-01-02-01-01"}}));
  Split split{"clip", 1, {}};
  for (std::size_t i = 0; i < items.size(); ++i) {
    split.rows.push_back({0, items[i].item, i == 0 ? Role::test : Role::train});
  }
  EXPECT_EQ(audit_split(split, names()).shared_sounds, 0u);
  EXPECT_EQ(audit_split(split, names(), items).shared_sounds, 1u);
  const LeakVerdict verdict = audit_split(split, names(), known_sounds(split, equal, names()));
  EXPECT_EQ(verdict.shared_sounds, 1u);
  EXPECT_NE(verdict.sentence().find("1 under another name"), std::string::npos);
}

TEST(AuditSplit, WithoutTestClipsNothingIsFoundAndThatIsSaid) {
  const Split split{"clip", 1, {{0, "01-01-01-01-01-01", Role::train}}};
  const LeakVerdict verdict = audit_split(split, names());
  EXPECT_FALSE(verdict.leaks());
  EXPECT_EQ(verdict.sentence(), "Leak check: not possible, no clip of the test part is here.");
}

}  // namespace
}  // namespace aver
