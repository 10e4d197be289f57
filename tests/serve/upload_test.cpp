#include "serve/upload.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace aver {
namespace {

TEST(Upload, TakesItsLimitAndNotAByteMore) {
  ByteBudget budget(100);
  Upload upload(10, budget);
  EXPECT_TRUE(upload.append("01234"));
  EXPECT_TRUE(upload.append("56789"));
  EXPECT_FALSE(upload.append("x"));
  EXPECT_TRUE(upload.too_large());
  EXPECT_FALSE(upload.out_of_memory());
  EXPECT_EQ(upload.bytes(), "0123456789");
}

TEST(Upload, AllTogetherStayWithinTheBudgetAndGiveItBack) {
  ByteBudget budget(15);
  Upload second(10, budget);
  {
    Upload first(10, budget);
    EXPECT_TRUE(first.append("0123456789"));
    EXPECT_TRUE(second.append("01234"));
    EXPECT_FALSE(second.append("5"));
    EXPECT_TRUE(second.out_of_memory());
    EXPECT_FALSE(second.too_large());
  }
  Upload third(10, budget);
  EXPECT_TRUE(third.append("0123456789"));
}

/// The only one, "" when there is none.
std::string file_in_form(std::string_view body, std::string_view type) {
  const auto files = files_in_form(body, type, 3);
  EXPECT_LE(files.size(), 1U);
  return files.empty() ? std::string() : std::string(files.front().bytes);
}

constexpr const char* kType = "multipart/form-data; boundary=\"x y\"";

TEST(Form, WhatWouldBePassedOverIsRefused) {
  const std::string file =
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nbytes\r\n";
  const std::string field =
      "--b\r\nContent-Disposition: form-data; name=\"modality\"\r\n\r\naudio\r\n";
  const auto read = [](const std::string& parts) {
    const std::string body = parts + "--b--\r\n";
    return std::string(file_in_form(body, "multipart/form-data; boundary=b"));
  };
  EXPECT_EQ(read(file), "bytes");
  EXPECT_THAT([&] { read(file + file + file + file); },
              testing::ThrowsMessage<UsageError>(testing::HasSubstr("holds 4 files")));
  EXPECT_THAT([&] { read(field + field); }, testing::Throws<UsageError>());
  EXPECT_THAT([&] { read(field + file); },
              testing::ThrowsMessage<UsageError>(testing::HasSubstr("stand in the address")));
}

TEST(Form, SeveralFilesComeInTheirOrderWithTheirNamesAndPlacesLeftEmptyAreNone) {
  const auto part = [](const std::string& name, const std::string& content) {
    return "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=" + name + "\r\n\r\n" +
           content + "\r\n";
  };
  const std::string body = part("\"b c.wav\"", "1") + part("\"\"", "") + part("a.jpg", "2") +
                           part("\"\"", "3") + "--b--\r\n";
  const auto files = files_in_form(body, "multipart/form-data; boundary=b", 3);
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].name, "b c.wav");
  EXPECT_EQ(files[0].bytes, "1");
  EXPECT_EQ(files[1].name, "a.jpg");
  EXPECT_EQ(files[1].bytes, "2");
  EXPECT_EQ(files[2].name, "");
  EXPECT_EQ(files[2].bytes, "3");
}

TEST(Form, TheFileIsFoundBetweenItsBoundaries) {
  const std::string body =
      "--x y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\n"
      "Content-Type: video/mp4\r\n\r\n\x01\r\n--x\r\n\x02\r\n--x y--\r\n";
  EXPECT_EQ(file_in_form(body, kType), "\x01\r\n--x\r\n\x02");
}

TEST(Form, WithoutAFileNameTheOnlyFieldIsTheFileWhereItIsNoText) {
  const auto read = [](const std::string& content) {
    return file_in_form(
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + content + "\r\n--b--\r\n",
        "multipart/form-data; boundary=b");
  };
  EXPECT_EQ(read("RIFF\x01"), "RIFF\x01");
  EXPECT_THAT([&] { read("audio"); },
              testing::ThrowsMessage<UsageError>(testing::HasSubstr("a field and no file")));
}

TEST(Form, MalformedOnesHoldNoFile) {
  const std::string head = "--b\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n";
  const std::string type = "multipart/form-data; boundary=b";
  EXPECT_EQ(file_in_form(head + "bytes", type), "") << "no end";
  EXPECT_EQ(file_in_form("--b\r\nContent-Disposition", type), "") << "no head";
  EXPECT_EQ(file_in_form("bytes", type), "");
  EXPECT_EQ(file_in_form("", type), "");
  EXPECT_EQ(file_in_form(head + "bytes\r\n--b--", "multipart/form-data"), "") << "no boundary";
  EXPECT_EQ(file_in_form(head, "multipart/form-data; boundary=" + std::string(71, 'b')), "");
}

}  // namespace
}  // namespace aver
