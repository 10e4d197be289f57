#include "stderr_progress.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "base/printable.h"

namespace aver::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

class StderrProgress final : public Progress {
 public:
  StderrProgress() : terminal_(::isatty(STDERR_FILENO) == 1) {}
  ~StderrProgress() override { end_line(); }

  void start(std::string_view what, std::size_t total) override {
    end_line();
    what_ = printable(what);
    total_ = total;
    done_ = 0;
    started_ = shown_ = Clock::now();
  }

  void update(std::size_t done, std::string_view note) override {
    done_ = done;
    note_ = printable(note);
    const auto now = Clock::now();
    const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10);
    if (now - shown_ < pause && !(terminal_ && done == total_)) return;
    shown_ = now;
    show();
  }

  void finish() override {
    if (terminal_ && total_ > 0) show();
    end_line();
  }

 private:
  std::string time_left() const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
    if (done_ == 0 || done_ >= total_ || elapsed < 0.5) return {};
    const double left = elapsed * static_cast<double>(total_ - done_) / static_cast<double>(done_);
    return ", " + duration_text(left) + " left";
  }

  void show() {
    const std::string note = note_.empty() ? "" : " " + note_;
    if (!terminal_) {
      spdlog::info("{}: {} of {}{}{}", what_, done_, total_, note, time_left());
      return;
    }
    constexpr std::size_t kWidth = 24;
    const std::size_t filled = total_ == 0 ? kWidth : kWidth * std::min(done_, total_) / total_;
    std::fprintf(stderr, "\r\033[K%s [%s%s] %zu/%zu%s%s", what_.c_str(),
                 std::string(filled, '#').c_str(), std::string(kWidth - filled, '.').c_str(), done_,
                 total_, note.c_str(), time_left().c_str());
    std::fflush(stderr);
    line_open_ = true;
  }

  void end_line() {
    if (line_open_) std::fputc('\n', stderr);
    line_open_ = false;
  }

  bool terminal_;
  bool line_open_ = false;
  std::string what_;
  std::string note_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  Clock::time_point started_;
  Clock::time_point shown_;
};

}  // namespace

std::unique_ptr<Progress> stderr_progress() {
  return std::make_unique<StderrProgress>();
}

}  // namespace aver::cli
