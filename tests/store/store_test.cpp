#include <gmock/gmock.h>

#include <cstring>
#include <span>

#include "base/error.h"
#include "corpus/corpus.h"
#include "store/foreign_table.h"
#include "store/npy.h"
#include "store/predictions.h"
#include "store/safetensors.h"
#include "support.h"

namespace aver {
namespace {

using test::error_of;
using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Npy, WritesTheBytesThatNumpySaveWrites) {
  TemporaryFolder folder;
  write_npy(folder / "a.npy", {{2, 3}, {0, 1, 2, 3, 4, 5}});
  // numpy 2.4: numpy.save("a.npy", numpy.arange(6, dtype=numpy.float32).reshape(2, 3))
  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);
  expected += "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  expected.append(127 - expected.size(), ' ');
  expected += '\n';
  for (const float value : {0.f, 1.f, 2.f, 3.f, 4.f, 5.f}) {
    expected.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  EXPECT_EQ(read_file(folder / "a.npy"), expected);
}

TEST(Npy, ReadsBackAnyShape) {
  TemporaryFolder folder;
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{4}, {1, 4}, {2, 2, 1}, {0, 7}}) {
    FloatArray array{shape, {}};
    std::size_t count = 1;
    for (const auto length : shape) count *= length;
    for (std::size_t i = 0; i < count; ++i) array.values.push_back(0.5f * static_cast<float>(i));
    write_npy(folder / "a.npy", array);
    const auto back = read_npy(folder / "a.npy");
    EXPECT_EQ(back.shape, array.shape);
    EXPECT_EQ(back.values, array.values);
  }
}

TEST(Npy, NamesWhatIsWrongWithAFile) {
  TemporaryFolder folder;
  const auto reading = [&](const std::string& bytes) {
    write_file(folder / "x.npy", bytes);
    return error_of([&] { read_npy(folder / "x.npy"); });
  };
  write_npy(folder / "good.npy", {{2, 2}, {1, 2, 3, 4}});
  const std::string good = read_file(folder / "good.npy");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_THAT(reading(""), HasSubstr("not a .npy file"));
  EXPECT_THAT(reading("hello, this is text"), HasSubstr("not a .npy file"));
  EXPECT_THAT(reading(good.substr(0, 40)), HasSubstr("header is cut off"));
  EXPECT_THAT(reading(good.substr(0, good.size() - 1)), HasSubstr("15 bytes of data"));
  EXPECT_THAT(reading(with("False", "True ")), HasSubstr("Fortran order"));
  EXPECT_THAT(reading(with("'<f4'", "'>f4'")), HasSubstr("holds '>f4'"));
}

TEST(Npy, WholeNumbersAreReadAsNumbers) {
  TemporaryFolder folder;
  write_npy(folder / "x.npy", {{1, 2}, {1, 0}});
  std::string text = read_file(folder / "x.npy");
  text.replace(text.find("'<f4'"), 5, "'<i2'").replace(text.find("(1, 2)"), 6, "(2, 2)");
  const std::int16_t numbers[4] = {-3, 0, 7, 1280};
  std::memcpy(text.data() + text.size() - sizeof(numbers), numbers, sizeof(numbers));
  write_file(folder / "x.npy", text);
  const auto array = read_npy(folder / "x.npy");
  EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(array.values, (std::vector<float>{-3, 0, 7, 1280}));
}

TensorBytes floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {"F32", std::move(shape), {bytes.begin(), bytes.end()}};
}

TEST(Safetensors, ReadsBackWhatItWrites) {
  TemporaryFolder folder;
  Safetensors content;
  content.metadata = {{"classes", "[\"calm\",\"happy\"]"}};
  content.tensors["b"] = floats({2, 2}, {1, 2, 3, 4});
  content.tensors["a"] = floats({3}, {5, 6, 7});
  content.tensors["empty"] = floats({0}, {});
  write_safetensors(folder / "m.safetensors", content);
  const auto back = read_safetensors(folder / "m.safetensors");
  EXPECT_EQ(back.metadata, content.metadata);
  ASSERT_EQ(back.tensors.size(), 3u);
  EXPECT_EQ(back.tensors.at("b").bytes, content.tensors.at("b").bytes);
  EXPECT_EQ(back.tensors.at("b").shape, content.tensors.at("b").shape);
}

TEST(Safetensors, EveryFlippedBitIsNoticed) {
  TemporaryFolder folder;
  Safetensors content;
  content.metadata = {{"classes", "[\"calm\",\"happy\"]"}};
  content.tensors["a"] = floats({3}, {5, 6, 7});
  content.tensors["b"] = floats({2, 1}, {1, 2});
  write_safetensors(folder / "m", content);
  const std::string whole = read_file(folder / "m");
  EXPECT_NE(whole.find("checksum"), std::string::npos);
  int read = 0;
  for (std::size_t i = 0; i < whole.size() * 8; ++i) {
    std::string flipped = whole;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << i % 8));
    write_file(folder / "m", flipped);
    const std::string said = error_of([&] { read_safetensors(folder / "m"); });
    if (said != "no error") {
      EXPECT_THAT(said, HasSubstr((folder / "m").string()));
      continue;
    }
    const auto back = read_safetensors(folder / "m");  // spaces after the header may be anything
    EXPECT_EQ(back.tensors.at("a").bytes, content.tensors.at("a").bytes) << i;
    EXPECT_EQ(back.tensors.at("b").bytes, content.tensors.at("b").bytes) << i;
    ++read;
  }
  EXPECT_LT(read, 100);
}

TEST(Safetensors, RefusesDamagedAndHostileFiles) {
  TemporaryFolder folder;
  const auto reading = [&](const std::string& header, const std::string& data) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xff);
    write_file(folder / "x", bytes + header + data);
    return error_of([&] { read_safetensors(folder / "x"); });
  };
  write_file(folder / "x", "abc");
  EXPECT_THAT(error_of([&] { read_safetensors(folder / "x"); }), HasSubstr("not a safetensors"));
  write_file(folder / "x", std::string(8, '\xff') + "{}");
  EXPECT_THAT(error_of([&] { read_safetensors(folder / "x"); }), HasSubstr("not a safetensors"));
  EXPECT_THAT(reading("{broken", ""), HasSubstr("is damaged"));
  EXPECT_THAT(reading(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234"),
              HasSubstr("lies outside the file"));
  EXPECT_THAT(reading(R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", "12345678"),
              HasSubstr("do not fit the shape"));
  EXPECT_THAT(
      reading(R"({"w":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,0]}})", ""),
      HasSubstr("impossible shape"));
  EXPECT_THAT(reading(R"({"w":{"dtype":"P9","shape":[],"data_offsets":[0,0]}})", ""),
              HasSubstr("unknown type"));
  EXPECT_THAT(reading(R"({"w":7})", ""), HasSubstr("w is damaged"));
}

TEST(Predictions, ReadsBackWhatItWrites) {
  TemporaryFolder folder;
  Predictions predictions{
      {"neutral", "calm"},
      {{"01-01-01-01-01-01", 0, Role::test, "neutral", {0.75, 0.25}},
       {"01-02-01-01-01-01", std::nullopt, std::nullopt, "calm", {0.125, 0.875}}}};
  write_predictions(folder / "p.csv", predictions);
  EXPECT_EQ(read_file(folder / "p.csv"),
            "clip,fold,role,label,neutral,calm\n"
            "01-01-01-01-01-01,0,test,neutral,0.750000,0.250000\n"
            "01-02-01-01-01-01,,,calm,0.125000,0.875000\n");
  const auto back = read_predictions(folder / "p.csv", Corpus().clips());
  EXPECT_EQ(back.classes, predictions.classes);
  EXPECT_EQ(back.rows[0].fold, 0);
  EXPECT_EQ(back.rows[1].fold, std::nullopt);
  EXPECT_THAT(back.rows[1].probabilities, ElementsAre(0.125, 0.875));
}

TEST(Predictions, SayWhatTheyUseInEveryRow) {
  TemporaryFolder folder;
  write_file(folder / "p.csv",
             "clip,neutral,calm,uses\na,0.5,0.5,Uses 4 clips\nb,0.5,0.5,\nc,0.5,0.5,Uses 9 clips\n"
             "d,0.5,0.5,Uses 4 clips\n");
  Predictions read = read_predictions(folder / "p.csv", Corpus().clips());
  EXPECT_EQ(read.uses, "Uses 4 clips. Uses 9 clips");
  EXPECT_THAT(read.classes, ElementsAre("neutral", "calm"));
  EXPECT_EQ(joined_uses({read.uses, "Uses 9 clips. Began", ""}),
            "Uses 4 clips. Uses 9 clips. Began");
  write_predictions(folder / "again.csv", read);
  EXPECT_EQ(read_predictions(folder / "again.csv", Corpus().clips()).uses, read.uses);
}

TEST(Predictions, ColumnsTravelByNameAndClipsByKey) {
  TemporaryFolder folder;
  write_file(folder / "p.csv",
             "angry,clip,neutral\n"
             "0.9,03-01-05-01-01-01-01.wav,0.1\n");
  const auto read = read_predictions(folder / "p.csv", Corpus().clips());
  EXPECT_THAT(read.classes, ElementsAre("neutral", "angry"));
  EXPECT_EQ(read.rows[0].clip, "01-05-01-01-01-01");
  EXPECT_EQ(read.rows[0].label, "angry") << "read from the name when there is no label column";
  EXPECT_THAT(read.rows[0].probabilities, ElementsAre(0.1, 0.9));
}

TEST(Predictions, RenormalisesSmallErrorsAndRefusesLargeOnes) {
  TemporaryFolder folder;
  const auto reading = [&](const std::string& row) {
    write_file(folder / "p.csv", "clip,label,calm,happy\n" + row + "\n");
    return error_of([&] { read_predictions(folder / "p.csv", Corpus().clips()); });
  };
  write_file(folder / "p.csv", "clip,label,calm,happy\nx,calm,0.5004,0.5004\n");
  EXPECT_THAT(read_predictions(folder / "p.csv", Corpus().clips()).rows[0].probabilities,
              ElementsAre(0.5, 0.5));
  EXPECT_THAT(reading("x,calm,0.6,0.5"), HasSubstr("clip x: its probabilities sum to 1.1000"));
  EXPECT_THAT(reading("x,calm,-0.1,1.1"), HasSubstr("its probability of calm is '-0.1'"));
  EXPECT_THAT(reading("x,calm,nan,1"), HasSubstr("its probability of calm is 'nan'"));
  EXPECT_THAT(reading("x,glad,0.5,0.5"), HasSubstr("label 'glad' is none of the classes"));
  EXPECT_THAT(reading("x,calm,0.5,0.5\nx,calm,0.5,0.5"), HasSubstr("has the clip x twice"));
}

TEST(Predictions, AFoldThatNoWholeNumberHoldsIsRefusedAndNotCutOff) {
  TemporaryFolder folder;
  write_file(folder / "p.csv", "clip,fold,calm,happy\nx,4294967296,0.5,0.5\n");
  EXPECT_THAT(error_of([&] { read_predictions(folder / "p.csv", Corpus().clips()); }),
              HasSubstr("its fold is '4294967296'"));
}

TEST(ForeignTables, LogitsWithoutAColumnOfAClassAreRefusedInWords) {
  TemporaryFolder folder;
  write_file(folder / "p.csv", "file\na.wav\n");
  ForeignWays ways;
  ways.logits = true;
  const ClipTable clips = Corpus().clips();
  EXPECT_THAT(error_of([&] {
                predictions_of(read_foreign_table(folder / "p.csv", clips, ways).table, clips);
              }),
              HasSubstr("a column per class is needed, found 0"));
}

}  // namespace
}  // namespace aver
