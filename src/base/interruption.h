#pragma once

#include <functional>
#include <utility>

#include "base/progress.h"

namespace aver {

/// Thrown between two items of work when the run is to end. No Error: nothing went wrong.
struct Interrupted {};

/// Passes progress on, and throws Interrupted once `should_stop` says so: whatever reports how far
/// it is can be stopped there.
class StoppableProgress final : public Progress {
 public:
  StoppableProgress(Progress& inner, std::function<bool()> should_stop)
      : inner_(inner), should_stop_(std::move(should_stop)) {}

  void start(std::string_view what, std::size_t total) override {
    inner_.start(what, total);
    stop_if_asked();
  }
  void update(std::size_t done, std::string_view note) override {
    inner_.update(done, note);
    stop_if_asked();
  }
  void finish() override { inner_.finish(); }

 private:
  void stop_if_asked() {
    if (!should_stop_ || !should_stop_()) return;
    inner_.finish();
    throw Interrupted{};
  }
  Progress& inner_;
  std::function<bool()> should_stop_;
};

}  // namespace aver
