#include "curation/exchange_formats.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "support.h"

namespace aver {
namespace {

using test::TemporaryFolder;
using ::testing::HasSubstr;

DatasetClip file_of(const std::string& path, const Clip& clip, double start = 0, double end = 0) {
  DatasetClip file;
  file.path = path;
  file.recording.clip = clip;
  file.start = start;
  file.end = end;
  return file;
}

ExportedCorpus corpus_of(std::vector<DatasetClip> files, const fs::path& root) {
  ExportedCorpus corpus;
  corpus.name = "mine";
  name_recordings(files, "mine");
  for (const auto& file : files) {
    Measured& measured = corpus.measured[file.path];
    measured.sample_rate_hz = 16000;
    measured.channels = 1;
    measured.samples = 160000;
  }
  corpus.files = std::move(files);
  corpus.root = root;
  return corpus;
}

/// What a program would find in the folder that an export writes.
std::vector<DatasetClip> there_and_back(const ExchangeFormat& format, const ExportedCorpus& corpus,
                                        const fs::path& folder) {
  for (const auto& [name, text] : format.write(corpus)) write_file(folder / name, text);
  auto files = format.read(folder);
  name_recordings(files, folder.string());
  return files;
}

std::map<std::string, const DatasetClip*> by_name(const std::vector<DatasetClip>& files) {
  std::map<std::string, const DatasetClip*> result;
  for (const auto& file : files) result[file.recording.clip.key] = &file;
  return result;
}

class EveryExchangeFormat : public ::testing::TestWithParam<std::string> {};

std::vector<std::string> names_of_formats() {
  std::vector<std::string> names;
  for (const auto& format : exchange_formats()) names.push_back(format.name);
  return names;
}

void expect_equal(const ExportedCorpus& corpus, const std::vector<DatasetClip>& again) {
  ASSERT_EQ(again.size(), corpus.files.size());
  const auto found = by_name(again);
  for (const auto& clip : corpus.files) {
    const Clip& facts = clip.recording.clip;
    ASSERT_TRUE(found.contains(facts.key)) << facts.key;
    const DatasetClip& other = *found.at(facts.key);
    EXPECT_EQ(other.recording.clip.label, facts.label);
    EXPECT_EQ(other.recording.clip.speaker, facts.speaker);
    EXPECT_EQ(other.recording.modality, clip.recording.modality);
    EXPECT_EQ(other.start, clip.start);
    EXPECT_EQ(other.end, clip.end);
    EXPECT_TRUE(other.path.ends_with(clip.path)) << other.path;
    for (const auto& [name, value] : facts.attributes) {
      EXPECT_EQ(other.recording.clip.value(name), value) << name;
    }
  }
}

TEST_P(EveryExchangeFormat, GivesBackTheClipsThatWereWritten) {
  const TemporaryFolder folder;
  // A key that is not the name, nobody known, an attribute with the name of a field of EmoBox,
  // values with commas, quotes and spaces, and one stem in two folders.
  auto corpus = corpus_of(
      {file_of("a/one.wav", {"first", "happy", "ann", {{"channel", "speech"}, {"age", "30"}}}),
       file_of("a/two.mp4", {"", "sad", "", {{"text", "so, \"so\" and so"}}}),
       file_of("b/two.wav", {"", "own label", "bob", {}})},
      folder.path());
  corpus.files[1].recording.modality = std::string(kVideoOnly);
  expect_equal(corpus, there_and_back(exchange_format(GetParam()), corpus, folder / "out"));
}

TEST_P(EveryExchangeFormat, KeepsPartsOfFilesOrSaysThatItCannot) {
  const TemporaryFolder folder;
  const auto corpus = corpus_of({file_of("talk.wav", {"", "happy", "ann", {}}, 0, 1.25),
                                 file_of("talk.wav", {"", "sad", "bob", {}}, 1.25, 7.5),
                                 file_of("whole.wav", {"", "sad", "bob", {}})},
                                folder.path());
  const ExchangeFormat& format = exchange_format(GetParam());
  if (format.name == "hugging-face") {
    try {
      format.write(corpus);
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(),
                  HasSubstr("talk.wav is listed in parts, which metadata.csv cannot"));
    }
    return;
  }
  expect_equal(corpus, there_and_back(format, corpus, folder / "out"));
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryExchangeFormat, ::testing::ValuesIn(names_of_formats()),
                         [](const auto& format) {
                           std::string name = format.param;
                           std::erase(name, '-');
                           return name;
                         });

class Imports : public ::testing::Test {
 protected:
  std::vector<DatasetClip> read(const char* format) {
    return exchange_format(format).read(folder.path());
  }
  std::string error_of(const char* format, const fs::path& path) {
    try {
      exchange_format(format).read(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder;
};

TEST_F(Imports, AudformatJoinsTheTablesOfADatabase) {
  // As audformat 1.4 writes a database with storage_format="csv".
  write_file(folder / "db.yaml", "name: emodb\nsource: x\nusage: unrestricted\n");
  write_file(folder / "db.emotion.csv", "file,emotion\nwav/a.wav,anger\nwav/b.wav,fear\n");
  write_file(folder / "db.emotion.test.csv", "file,emotion\nwav/b.wav,fear\n");
  write_file(folder / "db.files.csv",
             "file,speaker,transcription\nwav/a.wav,3,a01\nwav/b.wav,8,\n");
  write_file(folder / "db.speaker.csv", "speaker,gender\n3,male\n8,female\n");
  const auto files = read("audformat");
  ASSERT_EQ(files.size(), 2U);
  const Clip& clip = files[0].recording.clip;
  EXPECT_EQ(files[0].path, "wav/a.wav");
  EXPECT_EQ(clip.label, "anger");
  EXPECT_EQ(clip.speaker, "3");
  EXPECT_EQ(clip.value("gender"), "male");
  EXPECT_EQ(clip.value("transcription"), "a01");
  EXPECT_EQ(files[1].recording.clip.value("gender"), "female");
}

TEST_F(Imports, AudformatSaysWhereTablesContradictAndThatParquetIsNotRead) {
  write_file(folder / "db.emotion.parquet", "PAR1");
  EXPECT_THAT(error_of("audformat", folder.path()), HasSubstr("storage_format='csv'"));
  write_file(folder / "db.a.csv", "file,emotion\nx.wav,anger\n");
  write_file(folder / "db.b.csv", "file,emotion\ny.wav,fear\nx.wav,fear\n");
  EXPECT_THAT(error_of("audformat", folder.path()),
              HasSubstr("db.b.csv, line 3: x.wav is fear here and anger in another table"));
}

TEST_F(Imports, EmoBoxListsAreReadAsPublished) {
  write_file(
      folder / "aesdd.jsonl",
      R"({"key": "aesdd-a03-3", "dataset": "aesdd", "wav": "downloads/aesdd/anger/a03 (3).wav", "type": "raw", "sample_rate": 44100, "num_frame": 185220.0, "task": "category", "length": 4.2, "emo": "a", "channel": 1}
{"key": "x", "dataset": "m", "wav": "x.wav", "type": "raw", "task": "category", "length": 2, "emo": "h", "channel": 1, "start_time": 1, "end_time": 3}
)");
  const auto files = read("emobox");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].recording.clip, (Clip{"aesdd-a03-3", "a", "", {{"corpus", "aesdd"}}}));
  EXPECT_EQ(files[0].path, "downloads/aesdd/anger/a03 (3).wav");
  EXPECT_EQ(files[0].end, 0);
  EXPECT_EQ(files[1].start, 1);
  EXPECT_EQ(files[1].end, 3);
}

TEST_F(Imports, EmoBoxSaysWhichLineIsWrong) {
  const auto list = folder / "x.jsonl";
  const std::string good = R"({"wav": "a.wav", "emo": "h"})";
  write_file(list, good + "\n{\"wav\": \"b.wav\"}\n");
  EXPECT_THAT(error_of("emobox", list), HasSubstr("x.jsonl, line 2: emo, the label, is missing"));
  write_file(list, good + "\n\nno JSON\n");
  EXPECT_THAT(error_of("emobox", list), HasSubstr("x.jsonl, line 3: a JSON object per line"));
  write_file(list, R"({"wav": "a.wav", "emo": "3", "task": "valence"})");
  EXPECT_THAT(error_of("emobox", list), HasSubstr("its task is 'valence'"));
}

TEST_F(Imports, KaldiKnowsSegmentsGendersAndLabelsInText) {
  write_file(folder / "wav.scp", "talk /data/my talk.wav\n");
  write_file(folder / "segments", "ann-1 talk 0.5 2\nbob-1 talk 2 -1\n");
  write_file(folder / "utt2spk", "ann-1 ann\nbob-1 bob-1\n");
  write_file(folder / "spk2gender", "ann f\n");
  write_file(folder / "text", "ann-1 happy\nbob-1 sad\n");
  const auto files = read("kaldi");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].path, "/data/my talk.wav");
  EXPECT_EQ(files[0].recording.clip, (Clip{"ann-1", "happy", "ann", {{"gender", "female"}}}));
  EXPECT_EQ(files[1].recording.clip.speaker, "") << "who is named as the utterance is nobody";
  EXPECT_EQ(files[1].start, 2);
  EXPECT_EQ(files[1].end, 0) << "to the end";
}

TEST_F(Imports, KaldiSaysWhichLineIsWrong) {
  write_file(folder / "wav.scp", "a a.wav\nb sph2pipe -f wav b.sph |\n");
  write_file(folder / "utt2emo", "a happy\nb sad\n");
  EXPECT_THAT(error_of("kaldi", folder.path()),
              HasSubstr("wav.scp, line 2: a command makes the recording"));
  write_file(folder / "wav.scp", "a a.wav\nc c.wav\n");
  EXPECT_THAT(error_of("kaldi", folder.path()),
              HasSubstr("utt2emo says nothing of c (wav.scp, line 2)"));
  write_file(folder / "wav.scp", "a a.wav\na c.wav\n");
  EXPECT_THAT(error_of("kaldi", folder.path()),
              HasSubstr("wav.scp, line 2: a is in line 1 already"));
}

TEST(Exports, KaldiRefusesNamesThatItsFilesCannotHold) {
  const auto corpus = corpus_of({file_of("my talk.wav", {"", "happy", "ann", {}})}, "/data");
  try {
    exchange_format("kaldi").write(corpus);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("my talk.wav: 'my talk' has a space in it"));
  }
}

TEST_F(Imports, HuggingFaceKnowsTheFoldersOfParts) {
  write_file(folder / "train/metadata.csv", "file_name,label\na.wav,happy\n");
  write_file(folder / "test/metadata.csv", "file_name,label\na.wav,sad\n");
  const auto files = read("hugging-face");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].path, "test/a.wav");
  EXPECT_EQ(files[0].recording.clip.value("part"), "test");
  EXPECT_EQ(files[1].recording.clip.label, "happy");
}

TEST(ExchangeFormats, AnUnknownOneNamesThoseThereAre) {
  try {
    exchange_format("kladi");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("audformat, emobox, kaldi, hugging-face"));
    EXPECT_THAT(error.what(), HasSubstr("did you mean kaldi?"));
  }
}

}  // namespace
}  // namespace aver
