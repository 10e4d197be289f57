#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "prediction/recogniser_config.h"

namespace aver {

class Options;

/// What models are called that --visual and --audio name.
inline constexpr const char* kDefaultModels = "default";

/// Models that can be asked for by their name.
struct NamedModels {
  std::string name;
  RecogniserConfig config;
};

/// What `aver-serve` is told.
struct ServeConfig {
  RecogniserConfig models;
  std::vector<std::string> more_models;  ///< further ones, each NAME=VISUAL,AUDIO
  std::string host = "127.0.0.1";        ///< address to listen on
  int port = 8080;                       ///< 0 = any free one
  std::vector<std::string> allow_hosts;  ///< further names the Host header may have
  std::size_t max_megabytes = 64;        ///< of one clip; all together may hold four times as much
  double max_seconds = 120;              ///< of one clip
  double decode_seconds = 20;            ///< to decode one clip
  std::size_t slots = 0;  ///< clips decoded at a time; 0 = twice the CPUs of this process

  void describe(Options& options);
  /// Throws UsageError that lists every problem.
  void validate() const;
  /// All of them; the first answers whom names none. Throws UsageError for what is no NAME=….
  std::vector<NamedModels> all_models() const;
};

}  // namespace aver
