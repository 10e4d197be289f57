#include <gmock/gmock.h>

#include <map>
#include <set>

#include "aver/base/error.h"
#include "aver/protocol/split.h"
#include "aver/ravdess/clip_id.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The 60 speech trials of each of these actors.
std::vector<SplitItem> ravdess(const std::set<int>& actors) {
  std::vector<SplitItem> items;
  for (const int actor : actors) {
    for (int emotion = 0; emotion < 8; ++emotion) {
      for (int trial = 0; trial < 8; ++trial) {
        const int intensity = 1 + trial / 4;
        if (emotion == 0 && intensity == 2) continue;
        const ClipId id{Modality::audio_video,
                        Channel::speech,
                        static_cast<Emotion>(emotion),
                        intensity,
                        1 + trial / 2 % 2,
                        1 + trial % 2,
                        actor};
        items.push_back({id.key(), std::string(name_of(id.emotion)), fmt::format("{:02}", actor)});
      }
    }
  }
  return items;
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
  const auto items = ravdess(all_actors());
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
  const auto items = ravdess({1, 2, 3});
  const auto test_part = [&](std::uint64_t seed) {
    return split_paper(items, 0.15, false, seed).items(0, Role::test);
  };
  EXPECT_EQ(test_part(1), test_part(1));
  EXPECT_NE(test_part(1), test_part(2));
}

TEST(ClipSplit, HasThreePartsThatCoverEverythingOnce) {
  const auto items = ravdess(all_actors());
  const auto split = split_clip(items, 0.20, 0.15, 42);
  EXPECT_EQ(split.items(0, Role::test).size(), 288u);
  EXPECT_EQ(split.items(0, Role::validation).size(), 173u);  // ceil(.15 · 1152)
  EXPECT_EQ(split.items(0, Role::train).size(), 979u);
  const auto verdict = audit_split(split);
  EXPECT_EQ(verdict.shared_groups, 24u);
  EXPECT_EQ(verdict.shared_clips, 0u);
  EXPECT_THAT(verdict.sentence,
              HasSubstr("LEAK. Training has seen 24 of 24 test actors, 0 of 288"));
}

TEST(ActorSplit, IsThePublishedOneWithTheNextFoldForValidation) {
  const auto items = ravdess(all_actors());
  const auto split = split_actor5(items);
  EXPECT_THAT(split.folds(), ElementsAre(0, 1, 2, 3, 4));
  const auto actors = [&](int fold, Role role) {
    std::set<std::string> found;
    for (const auto& item : split.items(fold, role)) found.insert(*actor_of(item));
    return found;
  };
  EXPECT_THAT(actors(0, Role::test), ElementsAre("02", "05", "14", "15", "16"));
  EXPECT_THAT(actors(0, Role::validation), ElementsAre("03", "06", "07", "13", "18"));
  EXPECT_THAT(actors(4, Role::test), ElementsAre("01", "04", "09", "22"));
  EXPECT_THAT(actors(4, Role::validation), ElementsAre("02", "05", "14", "15", "16"));
  EXPECT_FALSE(audit_split(split).leaks());
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
  const auto split = split_actor5(ravdess(actors), &skipped);
  EXPECT_THAT(skipped, ElementsAre(3));
  EXPECT_THAT(split.folds(), ElementsAre(0, 1, 2, 4));
  // Fold 2's validation would be the missing fold: the next one that has clips stands in.
  EXPECT_EQ(split.items(2, Role::validation).size(), 240u);
  EXPECT_THROW(split_actor5(ravdess({2, 5})), Error);
}

TEST(ActorSplit, RefusesActorsThatNoPublishedFoldHas) {
  try {
    split_actor5(ravdess({1, 2, 25, 99}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no fold for 25, 99: "));
    EXPECT_THAT(error.what(), HasSubstr("group-K"));
  }
}

TEST(GroupSplit, DealsSortedGroupsRound) {
  const auto split = split_group(ravdess({1, 2, 3, 4, 5}), 3);
  std::set<std::string> first;
  for (const auto& item : split.items(0, Role::test)) first.insert(*actor_of(item));
  EXPECT_THAT(first, ElementsAre("01", "04"));
  EXPECT_FALSE(audit_split(split).leaks());
  EXPECT_EQ(split.protocol, "group-3");
  EXPECT_THROW(split_group(ravdess({1, 2}), 3), Error);
  EXPECT_THROW(split_group(ravdess({1, 2}), 1), UsageError);
  EXPECT_THROW(split_group({{"x.png", "happy", ""}}, 2), Error);
}

TEST(StratifiedSizes, AreLargestRemainders) {
  EXPECT_THAT(stratified_sizes({96, 192, 192}, 96), ElementsAre(19, 39, 38));
  EXPECT_THAT(stratified_sizes({1, 1, 1}, 2), ElementsAre(1, 1, 0));
}

TEST(Audit, FindsSiblingFramesOfOneClip) {
  Split split{"paper", 1, {}};
  for (int frame = 0; frame < 10; ++frame) {
    split.rows.push_back({0, fmt::format("01-03-01-01-01-01_frame_{:04}", 5 * frame),
                          frame % 5 == 0 ? Role::test : Role::train});
  }
  const auto verdict = audit_split(split);
  EXPECT_EQ(verdict.shared_clips, 1u);
  EXPECT_EQ(verdict.shared_groups, 1u);
  EXPECT_EQ(verdict.shared_items, 0u);
  EXPECT_THAT(verdict.sentence, HasSubstr("The test part also served as validation."));
}

TEST(Audit, TakesGroupsFromTheItemsWhereNamesSayNothing) {
  const Split split{
      "", 0, {{0, "happy/S001_1.png", Role::train}, {0, "sad/S001_2.png", Role::test}}};
  const std::vector<SplitItem> items = {{"happy/S001_1.png", "happy", "S001"},
                                        {"sad/S001_2.png", "sad", "S001"}};
  EXPECT_EQ(audit_split(split, items).shared_groups, 1u);
}

TEST(SplitFile, IsReadBackAsItWasWritten) {
  TemporaryFolder folder;
  const auto split = split_group(ravdess({1, 2, 3}), 3);
  write_split(folder / "split.csv", split);
  const auto back = read_split(folder / "split.csv");
  EXPECT_EQ(back.protocol, "group-3");
  ASSERT_EQ(back.rows.size(), split.rows.size());
  EXPECT_EQ(back.rows.back().item, split.rows.back().item);
  EXPECT_EQ(back.rows.back().role, split.rows.back().role);
}

TEST(SplitFile, NamesWhatIsWrong) {
  TemporaryFolder folder;
  const auto reading = [&](const std::string& text) {
    write_file(folder / "s.csv", text);
    try {
      read_split(folder / "s.csv");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(reading("fold,clip\n0,x\n"), HasSubstr("no column 'role'"));
  EXPECT_THAT(reading("fold,clip,role\n0,x,tset\n"), HasSubstr("role 'tset'"));
  EXPECT_THAT(reading("fold,clip,role\nA,x,test\n"), HasSubstr("fold 'A'"));
  EXPECT_THAT(reading("fold,clip,role\n0,x,test\n0,x,train\n"), HasSubstr("x twice in fold 0"));
  EXPECT_THAT(reading("fold,clip,role\n"), HasSubstr("has no rows"));
}

}  // namespace
}  // namespace aver
