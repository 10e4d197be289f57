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

/// The bytes of a recording between the connections that bring its parts and the one that reads
/// them. Thread-safe, for one reader.
class BytePipe {
 public:
  using Clock = std::chrono::steady_clock;

  /// Holds at most `room` bytes that were not read yet, which is the longest part, and takes at
  /// most `most` altogether. A reader waits `patience` for the next part.
  BytePipe(std::size_t room, std::size_t most, std::chrono::milliseconds patience);

  enum class Took { all, no_room, too_large, ended };
  /// Takes all of a part or nothing of it; with no room it may come again once more was read. With
  /// `last` no further one comes.
  Took add(std::string_view part, bool last);
  /// Ends it at once: what was not read is lost, and a reader is told.
  void break_off();
  /// Waits for some bytes and says how many they were; 0 at the end. Throws Error when nothing came
  /// for too long, or it was broken off.
  std::size_t read(std::span<std::byte> into);
  /// Whether nothing has come for so long that nobody needs to wait for it.
  bool abandoned() const;

 private:
  const std::size_t room_, most_;
  const std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
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

  /// At most `count` at a time, each as BytePipe has it.
  LiveRecordings(std::size_t count, std::size_t room, std::size_t most,
                 std::chrono::milliseconds patience);

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

  const std::size_t most_recordings_, room_, most_;
  const std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Recording>> recordings_;
  bool ended_ = false;
};

}  // namespace aver
