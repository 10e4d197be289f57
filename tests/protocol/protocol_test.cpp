#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "corpus/known_corpora.h"
#include "corpus/version_name.h"
#include "protocol/actor_folds.h"
#include "protocol/audit.h"
#include "protocol/paper_augmented.h"
#include "protocol/protocols.h"
#include "protocol/split.h"
#include "protocol/split_file.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// The 60 speech trials of each of these actors.
std::vector<SplitItem> trials_of(const std::set<int>& actors) {
  std::vector<SplitItem> items;
  for (const int actor : actors) {
    for (int emotion = 0; emotion < 8; ++emotion) {
      for (int trial = 0; trial < 8; ++trial) {
        const int intensity = 1 + trial / 4;
        if (emotion == 0 && intensity == 2) continue;
        const auto clip =
            aver::ravdess().find(fmt::format("01-{:02}-{:02}-{:02}-{:02}-{:02}", emotion + 1,
                                             intensity, 1 + trial / 2 % 2, 1 + trial % 2, actor));
        items.push_back(SplitItem::of(*clip));
      }
    }
  }
  return items;
}

/// What names of RAVDESS's kind say.
ClipTable names() {
  return Corpus().clips();
}

/// The folds that RAVDESS's description names.
Split published(const char* name, const std::vector<SplitItem>& items,
                std::vector<int>* skipped = nullptr) {
  return make_split(name, {items, .20, .15, 42, false, &aver::ravdess(), skipped});
}

Split by_statement(const std::vector<SplitItem>& items, std::uint64_t seed) {
  return make_split("statement", {items, .20, .15, seed, false, nullptr, nullptr});
}

std::set<int> all_actors() {
  std::set<int> actors;
  for (int actor = 1; actor <= 24; ++actor) actors.insert(actor);
  return actors;
}

std::map<std::string, std::size_t> labels_of(const Split& split, Role role,
                                             const std::vector<SplitItem>& items) {
  std::map<std::string, std::string> label;
  for (const auto& item : items) label[item.item] = item.label;
  std::map<std::string, std::size_t> counts;
  for (const auto& item : split.items(0, role)) ++counts[label[item]];
  return counts;
}

TEST(PaperSplit, HasScikitLearnsSizes) {
  const auto items = trials_of(all_actors());
  ASSERT_EQ(items.size(), 1440u);
  const auto sound = split_paper(items, 0.15, /*stratified=*/false, 42);
  EXPECT_EQ(sound.items(0, Role::test).size(), 216u);
  EXPECT_EQ(sound.items(0, Role::train).size(), 1224u);
  EXPECT_TRUE(sound.items(0, Role::validation).empty());

  const auto picture = split_paper(items, 0.20, /*stratified=*/true, 42);
  EXPECT_EQ(picture.items(0, Role::test).size(), 288u);
  for (const auto& [label, count] : labels_of(picture, Role::test, items)) {
    if (label == "neutral") {
      EXPECT_EQ(count, 19u);
    } else {
      EXPECT_THAT(count, ::testing::AnyOf(38u, 39u)) << label;
    }
  }
}

TEST(PaperSplit, FollowsItsSeed) {
  const auto items = trials_of({1, 2, 3});
  const auto test_part = [&](std::uint64_t seed) {
    return split_paper(items, 0.15, false, seed).items(0, Role::test);
  };
  EXPECT_EQ(test_part(1), test_part(1));
  EXPECT_NE(test_part(1), test_part(2));
}

/// These clips in so many versions each.
std::vector<SplitItem> in_versions(const std::vector<SplitItem>& items, int copies) {
  std::vector<SplitItem> all;
  for (const SplitItem& item : items) {
    for (int number = 1; number <= copies; ++number) {
      all.push_back(SplitItem::of(version_of(item.clip(), number)));
    }
  }
  return all;
}

TEST(PaperAugmentedSplit, TestsItemsMostOfWhichHaveAVersionInTraining) {
  const auto items = in_versions(trials_of({1, 2, 3, 4, 5, 6, 7, 8}), 4);
  for (const int copies : {2, 4}) {
    const Split split = split_paper_augmented(items, copies, .15, 42);
    EXPECT_EQ(split.protocol, "paper-augmented");
    EXPECT_EQ(split.rows.size(), 480u * copies);
    const auto tested = split.items(0, Role::test).size();
    EXPECT_EQ(tested, 72u * copies);
    EXPECT_TRUE(split.items(0, Role::validation).empty()) << "the test part serves";
    const auto verdict = audit_split(split, names());
    EXPECT_EQ(verdict.shared_clips, 0u);
    const double expected = 1 - std::pow(.15, copies - 1);
    EXPECT_NEAR(static_cast<double>(verdict.shared_versions) / static_cast<double>(tested),
                expected, copies == 2 ? .1 : .02);
  }
  EXPECT_EQ(split_paper_augmented(items, 0, .15, 42).rows.size(), 480u * 4) << "all there are";
}

TEST(PaperAugmentedSplit, SaysWhatItLacks) {
  const auto clips = trials_of({1});
  EXPECT_THAT([&] { split_paper_augmented(clips, 0, .15, 42); },
              ThrowsMessage<Error>(HasSubstr("needs clips in several versions")));
  EXPECT_THAT([&] { split_paper_augmented(in_versions(clips, 2), 4, .15, 42); },
              ThrowsMessage<Error>(HasSubstr("is there in 2 versions, not in 4")));
}

TEST(ClipSplit, HasThreePartsThatCoverEverythingOnce) {
  const auto items = trials_of(all_actors());
  const auto split = split_clip(items, 0.20, 0.15, 42);
  EXPECT_EQ(split.items(0, Role::test).size(), 288u);
  EXPECT_EQ(split.items(0, Role::validation).size(), 173u);  // ceil(.15 · 1152)
  EXPECT_EQ(split.items(0, Role::train).size(), 979u);
  const auto verdict = audit_split(split, names());
  EXPECT_EQ(verdict.shared_groups, 24u);
  EXPECT_EQ(verdict.shared_clips, 0u);
  EXPECT_THAT(verdict.sentence(),
              HasSubstr("LEAK. Training has seen 24 of 24 test actors, 0 of 288"));
}

TEST(ActorSplit, IsThePublishedOneWithTheNextFoldForValidation) {
  const auto items = trials_of(all_actors());
  const auto split = published("actor-5", items);
  EXPECT_THAT(split.folds(), ElementsAre(0, 1, 2, 3, 4));
  const auto actors = [&](int fold, Role role) {
    std::set<std::string> found;
    for (const auto& item : split.items(fold, role)) found.insert(names().find(item)->speaker);
    return found;
  };
  EXPECT_THAT(actors(0, Role::test), ElementsAre("02", "05", "14", "15", "16"));
  EXPECT_THAT(actors(0, Role::validation), ElementsAre("03", "06", "07", "13", "18"));
  EXPECT_THAT(actors(4, Role::test), ElementsAre("01", "04", "09", "22"));
  EXPECT_THAT(actors(4, Role::validation), ElementsAre("02", "05", "14", "15", "16"));
  EXPECT_FALSE(audit_split(split, names()).leaks());
  std::multiset<std::string> tested;
  for (int fold = 0; fold < 5; ++fold) {
    for (const auto& item : split.items(fold, Role::test)) tested.insert(item);
  }
  EXPECT_EQ(tested.size(), 1440u) << "every clip is tested exactly once";
}

TEST(ActorSplit, LeavesOutAFoldWithoutClips) {
  auto actors = all_actors();
  for (const int missing : {8, 17, 21, 23, 24}) actors.erase(missing);
  std::vector<int> skipped;
  const auto split = published("actor-5", trials_of(actors), &skipped);
  EXPECT_THAT(skipped, ElementsAre(3));
  EXPECT_THAT(split.folds(), ElementsAre(0, 1, 2, 4));
  // Fold 2's validation would be the missing fold: the next one that has clips stands in.
  EXPECT_EQ(split.items(2, Role::validation).size(), 240u);
  EXPECT_THROW(published("actor-5", trials_of({2, 5})), Error);
}

TEST(ActorSplit, RefusesActorsThatNoPublishedFoldHas) {
  try {
    published("actor-5", trials_of({1, 2, 25, 99}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no fold for 25, 99: "));
    EXPECT_THAT(error.what(), HasSubstr("group-K"));
  }
}

std::set<std::string> actors_in(const Split& split, int fold, Role role) {
  std::set<std::string> found;
  for (const auto& item : split.items(fold, role)) found.insert(names().find(item)->speaker);
  return found;
}

std::set<int> nineteen_actors() {
  auto actors = all_actors();
  for (const int missing : {8, 17, 21, 23, 24}) actors.erase(missing);
  return actors;
}

/// Every item is in exactly one part of every fold, and in one test part at most.
void expect_sound(const Split& split, const std::vector<SplitItem>& items) {
  std::set<std::string> tested;
  for (const int fold : split.folds()) {
    std::set<std::string> seen;
    for (const Role role : {Role::train, Role::validation, Role::test}) {
      EXPECT_FALSE(split.items(fold, role).empty()) << fold << name_of(role);
      for (const auto& item : split.items(fold, role)) {
        EXPECT_TRUE(seen.insert(item).second) << item << " twice in fold " << fold;
        if (role != Role::test) continue;
        EXPECT_TRUE(tested.insert(item).second) << item << " is tested twice";
      }
    }
    EXPECT_EQ(seen.size(), items.size());
  }
}

TEST(ActorSplit, HasEmoBoxsSixFolds) {
  const auto items = trials_of(all_actors());
  std::vector<int> skipped;
  const auto split = published("actor-6", items, &skipped);
  EXPECT_EQ(split.protocol, "actor-6");
  EXPECT_THAT(split.folds(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(skipped, ::testing::IsEmpty());
  const std::vector<std::set<std::string>> published = {
      {"01", "11", "20", "21"}, {"04", "10", "12", "14"}, {"08", "09", "19", "23"},
      {"03", "05", "07", "24"}, {"02", "15", "16", "18"}, {"06", "13", "17", "22"}};
  for (int fold = 0; fold < 6; ++fold) {
    const auto number = static_cast<std::size_t>(fold);
    EXPECT_EQ(actors_in(split, fold, Role::test), published[number]);
    EXPECT_EQ(actors_in(split, fold, Role::validation), published[(number + 1) % 6]);
    EXPECT_EQ(split.items(fold, Role::test).size(), 240u);
    EXPECT_EQ(split.items(fold, Role::train).size(), 960u);
  }
  expect_sound(split, items);
  EXPECT_FALSE(audit_split(split, names()).leaks());
}

TEST(ActorSplit, SixFoldsKeepTheirNumbersWithPartOfTheActors) {
  const auto items = trials_of(nineteen_actors());
  const auto whole = published("actor-6", items);
  EXPECT_THAT(whole.folds(), ElementsAre(0, 1, 2, 3, 4, 5)) << "each has some of its actors";
  EXPECT_THAT(actors_in(whole, 2, Role::test), ElementsAre("09", "19"));
  expect_sound(whole, items);

  std::vector<int> skipped;
  const auto some = published("actor-6", trials_of({1, 4, 3, 2}), &skipped);
  EXPECT_THAT(skipped, ElementsAre(2, 5));
  EXPECT_THAT(some.folds(), ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(actors_in(some, 1, Role::validation), ElementsAre("03")) << "fold 2 is not there";
  EXPECT_THROW(published("actor-6", trials_of({1, 4})), Error) << "nobody would train";
  EXPECT_THROW(published("actor-6", trials_of({1, 2, 3, 25})), Error);
}

TEST(ActorSplit, LeavesOneOutAndValidatesOnTheNext) {
  const auto items = trials_of(all_actors());
  std::vector<int> skipped;
  const auto split = split_actor_loo(items, &ravdess(), &skipped);
  EXPECT_EQ(split.protocol, "actor-loo");
  EXPECT_EQ(split.folds().size(), 24u);
  EXPECT_THAT(skipped, ::testing::IsEmpty());
  EXPECT_THAT(actors_in(split, 0, Role::test), ElementsAre("01"));
  EXPECT_THAT(actors_in(split, 0, Role::validation), ElementsAre("02"));
  EXPECT_THAT(actors_in(split, 23, Role::test), ElementsAre("24"));
  EXPECT_THAT(actors_in(split, 23, Role::validation), ElementsAre("01"));
  EXPECT_EQ(split.items(7, Role::train).size(), 22u * 60u);
  expect_sound(split, items);
  EXPECT_FALSE(audit_split(split, names()).leaks());
}

TEST(ActorSplit, AFoldOfOneKeepsItsNumberWhoeverIsMissing) {
  const auto items = trials_of(nineteen_actors());
  std::vector<int> skipped;
  const auto split = split_actor_loo(items, &ravdess(), &skipped);
  EXPECT_EQ(split.folds().size(), 19u);
  EXPECT_THAT(skipped, ElementsAre(7, 16, 20, 22, 23));
  EXPECT_THAT(actors_in(split, 8, Role::test), ElementsAre("09"));
  EXPECT_THAT(actors_in(split, 6, Role::validation), ElementsAre("09")) << "08 is not there";
  EXPECT_THAT(actors_in(split, 21, Role::validation), ElementsAre("01"));
  expect_sound(split, items);

  const auto beyond = split_actor_loo(trials_of({1, 2, 31}), &ravdess(), &skipped);
  EXPECT_THAT(beyond.folds(), ElementsAre(0, 1, 30));
  EXPECT_THROW(split_actor_loo(trials_of({1, 2})), Error);
}

TEST(ActorSplit, LeavesOneSubjectOfOtherNamesOut) {
  const std::vector<SplitItem> items = {{"happy/S5_1.png", "happy", "S5"},
                                        {"sad/S9_1.png", "sad", "S9"},
                                        {"sad/S7_1.png", "sad", "S7"}};
  std::vector<int> skipped = {99};
  const auto split = split_actor_loo(items, &ravdess(), &skipped);
  EXPECT_THAT(split.folds(), ElementsAre(0, 1, 2));
  EXPECT_THAT(skipped, ::testing::IsEmpty());
  EXPECT_THAT(split.items(1, Role::test), ElementsAre("sad/S7_1.png"));
  EXPECT_THAT(split.items(1, Role::validation), ElementsAre("sad/S9_1.png"));
}

TEST(StatementSplit, TestsTheSentenceThatWasNotTrained) {
  for (const auto& actors : {all_actors(), nineteen_actors()}) {
    const auto items = trials_of(actors);
    const std::size_t half = items.size() / 2;
    const auto split = by_statement(items, 42);
    EXPECT_EQ(split.protocol, "statement");
    EXPECT_EQ(split.seed, 42u);
    EXPECT_THAT(split.folds(), ElementsAre(0, 1));
    for (const int fold : {0, 1}) {
      const auto validation = static_cast<std::size_t>(std::ceil(0.15 * static_cast<double>(half)));
      EXPECT_EQ(split.items(fold, Role::test).size(), half);
      EXPECT_EQ(split.items(fold, Role::validation).size(), validation);
      EXPECT_EQ(split.items(fold, Role::train).size(), half - validation);
      for (const Role role : {Role::train, Role::validation, Role::test}) {
        for (const auto& item : split.items(fold, role)) {
          EXPECT_EQ(aver::ravdess().find(item)->value("statement") == fmt::format("0{}", fold + 1),
                    role == Role::test)
              << item;
        }
      }
    }
    expect_sound(split, items);
  }
}

TEST(StatementSplit, FollowsItsSeedAndNeedsBothSentences) {
  const auto items = trials_of({1, 2, 3});
  const auto validation = [&](std::uint64_t seed) {
    return by_statement(items, seed).items(0, Role::validation);
  };
  EXPECT_EQ(validation(1), validation(1));
  EXPECT_NE(validation(1), validation(2));
  std::vector<SplitItem> one;
  for (const auto& item : items) {
    if (aver::ravdess().find(item.item)->value("statement") == "01") one.push_back(item);
  }
  EXPECT_THROW(by_statement(one, 1), Error);
  EXPECT_THROW(by_statement({{"happy/S001_1.png", "happy", "S001"}}, 1), Error);
}

TEST(GroupSplit, DealsSortedGroupsRound) {
  const auto split = split_group(trials_of({1, 2, 3, 4, 5}), 3);
  std::set<std::string> first;
  for (const auto& item : split.items(0, Role::test)) first.insert(names().find(item)->speaker);
  EXPECT_THAT(first, ElementsAre("01", "04"));
  EXPECT_FALSE(audit_split(split, names()).leaks());
  EXPECT_EQ(split.protocol, "group-3");
  EXPECT_THROW(split_group(trials_of({1, 2}), 3), Error);
  EXPECT_THROW(split_group(trials_of({1, 2}), 1), UsageError);
  EXPECT_THROW(split_group({{"x.png", "happy", ""}}, 2), Error);
}

TEST(StratifiedSizes, AreLargestRemainders) {
  EXPECT_THAT(stratified_sizes({96, 192, 192}, 96), ElementsAre(19, 39, 38));
  EXPECT_THAT(stratified_sizes({1, 1, 1}, 2), ElementsAre(1, 1, 0));
}

std::vector<SplitItem> four_speakers() {
  std::vector<SplitItem> items;
  for (const char* speaker : {"a", "b", "c", "d"}) {
    for (const char* label : {"happy", "sad"}) {
      for (const char* level : {"HI", "LO"}) {
        items.push_back({std::string(speaker) + label + level,
                         label,
                         speaker,
                         {},
                         {{"level", level}, {"corpus", "mine"}}});
      }
    }
  }
  return items;
}

TEST(ProtocolsByColumn, LeaveOneTestsEachValueOnceAndTheNextValidates) {
  const auto items = four_speakers();
  const auto split = make_split("leave-one:speaker", {items});
  EXPECT_THAT(split.folds(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(split.items(3, Role::test), ElementsAre("dhappyHI", "dhappyLO", "dsadHI", "dsadLO"));
  EXPECT_THAT(split.items(3, Role::validation),
              ElementsAre("ahappyHI", "ahappyLO", "asadHI", "asadLO"));
}

TEST(ProtocolsByColumn, OfTwoValuesTheTrainingClipsValidate) {
  const auto items = four_speakers();
  const auto split = make_split("leave-one:level", {items});
  EXPECT_THAT(split.folds(), ElementsAre(0, 1));
  EXPECT_EQ(split.items(0, Role::test).size(), 8u);
  EXPECT_EQ(split.items(0, Role::validation).size(), 2u);
  for (const auto& item : split.items(0, Role::test)) EXPECT_TRUE(item.ends_with("HI")) << item;
}

TEST(ProtocolsByColumn, GroupsDealTheValuesOfAnyColumn) {
  const auto items = four_speakers();
  EXPECT_EQ(make_split("group-2", {items}).protocol, "group-2");
  EXPECT_EQ(make_split("group-2:speaker", {items}).rows.size(),
            make_split("group-2", {items}).rows.size());
  EXPECT_EQ(make_split("group-2:level", {items}).protocol, "group-2:level");
}

TEST(ProtocolsByColumn, CrossTrainsOnEachValueOnItsSpeakersAndOnAllButOne) {
  std::vector<SplitItem> items;
  for (const char* corpus : {"a", "b", "c"}) {
    for (int speaker = 1; speaker <= (corpus[0] == 'c' ? 2 : 4); ++speaker) {
      for (const char* label : {"happy", "sad"}) {
        const std::string name = fmt::format("{}{}", corpus, speaker);
        items.push_back({name + label, label, name, {}, {{"corpus", corpus}}});
      }
    }
  }
  const auto split = make_split("cross-5:corpus", {items});
  EXPECT_EQ(split.protocol, "cross-5:corpus");
  // Three from each to the others, four speakers of a and of b, none of c's two, three all but one.
  EXPECT_EQ(split.folds().size(), 3u + 4u + 4u + 0u + 3u);
  EXPECT_EQ(split.items(0, Role::test).size(), 12u) << "all of b and c";
  EXPECT_THAT(split.items(0, Role::validation), ElementsAre("a2happy", "a2sad"));
  EXPECT_EQ(split.items(0, Role::train).size(), 6u);
  EXPECT_THAT(split.items(3, Role::test), ElementsAre("a1happy", "a1sad"));
  for (const Role role : {Role::train, Role::validation}) {
    for (const auto& item : split.items(3, role)) EXPECT_TRUE(item.starts_with("a")) << item;
  }
  for (const auto& item : split.items(11, Role::test)) EXPECT_TRUE(item.starts_with("a")) << item;
  EXPECT_EQ(split.items(11, Role::test).size(), 8u);
  // c has too few speakers to keep one apart: a share of its clips validates.
  EXPECT_EQ(split.items(2, Role::validation).size(), 1u);

  std::erase_if(items, [](const SplitItem& item) { return item.item.starts_with("c"); });
  EXPECT_EQ(make_split("cross-2:corpus", {items}).folds().size(), 2u + 2u + 2u)
      << "of two values all but one is the other";
}

TEST(ProtocolsByColumn, SayWhatTheyLack) {
  const auto items = four_speakers();
  const auto error_of = [&](const std::string& name) -> std::string {
    try {
      make_split(name, {items, .2, .15, 42, false, &aver::ravdess(), nullptr});
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of("leave-one:gender"), HasSubstr("ahappyHI has no gender"));
  EXPECT_THAT(error_of("leave-one:corpus"), HasSubstr("all clips have the corpus mine"));
  EXPECT_THAT(error_of("leve-one:speaker"),
              HasSubstr("--protocol must be one of paper, paper-augmented, clip"));
  EXPECT_THAT(error_of("group-1"), HasSubstr("at least two folds"));
  EXPECT_THAT(error_of("cross-1:level"), HasSubstr("at least two folds"));
  EXPECT_THAT(error_of("cross-5"),
              HasSubstr("--protocol must be one of paper, paper-augmented, clip"));
  EXPECT_THAT(error_of("cross-5:gender"), HasSubstr("ahappyHI has no gender"));
  EXPECT_THAT(error_of("cross-5:corpus"), HasSubstr("all clips have the corpus mine"));
  EXPECT_THAT(error_of("actor-5"), HasSubstr("actor-5 are folds of the speakers of ravdess"));
}

}  // namespace
}  // namespace aver
