#pragma once

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "media/audio_file.h"
#include "support.h"

namespace aver::test {

inline void write_tone(const fs::path& path, double hertz, double seconds = .3) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(16000 * seconds));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double turns = hertz * static_cast<double>(i) / 16000;
    samples[i] = static_cast<std::int16_t>(8000 * std::sin(2 * 3.14159265 * turns));
  }
  write_wav(path, samples, 16000);
}

/// A folder of another corpus's files, taken through the stages of sound.
class Corpora : public ::testing::Test {
 protected:
  std::string path(const char* name) const { return (folder / name).string(); }

  CommandResult extract(const std::string& corpus, std::vector<std::string> more = {}) const {
    std::vector<std::string> command = {
        "aver-extract-audio", "-i",         path("data"), "-o",  path("audio"),
        "--modality",         "audio-only", "--corpus",   corpus};
    command.insert(command.end(), more.begin(), more.end());
    return run_command(command);
  }
  CommandResult mfcc(std::vector<std::string> more = {}) const {
    std::vector<std::string> command = {"aver-compute-mfcc", "-i",           path("audio"), "-o",
                                        path("mfcc"),        "--no-pictures"};
    command.insert(command.end(), more.begin(), more.end());
    return run_command(command);
  }
  CommandResult split(const std::string& protocol) const {
    return run_command({"aver-split", "make", "-i", path("mfcc"), "-o", path("split.csv"),
                        "--protocol", protocol, "--force"});
  }

  /// Twelve clips of three speakers, as CREMA-D names them.
  void write_crema_d() const {
    double hertz = 200;
    for (const char* speaker : {"1001", "1002", "1003"}) {
      for (const char* rest : {"DFA_ANG_XX", "DFA_HAP_XX", "IEO_ANG_HI", "IEO_HAP_LO"}) {
        write_tone(folder / "data" / (std::string(speaker) + "_" + rest + ".wav"), hertz += 10);
      }
    }
  }

  TemporaryFolder folder;
};

}  // namespace aver::test
