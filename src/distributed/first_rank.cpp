#include "distributed/first_rank.h"

#include <chrono>
#include <exception>

#include "base/error.h"
#include "base/interruption.h"

namespace aver {
namespace {

constexpr const char* kWorking = "working";
constexpr const char* kDone = "done";
constexpr const char* kInterrupted = "interrupted";
constexpr std::string_view kUsage = "usage: ";
constexpr std::string_view kFailed = "failed: ";

/// Tells the others several times a second that there is progress.
class HeardProgress final : public Progress {
 public:
  HeardProgress(Progress& inner, const ProcessGroup& group) : inner_(inner), group_(group) {}

  void start(std::string_view what, std::size_t total) override { inner_.start(what, total); }
  void update(std::size_t done, std::string_view note) override {
    inner_.update(done, note);
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < std::chrono::milliseconds(250)) return;
    told_ = now;
    std::string word = kWorking;
    group_.broadcast(word);
  }
  void finish() override { inner_.finish(); }

 private:
  Progress& inner_;
  const ProcessGroup& group_;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

void do_and_tell(const ProcessGroup& group, Progress& progress,
                 const std::function<void(Progress&)>& body) {
  std::string word = kDone;
  std::exception_ptr thrown;
  try {
    HeardProgress heard(progress, group);
    body(heard);
  } catch (const Interrupted&) {
    word = kInterrupted;
    thrown = std::current_exception();
  } catch (const UsageError& error) {
    word = std::string(kUsage) + error.what();
    thrown = std::current_exception();
  } catch (const std::exception& error) {
    word = std::string(kFailed) + error.what();
    thrown = std::current_exception();
  }
  group.broadcast(word);
  if (thrown) std::rethrow_exception(thrown);
}

void wait_and_hear(const ProcessGroup& group) {
  std::string word = kWorking;
  while (word == kWorking) group.broadcast(word);
  if (word == kInterrupted) throw Interrupted{};
  if (word.starts_with(kUsage)) throw UsageError("{}", word.substr(kUsage.size()));
  if (word.starts_with(kFailed)) throw Error("{}", word.substr(kFailed.size()));
}

}  // namespace

void on_first_rank(const ProcessGroup& group, Progress& progress,
                   const std::function<void(Progress&)>& body) {
  if (group.alone()) {
    body(progress);
  } else if (group.first()) {
    do_and_tell(group, progress, body);
  } else {
    wait_and_hear(group);
  }
}

void stop_together(const ProcessGroup& group, const std::function<bool()>& should_stop) {
  if (group.any(should_stop && should_stop())) throw Interrupted{};
}

void require_same_settings(const ProcessGroup& group, const nlohmann::ordered_json& settings) {
  if (group.alone()) return;
  std::string text = settings.dump();
  group.broadcast(text);
  const auto first = nlohmann::ordered_json::parse(text);
  std::vector<double> differing;  // how many processes differ in each setting of rank 0
  for (const auto& [key, value] : first.items()) {
    differing.push_back(settings.value(key, nlohmann::ordered_json()) != value ? 1.0 : 0.0);
  }
  const std::vector<double> own = differing;
  group.sum(differing);
  std::size_t at = 0;
  for (const auto& [key, value] : first.items()) {
    const std::size_t i = at++;
    if (differing[i] == 0.0) continue;
    if (own[i] == 0.0) {
      throw Error(
          "{} = {} in rank 0, but not in all: give all processes the same options and input", key,
          value.dump());
    }
    throw Error("{} = {} here, but {} in rank 0: give all processes the same options and input",
                key, settings.value(key, nlohmann::ordered_json()).dump(), value.dump());
  }
}

}  // namespace aver
