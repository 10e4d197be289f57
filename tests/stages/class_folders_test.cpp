#include "corpus/class_folders.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "corpus/corpus.h"
#include "stages/visual_items.h"
#include "support.h"

namespace aver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

std::vector<std::string> labels_of(const std::vector<fs::path>& pictures) {
  std::vector<std::string> labels;
  for (const auto& picture : classes_by_folder("data", pictures).pictures) {
    labels.push_back(picture.label);
  }
  return labels;
}

TEST(ClassFolders, AreTheFoldersBelowTheParts) {
  const auto classes = classes_by_folder(
      "data",
      {"Test_Set/happy/1.jpg", "Usage/Training/sad/1.jpg", "val/bliss/1.jpg", "happy/1.jpg"});
  EXPECT_EQ(classes.pictures[0].label, "happy");
  EXPECT_EQ(classes.pictures[0].part, Role::test);
  EXPECT_EQ(classes.pictures[1].label, "sad");
  EXPECT_EQ(classes.pictures[1].part, Role::train);
  EXPECT_EQ(classes.pictures[2].label, "bliss");
  EXPECT_EQ(classes.pictures[2].part, Role::validation);
  EXPECT_EQ(classes.pictures[3].part, std::nullopt);
  EXPECT_THAT(classes.remarks, IsEmpty());
}

TEST(ClassFolders, HaveAKnownNameWhereAllDo) {
  EXPECT_THAT(labels_of({"S01/happy/1.jpg", "S02/Sadness/1.jpg"}), ElementsAre("happy", "Sadness"));
  EXPECT_THAT(labels_of({"happy/S01/1.jpg", "sad/S01/1.jpg"}), ElementsAre("happy", "sad"));
  EXPECT_THAT(classes_by_folder("data", {"S01/happy/1.jpg", "S02/sad/1.jpg"}).remarks,
              ElementsAre("classes are the folders below S01 and 1 more, such as happy"));
  // With a class of one's own among them the outermost folder is the class.
  EXPECT_THAT(labels_of({"bliss/a/1.jpg", "happy/a/1.jpg"}), ElementsAre("bliss", "happy"));
}

TEST(ClassFolders, ThatDifferInCaseAreOne) {
  const auto classes = classes_by_folder("data", {"Happy/1.jpg", "happy/2.jpg", "Sad/1.jpg"});
  EXPECT_EQ(classes.pictures[0].label, "happy");
  EXPECT_EQ(classes.pictures[1].label, "happy");
  EXPECT_EQ(classes.pictures[2].label, "Sad");
  EXPECT_THAT(classes.remarks, ElementsAre("the folders Happy and happy are one class, happy"));
}

TEST(ClassFolders, AreNeverPartsOfASplit) {
  for (const char* picture : {"train/1.jpg", "data/Test/1.jpg", "Usage/1.jpg"}) {
    EXPECT_THAT(
        [&] {
          classes_by_folder("data", {picture, "test/happy/1.jpg"});
        },
        ThrowsMessage<Error>(HasSubstr("is a part of a data set and no class")));
  }
  EXPECT_THAT([&] { classes_by_folder("data", {"1.jpg"}); },
              ThrowsMessage<Error>(HasSubstr("data/1.jpg lies in no class folder: --images")));
}

TEST(ClassFolders, OfTheCorpusFoldersAreNoPartsEither) {
  const test::TemporaryFolder folder;
  for (const char* name : {"train/happy/1.jpg", "test/1.jpg"}) {
    write_file(folder / name, std::string_view("x"));
  }
  EXPECT_THAT([&] { pictures_of_corpus(folder.path(), "folders", {}); },
              ThrowsMessage<Error>(HasSubstr("lies in no class folder")));
}

TEST(ClassFolders, GiveTheSplitWhereEveryPictureLiesInAPart) {
  const auto split_of = [](const std::vector<const char*>& pictures) {
    const test::TemporaryFolder folder;
    for (const char* name : pictures) write_file(folder / name, std::string_view("x"));
    return pictures_of_folders(folder.path(), "").given_split();
  };
  const auto split = split_of({"train/happy/1.jpg", "train/sad/1.jpg", "test/happy/1.jpg"});
  ASSERT_TRUE(split.has_value());
  EXPECT_EQ(split->protocol, "given");
  EXPECT_THAT(split->items(0, Role::train), ElementsAre("train/happy/1.jpg", "train/sad/1.jpg"));
  EXPECT_THAT(split->items(0, Role::test), ElementsAre("test/happy/1.jpg"));
  // What validates tests where nothing else does.
  const auto two = split_of({"train/happy/1.jpg", "validation/happy/1.jpg"});
  ASSERT_TRUE(two.has_value());
  EXPECT_THAT(two->items(0, Role::test), ElementsAre("validation/happy/1.jpg"));
  EXPECT_EQ(split_of({"train/happy/1.jpg", "happy/1.jpg"}), std::nullopt);
  EXPECT_EQ(split_of({"train/happy/1.jpg", "train/sad/1.jpg"}), std::nullopt);
}

TEST(PicturesOfFolders, SayWhatLiesBesideThem) {
  const test::TemporaryFolder folder;
  for (const char* name : {"a.jpg", "sad/1.jpg", "happy/2.png", "happy/3.gif", "angry/4"}) {
    write_file(folder / name, "x");
  }
  const VisualItems items = pictures_of_folders(folder.path(), "");
  EXPECT_EQ(items.items.size(), 2U);
  EXPECT_THAT(items.remarks,
              ElementsAre(HasSubstr("left out 2 files, no pictures by their names (.gif, no "
                                    "ending): angry/4 and others")));
  ASSERT_EQ(items.dead.size(), 1U);
  EXPECT_THAT(items.dead.front().reason, HasSubstr("beside the class folders"));
}

}  // namespace
}  // namespace aver
