#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/fingerprint.h"
#include "extract_stage.h"
#include "media/audio_file.h"
#include "support.h"

// Shards of the data stages, as job scripts run them: whole commands into one folder.
namespace aver::test {

inline std::vector<std::int16_t> tone(std::size_t samples) {
  std::vector<std::int16_t> values(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    values[i] = static_cast<std::int16_t>(9000 * std::sin(0.05 * static_cast<double>(i)));
  }
  return values;
}

/// Sounds and pictures by their fingerprint: a difference can be read.
inline std::map<std::string, std::string> comparable_content(const fs::path& root) {
  auto files = folder_content(root);
  for (auto& [name, bytes] : files) {
    if (!name.ends_with(".wav") && !name.ends_with(".jpg")) continue;
    Fingerprint fingerprint;
    fingerprint.add(bytes);
    bytes = fingerprint.text();
  }
  return files;
}

/// Eleven sounds, and a file of each kind that a stage leaves out: one broken, one of another
/// modality by its name, one of no RAVDESS name.
class Shards : public testing::Test {
 protected:
  void SetUp() override {
    for (int actor = 1; actor <= 11; ++actor) add(sound(actor), 3000 + 100 * actor);
    write_file(data() / sound(12), "a text file");
    add("Actor_13/01-01-03-01-01-01-13.wav", 500);
    add("holiday.wav", 500);
  }

  static std::string sound(int actor) {
    return fmt::format("Actor_{:02}/03-01-03-01-01-01-{:02}.wav", actor, actor);
  }
  fs::path data() const { return folder / "data"; }
  void add(const std::string& name, std::size_t samples) const {
    create_folders((data() / name).parent_path());
    write_wav(data() / name, tone(samples), 48000);
  }

  CommandResult audio(const std::string& output, std::vector<std::string> more = {},
                      const std::string& input = "data") const {
    more.insert(more.begin(), {"--modality", "audio-only"});
    return Extractor{"aver-extract-audio"}.run(folder / input, folder / output, more);
  }
  CommandResult join(const std::string& output,
                     const std::string& tool = "aver-extract-audio") const {
    return run_command({tool, "--join", "--output", (folder / output).string()});
  }
  /// Runs the shards of these numbers, in this order. One that names files that failed must end
  /// with status 1, any other with 0. Files of `bad` alone may fail, and each of them does, once,
  /// when all shards are run.
  void run_shards(const std::string& output, const std::vector<int>& numbers, int count,
                  const std::vector<std::string>& more = {},
                  const std::string& input = "data") const {
    std::multiset<std::string> failed;
    for (const int number : numbers) {
      auto words = more;
      words.insert(words.end(), {"--json", "--shard", fmt::format("{}/{}", number, count)});
      const auto result = audio(output, words, input);
      const auto summary = nlohmann::json::parse(result.out, nullptr, false);
      ASSERT_TRUE(summary.is_object()) << result.err;
      EXPECT_EQ(result.exit_status, summary.at("failed").empty() ? 0 : 1) << result.err;
      for (const auto& failure : summary.at("failed")) failed.insert(failure.at("source"));
    }
    if (numbers.size() == static_cast<std::size_t>(count)) {
      EXPECT_THAT(failed, testing::ElementsAreArray(bad));
    } else {
      EXPECT_THAT(failed, testing::IsSubsetOf(bad));
    }
  }
  /// The dataset once more in another folder, by `copy` of each file.
  void copy_data(const std::string& name,
                 const std::function<void(const fs::path&, const fs::path&)>& copy) const {
    for (const fs::path& file : list_files(data())) {
      const fs::path to = folder / name / file.lexically_relative(data());
      create_folders(to.parent_path());
      copy(file, to);
    }
  }
  /// Recordings of the same names and sizes, made an hour later.
  void make_other_recordings(const std::string& name) const {
    copy_data(name, [&](const fs::path& from, const fs::path& to) {
      std::string bytes = read_file(from);
      if (bytes.size() > 1000) std::reverse(bytes.begin() + 500, bytes.end());
      write_file(to, bytes);
      fs::last_write_time(to, fs::last_write_time(from) + std::chrono::hours(1));
    });
  }
  /// The sentence about shards of different inputs, which leaves the folder as it is.
  void expect_different_input(const std::string& output, const std::string& tool) const {
    const auto before = content(output);
    const auto result = join(output, tool);
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err,
                testing::AllOf(testing::HasSubstr("shards 1/2 and 2/2"),
                               testing::HasSubstr("saw different recordings in --input"),
                               testing::HasSubstr("run every shard again on the same --input")));
    EXPECT_EQ(content(output), before);
  }
  std::map<std::string, std::string> content(const std::string& output) const {
    return comparable_content(folder / output);
  }

  TemporaryFolder folder;
  std::set<std::string> bad = {sound(12), "holiday.wav"};
};

}  // namespace aver::test
