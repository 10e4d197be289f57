#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support.h"

namespace aver::test {

// Three clips of three classes. Audio is right about the first two, visual about the last two;
// maximum confidence: audio (.8 > .5), audio (.6 = .6, a tie), visual (.9 > .7): all three right.
inline constexpr std::string_view kAudio =
    "clip,fold,role,label,neutral,happy,sad\n"
    "01-01-01-01-01-01,0,train,neutral,0.8,0.1,0.1\n"
    "01-03-01-01-01-01,0,train,happy,0.3,0.6,0.1\n"
    "01-04-01-01-01-02,0,test,sad,0.7,0.1,0.2\n";
inline constexpr std::string_view kVisual =
    "clip,fold,role,label,neutral,happy,sad\n"
    "01-01-01-01-01-01,0,train,neutral,0.2,0.5,0.3\n"
    "01-03-01-01-01-01,0,train,happy,0.2,0.6,0.2\n"
    "01-04-01-01-01-02,0,test,sad,0.05,0.05,0.9\n";

/// Two tables and a place for results.
struct Evaluation {
  Evaluation(std::string_view audio_table = kAudio, std::string_view visual_table = kVisual) {
    write_file(audio, audio_table);
    write_file(visual, visual_table);
  }
  CommandResult run(std::vector<std::string> more = {"--no-figures"},
                    const std::map<std::string, std::string>& environment = {}) const {
    std::vector<std::string> arguments = {
        "aver-evaluate-fusion", "--audio-posteriors", audio.string(), "--visual-posteriors",
        visual.string(),        "--output",           output.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_command(arguments, environment);
  }
  nlohmann::json metrics() const {
    return nlohmann::json::parse(read_file(output / "metrics.json"));
  }

  TemporaryFolder folder;
  fs::path audio = folder / "audio.csv";
  fs::path visual = folder / "visual.csv";
  fs::path output = folder / "fusion";
};

inline double metric(const nlohmann::json& metrics, const char* scope, const char* system,
                     const char* name) {
  return metrics.at(scope).at("systems").at(system).at(name).get<double>();
}

}  // namespace aver::test
