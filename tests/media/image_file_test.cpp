#include "media/image_file.h"

#include <gmock/gmock.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/error.h"
#include "media/jpeg_encoder.h"
#include "movies.h"
#include "support.h"

namespace {

using namespace aver;
using aver::test::TemporaryFolder;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Smooth in all three channels, so that what JPEG loses is bounded.
cv::Mat smooth_picture(int rows, int columns) {
  cv::Mat picture(rows, columns, CV_8UC3);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      picture.at<cv::Vec3b>(y, x) =
          cv::Vec3b(static_cast<uchar>(255 * x / columns), static_cast<uchar>(255 * y / rows),
                    static_cast<uchar>(128 + 100 * std::sin(0.05 * (x + y))));
    }
  }
  return picture;
}

TEST(EncodeJpeg, KeepsBlueGreenRedAndFullRange) {
  const cv::Mat picture = smooth_picture(120, 161);
  const cv::Mat decoded = decode_image(encode_jpeg(picture, 95), "picture");
  ASSERT_EQ(decoded.size(), picture.size());
  ASSERT_EQ(decoded.type(), CV_8UC3);
  // Chroma is halved, so single pixels move; a swapped channel or a limited range would move all.
  EXPECT_LT(cv::norm(decoded, picture, cv::NORM_L1) / (120 * 161 * 3), 1.5);
  EXPECT_LT(cv::norm(decoded, picture, cv::NORM_INF), 16);
}

/// The picture of scripts/make_golden_pictures.py.
cv::Mat golden_pattern() {
  cv::Mat picture(120, 161, CV_8UC3);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const bool disc = (x - 80) * (x - 80) + (y - 60) * (y - 60) < 1600;
      const int red = disc ? 220 : 40;
      const bool stripe = (x + y) / 12 % 2 == 0;
      picture.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<uchar>(255 * x / picture.cols),
                                              static_cast<uchar>(255 * y / picture.rows),
                                              static_cast<uchar>(stripe ? red : 255 - red));
    }
  }
  return picture;
}

TEST(EncodeJpeg, IsWhatCv2ImwriteMakes) {
  const fs::path golden = fs::path(AVER_GOLDEN_DIR) / "pictures/pattern.jpg";
  const cv::Mat expected = read_image(golden);
  const cv::Mat actual = decode_image(encode_jpeg(golden_pattern(), 95), "picture");
  ASSERT_EQ(actual.size(), expected.size());
  // Equal with the same libjpeg; another may round its transform and its chroma differently.
  const double values = 3.0 * 120 * 161;
  EXPECT_LE(cv::norm(actual, expected, cv::NORM_L1) / values, 1.0);
  EXPECT_LE(cv::norm(actual, expected, cv::NORM_INF), 8);
  cv::Mat small_actual, small_expected;
  cv::resize(actual, small_actual, cv::Size(64, 64), 0, 0, cv::INTER_LINEAR);
  cv::resize(expected, small_expected, cv::Size(64, 64), 0, 0, cv::INTER_LINEAR);
  EXPECT_LE(cv::norm(small_actual, small_expected, cv::NORM_INF), 3);
}

TEST(EncodeJpeg, DecodesToWhatOpenCvsWriterMakes) {
  cv::Mat large(130, 170, CV_8UC3);
  cv::RNG random(7);
  random.fill(large, cv::RNG::UNIFORM, 0, 256);
  for (const cv::Size size : {cv::Size(160, 128), cv::Size(97, 65), cv::Size(1, 1)}) {
    const cv::Mat part = large(cv::Rect({3, 1}, size));  // its rows do not follow one another
    cv::Mat grey;
    cv::extractChannel(part, grey, 1);
    for (const cv::Mat& picture : {part, grey}) {
      for (const int quality : {1, 50, 95, 100}) {
        std::vector<unsigned char> expected;
        ASSERT_TRUE(cv::imencode(".jpg", picture, expected, {cv::IMWRITE_JPEG_QUALITY, quality}));
        const cv::Mat actual = decode_image(encode_jpeg(picture, quality), "picture");
        // libjpeg-turbo calculates with integers: its versions and OpenCV's own copy agree.
        EXPECT_EQ(cv::norm(actual, cv::imdecode(expected, cv::IMREAD_COLOR), cv::NORM_INF), 0)
            << size << ", quality " << quality;
      }
    }
  }
}

TEST(EncodeJpeg, HalvesTheChromaAndObeysTheQuality) {
  const cv::Mat picture = smooth_picture(64, 64);
  const auto bytes = encode_jpeg(picture, 95);
  // Start of frame: marker C0, length, precision, height, width, three components of (id, sampling,
  // table); 0x22 and 0x11 are 4:2:0.
  std::size_t at = 0;
  while (at + 1 < bytes.size() &&
         !(bytes[at] == std::byte{0xFF} && bytes[at + 1] == std::byte{0xC0})) {
    ++at;
  }
  ASSERT_LT(at + 19, bytes.size());
  EXPECT_EQ(bytes[at + 11], std::byte{0x22});
  EXPECT_EQ(bytes[at + 14], std::byte{0x11});
  EXPECT_EQ(bytes[at + 17], std::byte{0x11});
  EXPECT_LT(encode_jpeg(picture, 30).size(), bytes.size());
}

TEST(WritePng, IsLosslessAndRepeatable) {
  TemporaryFolder folder;
  const cv::Mat picture = smooth_picture(33, 47);
  write_png(folder / "a.png", picture);
  write_png(folder / "b.png", picture);
  EXPECT_EQ(cv::norm(read_image(folder / "a.png"), picture, cv::NORM_INF), 0);
  EXPECT_EQ(read_file(folder / "a.png"), read_file(folder / "b.png"));
}

TEST(ReadImage, GreyPicturesGetThreeChannels) {
  TemporaryFolder folder;
  cv::Mat grey(10, 12, CV_8UC1, cv::Scalar(77));
  write_png(folder / "grey.png", grey);
  const cv::Mat read = read_image(folder / "grey.png");
  ASSERT_EQ(read.type(), CV_8UC3);
  EXPECT_EQ(read.at<cv::Vec3b>(3, 3), cv::Vec3b(77, 77, 77));
}

TEST(ReadImage, AJpegThatEndsEarlyIsBroken) {
  const auto whole = encode_jpeg(smooth_picture(64, 96), 95);
  EXPECT_NO_THROW(decode_image(whole, "whole"));
  for (const std::size_t left : {whole.size() / 2, whole.size() - 3}) {
    EXPECT_THAT([&] { decode_image(std::span(whole).first(left), "cut.jpg"); },
                ThrowsMessage<Error>(HasSubstr("cut.jpg")));
  }
  auto padded = whole;  // cameras put more behind it
  padded.resize(whole.size() + 100);
  EXPECT_NO_THROW(decode_image(padded, "padded"));
}

TEST(ReadImage, TurnsAPictureUpright) {
  const cv::Mat picture = smooth_picture(24, 40);
  const auto plain = encode_jpeg(picture, 95);
  // EXIF with one entry: orientation 6, held with its left side down.
  const std::string exif(
      "\xFF\xE1\x00\x22"
      "Exif\0\0"
      "MM\0\x2A\0\0\0\x08"
      "\0\x01"
      "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
      "\0\0\0\0",
      36);
  const std::string xmp(
      "\xFF\xE1\x00\x1F"
      "http://ns.adobe.com/xap/1.0/\0",
      33);
  std::string of_four_bytes = exif;
  of_four_bytes.replace(22, 10, std::string("\0\x04\0\0\0\x01\0\0\0\x06", 10));
  cv::Mat turned;
  cv::rotate(decode_image(plain, "plain"), turned, cv::ROTATE_90_CLOCKWISE);
  for (const std::string& segments : {exif, xmp + exif, of_four_bytes, "\xFF\xFF" + exif}) {
    std::vector<std::byte> tagged(plain.begin(), plain.begin() + 2);
    for (const char c : segments) tagged.push_back(static_cast<std::byte>(c));
    tagged.insert(tagged.end(), plain.begin() + 2, plain.end());
    const cv::Mat upright = decode_image(tagged, "tagged");
    ASSERT_EQ(upright.size(), turned.size());
    EXPECT_EQ(cv::norm(upright, turned, cv::NORM_INF), 0);
  }
}

TEST(ReadImage, AJpegThatLacksHalfAndHasAnEndMarkerIsBroken) {
  auto half = encode_jpeg(smooth_picture(64, 96), 95);
  half.resize(half.size() / 2);
  half.insert(half.end(), {std::byte{0xFF}, std::byte{0xD9}});
  EXPECT_THAT([&] { decode_image(half, "half"); },
              testing::ThrowsMessage<Error>(HasSubstr("ends early")));
  EXPECT_NO_THROW(decode_image(encode_jpeg(cv::Mat(24, 24, CV_8UC3, cv::Scalar(9, 9, 9)), 95),
                               "of one colour"));
}

/// A picture as an extended WebP whose EXIF says this orientation.
std::string webp_of(const cv::Mat& picture, int orientation, bool name_of_jpeg) {
  std::vector<unsigned char> bytes;
  cv::imencode(".webp", picture, bytes, {cv::IMWRITE_WEBP_QUALITY, 101});  // lossless
  const auto word = [](std::size_t value, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += static_cast<char>(value >> 8 * i & 0xFF);
    return text;
  };
  std::string exif = name_of_jpeg ? std::string("Exif\0\0", 6) : "";
  exif += std::string("II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) +
          word(static_cast<std::size_t>(orientation), 4) + word(0, 4);
  const std::string body =
      "WEBPVP8X" + word(10, 4) + word(8, 4) + word(static_cast<std::size_t>(picture.cols - 1), 3) +
      word(static_cast<std::size_t>(picture.rows - 1), 3) +
      std::string(bytes.begin() + 12, bytes.end()) + "EXIF" + word(exif.size(), 4) + exif;
  return "RIFF" + word(body.size(), 4) + body;
}

TEST(ReadImage, TurnsAWebPUprightByAllOrientations) {
  const cv::Mat picture = smooth_picture(24, 40);
  const std::array<int, 9> turns = {-1,
                                    -1,
                                    -1,
                                    cv::ROTATE_180,
                                    -1,
                                    -1,
                                    cv::ROTATE_90_CLOCKWISE,
                                    -1,
                                    cv::ROTATE_90_COUNTERCLOCKWISE};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    cv::Mat upright = picture.clone();  // not to be turned in place
    const bool mirrored =
        orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
    if (turns[static_cast<std::size_t>(orientation)] >= 0) {
      cv::rotate(picture, upright, turns[static_cast<std::size_t>(orientation)]);
    } else if (orientation == 2 || orientation == 4) {
      cv::flip(picture, upright, orientation == 2 ? 1 : 0);
    } else if (mirrored) {
      cv::transpose(picture, upright);
      if (orientation == 7) cv::rotate(upright, upright, cv::ROTATE_180);
    }
    for (const bool name : {false, true}) {
      const std::string webp = webp_of(picture, orientation, name);
      const cv::Mat read = decode_image(std::as_bytes(std::span(webp)), "a.webp");
      ASSERT_EQ(read.size(), upright.size()) << orientation;
      EXPECT_EQ(cv::norm(read, upright, cv::NORM_INF), 0) << orientation;
    }
  }
}

std::vector<std::byte> progressive_jpeg(const cv::Mat& picture) {
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  const auto view = std::as_bytes(std::span(bytes));
  return {view.begin(), view.end()};
}

TEST(ReadImage, AJpegWithoutItsEndMarkerOrWithMoreBehindItIsWhole) {
  const cv::Mat picture = smooth_picture(64, 96);
  for (const auto& whole : {encode_jpeg(picture, 95), progressive_jpeg(picture)}) {
    const cv::Mat expected = decode_image(whole, "whole");
    const auto unmarked = std::span(whole).first(whole.size() - 2);
    EXPECT_EQ(cv::norm(decode_image(unmarked, "unmarked"), expected, cv::NORM_INF), 0);
    auto moving = whole;  // a motion photo: the movie behind it has bytes like markers
    for (const char c : std::string("ftypmp42\xFF\xDA\xFF\xD8\xFF\xDA movie")) {
      moving.push_back(static_cast<std::byte>(c));
    }
    EXPECT_EQ(cv::norm(decode_image(moving, "moving"), expected, cv::NORM_INF), 0);
  }
}

TEST(ReadImage, APngWithoutItsEndIsWholeAndOneWithoutSomeOfItsDataIsBroken) {
  const cv::Mat picture = smooth_picture(64, 96);
  std::vector<unsigned char> bytes;
  cv::imencode(".png", picture, bytes);
  const auto whole = std::as_bytes(std::span(bytes));
  constexpr std::size_t kEnd = 12;
  for (std::size_t torn = 1; torn <= kEnd; ++torn) {
    const auto unended = whole.first(whole.size() - torn);
    EXPECT_EQ(cv::norm(decode_image(unended, "unended"), picture, cv::NORM_INF), 0) << torn;
  }
  const auto unended = whole.first(whole.size() - kEnd);
  for (const std::size_t left : {unended.size() - 1, unended.size() / 2}) {
    EXPECT_THROW(decode_image(whole.first(left), "cut"), Error) << left;
  }
}

TEST(ReadImage, AProgressiveJpegThatLacksScansIsBroken) {
  const auto whole = progressive_jpeg(smooth_picture(64, 96));
  const std::string_view text(reinterpret_cast<const char*>(whole.data()), whole.size());
  const auto last_scan = text.rfind("\xFF\xDA");
  for (const std::size_t left : {whole.size() * 7 / 10, whole.size() * 9 / 10, last_scan}) {
    EXPECT_THAT([&] { decode_image(std::span(whole).first(left), "cut.jpg"); },
                ThrowsMessage<Error>(HasSubstr("ends early")))
        << left << " of " << whole.size();
  }
}

TEST(ReadImage, ReadsOtherFormatsWithinTheSameLimits) {
  TemporaryFolder folder;
  const cv::Mat picture = smooth_picture(30, 50);
  for (const char* name : {"a.bmp", "a.tiff", "a.webp", "a.png", "a.jpg"}) {
    const fs::path path = folder / name;
    ASSERT_TRUE(cv::imwrite(path.string(), picture)) << name;
    EXPECT_EQ(read_image(path).size(), picture.size()) << name;
    EXPECT_NO_THROW(read_image(MediaSource(path, {.pixels = 1500}))) << name;
    EXPECT_THAT([&] { read_image(MediaSource(path, {.pixels = 1499})); },
                ThrowsMessage<LimitError>(HasSubstr("too large: 50 x 30")))
        << name;
  }
}

TEST(ReadImage, SaysWhatLiesInThePlaceOfAPicture) {
  TemporaryFolder folder;
  const std::pair<const char*, const char*> kFound[] = {
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git lfs pull"},
      {"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"},
      {"../../.git/annex/objects/x/y/SHA256E-s5--00.jpg", "git annex get"},
      {"", "is empty"}};
  for (const auto& [content, said] : kFound) {
    write_file(folder / "a.jpg", content);
    EXPECT_THAT([&] { read_image(folder / "a.jpg"); },
                ThrowsMessage<Error>(testing::AllOf(HasSubstr("a.jpg"), HasSubstr(said))));
  }
}

TEST(ReadImage, ReadsAvifWhereFFmpegDoesAndTurnsNothingAside) {
  AVER_REQUIRE_PROGRAM("ffmpeg");
  TemporaryFolder folder;
  const cv::Mat picture = smooth_picture(64, 96);
  ASSERT_TRUE(cv::imwrite((folder / "a.png").string(), picture));
  const fs::path path = folder / "a.avif";
  const auto made =
      aver::test::run_command({"ffmpeg", "-v", "error", "-i", (folder / "a.png").string(), "-c:v",
                               "libaom-av1", "-still-picture", "1", "-crf", "5", path.string()});
  if (made.exit_status != 0) GTEST_SKIP() << "this ffmpeg writes no AVIF: " << made.err;
  const cv::Mat read = read_image(path);
  ASSERT_EQ(read.size(), picture.size());
  EXPECT_LT(cv::norm(read, picture, cv::NORM_L1) / static_cast<double>(picture.total() * 3), 3);
  EXPECT_THAT([&] { read_image(MediaSource(path, {.pixels = 6143})); },
              ThrowsMessage<LimitError>(HasSubstr("too large: 96 x 64")));
  // Other writers put the brand behind that of pictures of any codec.
  const std::string written = read_file(path);
  ASSERT_EQ(written.substr(4, 8), "ftypavif");
  ASSERT_LT(written.find("avif", 12), 40U) << "the brand stands among the others too";
  for (const char* major : {"mif1", "msf1", "miaf"}) {
    std::string other = written;
    write_file(path, other.replace(8, 4, major));
    EXPECT_EQ(known_kind_of(path), MediaKind::picture) << major;
    EXPECT_EQ(cv::norm(read_image(path), read, cv::NORM_INF), 0) << major;
    EXPECT_THAT([&] { read_image(MediaSource(path, {.pixels = 6143})); },
                ThrowsMessage<LimitError>(HasSubstr("too large: 96 x 64")));
  }
  write_file(path, written);
  // A property in the place of another one: what it says of the pixels is not needed to read it.
  std::string turned = read_file(path);
  const auto pixi = turned.find("pixi");
  ASSERT_NE(pixi, std::string::npos);
  turned.replace(pixi, 5, "irot\x01");
  write_file(path, turned);
  EXPECT_THAT([&] { read_image(path); },
              ThrowsMessage<Error>(testing::AllOf(HasSubstr("a.avif"), HasSubstr("turned"))));
  write_file(path, read_file(path).substr(0, 200));
  EXPECT_THAT([&] { read_image(path); }, ThrowsMessage<Error>(HasSubstr("a.avif")));
}

TEST(ReadImage, OfHeicItSaysHowToConvertIt) {
  TemporaryFolder folder;
  for (const char* brand : {"heic", "heix", "hevc", "mif1"}) {
    write_file(folder / "a.heic", std::string("\0\0\0\x18"
                                              "ftyp",
                                              8) +
                                      brand + std::string(100, 'x'));
    EXPECT_THAT([&] { read_image(folder / "a.heic"); },
                ThrowsMessage<Error>(testing::AllOf(HasSubstr("a.heic"), HasSubstr("is a HEIC"),
                                                    HasSubstr("heif-convert"))))
        << brand;
  }
}

TEST(ReadImage, NamesTheFileThatIsNoPicture) {
  TemporaryFolder folder;
  write_file(folder / "text.jpg", "no picture");
  write_file(folder / "empty.jpg", "");
  EXPECT_THAT([&] { read_image(folder / "text.jpg"); },
              ThrowsMessage<Error>(HasSubstr("text.jpg")));
  EXPECT_THAT([&] { read_image(folder / "empty.jpg"); },
              ThrowsMessage<Error>(HasSubstr("empty.jpg")));
  EXPECT_THAT([&] { read_image(folder / "none.jpg"); },
              ThrowsMessage<Error>(HasSubstr("none.jpg")));
}

TEST(EncodeJpeg, RefusesWhatIsNoPictureAndWhatIsTooLarge) {
  EXPECT_THAT([&] { encode_jpeg(cv::Mat(), 95); },
              testing::ThrowsMessage<Error>(
                  testing::HasSubstr("0 x 0 as JPEG: 8-bit BGR or grey expected")));
  EXPECT_THAT([&] { encode_jpeg(cv::Mat(4, 4, CV_32FC3), 95); },
              testing::ThrowsMessage<Error>(
                  testing::HasSubstr("4 x 4 as JPEG: 8-bit BGR or grey expected")));
  EXPECT_THAT([] { encode_jpeg(cv::Mat(1, 70'000, CV_8UC3), 95); },
              ThrowsMessage<Error>(HasSubstr("70000 x 1")));
}

}  // namespace
