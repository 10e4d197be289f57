#include "frames_stage.h"
#include "media/image_file.h"

// --contact-sheet.
namespace aver::test {
namespace {

using testing::HasSubstr;

TEST(ContactSheetOption, DrawsTheKeptFramesOfOneClip) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  const SmallCorpus corpus;
  for (const char* name :
       {"01-01-05-01-01-01-02", "01-01-05-01-01-01-02.mp4", "01-05-01-01-01-02"}) {
    const auto result = kFrames.run(corpus.data(), corpus / "sheet.png", {"--contact-sheet", name});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("3 of 15 frames"));
    EXPECT_GT(read_image(corpus / "sheet.png").cols, 480);
    fs::remove(corpus / "sheet.png");
  }
  const auto typo =
      kFrames.run(corpus.data(), corpus / "sheet.png", {"--contact-sheet", "01-01-05-01-01-01-03"});
  EXPECT_EQ(typo.exit_status, 1);
  EXPECT_THAT(typo.err, HasSubstr("did you mean 01-01-05-01-01-01-02"));
  const auto folder =
      kFrames.run(corpus.data(), corpus / "out", {"--contact-sheet", "01-01-05-01-01-01-02"});
  EXPECT_EQ(folder.exit_status, 2);
  EXPECT_THAT(folder.err, HasSubstr(".png"));
}

}  // namespace
}  // namespace aver::test
