#include "serve/serve_config.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/options.h"

namespace aver {

void ServeConfig::describe(Options& options) {
  models.describe_models(options);
  options.heading("Models");
  options.control("model", more_models,
                  "Further models to choose from, as NAME=VISUAL,AUDIO, of which one may be empty; "
                  "may be repeated");
  options.heading("Server");
  options.control(
      "host", host,
      "Address to listen on; beyond 127.0.0.1 anyone who reaches it can use the models");
  options.control("port", port, "Port to listen on (0 = any free one)").from_to(0, 65535);
  options.control("allow-host", allow_hosts,
                  "Further name this server may be addressed by; may be repeated");
  options.heading("Limits");
  options.control("max-megabytes", max_megabytes, "Largest clip that is taken").from_to(1, 4096);
  options.control("max-seconds", max_seconds, "Longest clip that is taken").from_to(1, 3600);
  options.control("decode-seconds", decode_seconds, "Longest time to decode one clip")
      .above(0)
      .from_to(0, 3600);
  options
      .control("slots", slots, "Clips decoded at a time (0 = twice the CPUs this process may use)")
      .from_to(0, 1024);
  models.describe_device(options);
  options.check([this](std::vector<std::string>& problems) {
    if (models.lacks_models() && more_models.empty()) {
      problems.emplace_back("--visual or --audio is required: at least one model");
    }
    if (host.empty()) problems.emplace_back("--host is empty");
  });
}

void ServeConfig::validate() const {
  Options::of(*this).require_valid();
  all_models();
}

std::vector<NamedModels> ServeConfig::all_models() const {
  std::vector<NamedModels> all;
  if (!models.lacks_models()) all.push_back({kDefaultModels, models});
  for (const std::string& text : more_models) {
    const auto equals = text.find('='), comma = text.find(',', std::min(equals, text.size()));
    const std::string name = text.substr(0, equals);
    const bool plain = !name.empty() && std::ranges::all_of(name, [](unsigned char byte) {
      return std::isalnum(byte) || byte == '-' || byte == '_' || byte == '.';
    });
    if (equals == std::string::npos || comma == std::string::npos || !plain) {
      throw UsageError(
          "--model {} is not NAME=VISUAL,AUDIO with a name of letters, digits, -, _, .", text);
    }
    NamedModels more{name, models};
    more.config.visual = text.substr(equals + 1, comma - equals - 1);
    more.config.audio = text.substr(comma + 1);
    if (more.config.lacks_models()) throw UsageError("--model {} names no model file", text);
    if (std::ranges::count(all, name, &NamedModels::name) > 0) {
      throw UsageError("--model: two are called {}", name);
    }
    all.push_back(std::move(more));
  }
  return all;
}

}  // namespace aver
