#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aver {

/// What one recording may take.
struct LiveLimits {
  std::size_t room = 0;                   ///< bytes that were not read yet: the longest part
  std::size_t most = 0;                   ///< bytes altogether
  std::chrono::milliseconds patience{0};  ///< until the next part
  std::chrono::milliseconds longest{0};   ///< from its beginning to its end
};

/// The bytes of a recording between the connections that bring its parts and the one that reads
/// them. Thread-safe, for one reader.
class BytePipe {
 public:
  using Clock = std::chrono::steady_clock;

  explicit BytePipe(const LiveLimits& limits);

  enum class Took { all, no_room, too_large, ended };
  /// Takes all of a part or nothing of it; with no room it may come again once more was read. With
  /// `last` no further one comes.
  Took add(std::string_view part, bool last);
  /// Ends it at once: what was not read is lost, and a reader is told.
  void break_off();
  /// Waits for some bytes and says how many they were; 0 at the end. Throws Error when nothing came
  /// for too long, all of it takes too long, or it was broken off.
  std::size_t read(std::span<std::byte> into);
  /// Whether nothing has come for so long, or it has gone on for so long, that nobody needs to wait
  /// for it.
  bool abandoned() const;

 private:
  const LiveLimits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  const Clock::time_point began_ = Clock::now();
  std::size_t taken_ = 0;
  bool ended_ = false, broken_ = false;
  Clock::time_point last_came_ = Clock::now();
};

/// Recordings that are still being made, by names that nobody can guess. Thread-safe.
class LiveRecordings {
 public:
  /// A line of an answer; false when nobody listens any more.
  using Write = std::function<bool(std::string_view)>;
  /// Reads a recording to its end and writes what is to be said of it.
  using Answer = std::function<void(BytePipe& bytes, const Write& write)>;

  /// At most `count` at a time, each within these limits.
  LiveRecordings(std::size_t count, const LiveLimits& limits);

  /// Names a new one; nothing when there are as many as may be. Forgets those that were left.
  std::optional<std::string> open(Answer answer);
  bool contains(const std::string& name) const { return find(name) != nullptr; }
  /// Nothing when there is none of that name.
  std::optional<BytePipe::Took> add(const std::string& name, std::string_view part, bool last);
  /// What answers it, which can be called once and returns at its end, when it is forgotten.
  /// Nothing when there is none of that name, or it is being answered already.
  std::function<void(const Write&)> answer(const std::string& name);
  /// Breaks all of them off, and opens no more.
  void end();

  std::size_t count() const;

 private:
  struct Recording;
  std::shared_ptr<Recording> find(const std::string& name) const;
  void forget(const std::string& name);

  const std::size_t most_;
  const LiveLimits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Recording>> recordings_;
  bool ended_ = false;
};

}  // namespace aver
