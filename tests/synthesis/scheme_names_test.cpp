#include "synthesis/scheme_names.h"

#include <gmock/gmock.h>

#include <set>

#include "base/error.h"
#include "corpus/catalog.h"
#include "corpus/known_corpora.h"
#include "synthesis/corpus.h"

namespace aver {
namespace {

using ::testing::HasSubstr;

class NamesOfEveryCorpus : public ::testing::TestWithParam<std::string> {};

TEST_P(NamesOfEveryCorpus, AreReadAsWhatTheyWereMadeFor) {
  const auto scheme = scheme_named(GetParam());
  std::set<std::string> names, labels;
  std::map<std::string, std::set<int>> actors;  // by speaker
  for (const ClipId& id : corpus_clips({.actors = 24, .twin_actor = 0})) {
    const auto path = path_under(*scheme, id);
    if (!path) continue;
    const Recording recording = scheme->read(*path, modality_by_extension(*path)).recording;
    EXPECT_EQ(recording.clip.label, name_of(id.emotion)) << *path;
    EXPECT_TRUE(names.insert(recording.name).second) << *path << " is there twice";
    labels.insert(recording.clip.label);
    actors[recording.clip.speaker].insert(id.actor);
  }
  EXPECT_GE(names.size(), 2U * labels.size());
  EXPECT_GE(labels.size(), 4U);
  if (GetParam() == "folders") return;  // it knows nobody
  EXPECT_GE(actors.size(), 2U);
  for (const auto& [speaker, who] : actors) EXPECT_EQ(who.size(), 1U) << speaker;
}

INSTANTIATE_TEST_SUITE_P(Shipped, NamesOfEveryCorpus, ::testing::ValuesIn(known_corpora()),
                         [](const auto& name) {
                           std::string text = name.param;
                           std::erase_if(text, [](char c) { return c == '-' || c == '+'; });
                           return text;
                         });

TEST(SchemeNames, ADescriptionThatDoesNotSayHowIsRefused) {
  const std::string start =
      "name = 'mine'\n[file]\npattern = '(?P<mood>.*)'\nlabel = 'mood'\n[fields.mood]\n"
      "values = { joy = 'happy' }\n";
  const ClipId id{.emotion = Emotion::happy, .actor = 2};
  const auto error_of = [&](const std::string& more) -> std::string {
    try {
      path_under(Scheme(start + more, "mine.toml"), id);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(error_of(""), HasSubstr("has no section [synthetic]"));
  EXPECT_THAT(error_of("[synthetic]\nfile = '{emotion}{mood}.wav'\n"),
              HasSubstr("has no place '{mood}'"));
  const Scheme mine(start + "[synthetic]\nfile = '{emotion}-{actor:3}-{take}.wav'\ntake = ['a']\n",
                    "mine.toml");
  EXPECT_EQ(path_under(mine, id), "joy-002-a.wav");
  EXPECT_EQ(path_under(mine, {.emotion = Emotion::sad}), std::nullopt) << "no such emotion";
  EXPECT_EQ(path_under(mine, {.emotion = Emotion::happy, .statement = 2}), std::nullopt)
      << "no code for take 3";
}

}  // namespace
}  // namespace aver
