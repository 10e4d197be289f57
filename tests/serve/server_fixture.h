#pragma once

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "raw_client.h"
#include "serve/server.h"

// The whole server on a free port, with models that answer at once: what clients can do to it.
namespace aver::test {

/// Clips are words: "bad" and "long" fail as such clips do, "wait" holds its decoder.
class WordReader final : public ClipReader {
 public:
  explicit WordReader(std::atomic<bool>& open) : open_(open) {}

  ClipInput read(const MediaSource& source, const ReadOptions& options) override {
    const std::string word(reinterpret_cast<const char*>(source.bytes().data()),
                           source.bytes().size());
    if (word == "bad") throw Error("{} cannot be decoded", source.name());
    if (word == "long") throw LimitError("{} is longer than 120 s", source.name());
    if (word == "memory") throw std::bad_alloc();
    if (word == "bug") throw std::runtime_error("secret /home/someone/model");
    while (word == "wait" && !open_) std::this_thread::yield();
    ClipInput clip;
    clip.name = word;
    clip.seconds = options.window;
    clip.whole.pictures = options.picture ? 1 : 0;
    return clip;
  }
  ClipInput read(const RawClip&, const ReadOptions&) override { return {}; }

 private:
  std::atomic<bool>& open_;
};

inline std::vector<ClipEstimate> estimate_words(const std::vector<ClipInput>& clips) {
  std::vector<ClipEstimate> estimates;
  for (const ClipInput& clip : clips) {
    if (clip.name == "poison") throw std::runtime_error("secret /home/someone/model");
    ClipEstimate estimate;
    estimate.seconds = clip.seconds;
    if (clip.name != "empty") estimate.whole.fused = {.25, .75};
    if (clip.whole.pictures > 0) estimate.whole.visual = {.25, .75};
    estimate.whole.top = 1;
    estimates.push_back(estimate);
  }
  return estimates;
}

class ServerTest : public testing::Test {
 protected:
  void start(ServeConfig config = {}, bool visual = true, bool audio = true) {
    config.port = 0;
    config.max_megabytes = 1;
    if (config.slots == 0) config.slots = 2;
    service =
        std::make_unique<Service>(ServedModels{{"calm", "happy"},
                                               visual,
                                               audio,
                                               [&] { return std::make_unique<WordReader>(open); },
                                               estimate_words},
                                  config);
    server = std::make_unique<Server>(*service, config);
    thread = std::jthread([this] { server->run([this] { return stop.load(); }); });
  }
  void TearDown() override {
    open = true;
    stop = true;
  }
  int port() const { return server->port(); }
  RawAnswer predict(const std::string& word, const std::string& query = "") const {
    return post(port(), "/api/predict" + query, word);
  }
  static std::string error_of(const RawAnswer& answer) {
    return nlohmann::json::parse(answer.body).at("error");
  }
  void expect_alive() const { EXPECT_EQ(get(port(), "/healthz").body, "ok\n"); }

  std::atomic<bool> open = false;
  std::atomic<bool> stop = false;
  std::unique_ptr<Service> service;
  std::unique_ptr<Server> server;
  std::jthread thread;
};

}  // namespace aver::test
