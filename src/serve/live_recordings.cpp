#include "serve/live_recordings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <utility>

#include "base/error.h"

namespace aver {

BytePipe::BytePipe(const LiveLimits& limits) : limits_(limits) {}

BytePipe::Took BytePipe::add(std::string_view part, bool last) {
  std::lock_guard lock(mutex_);
  if (ended_ || broken_) return Took::ended;
  if (part.size() > std::min(limits_.room, limits_.most - taken_)) return Took::too_large;
  if (part.size() > limits_.room - waiting_.size()) return Took::no_room;
  waiting_.append(part);
  taken_ += part.size();
  last_came_ = Clock::now();
  ended_ = last;
  changed_.notify_all();
  return Took::all;
}

void BytePipe::break_off() {
  std::lock_guard lock(mutex_);
  broken_ = true;
  changed_.notify_all();
}

std::size_t BytePipe::read(std::span<std::byte> into) {
  std::unique_lock lock(mutex_);
  const auto came = [&] { return broken_ || ended_ || !waiting_.empty(); };
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  const auto end = began_ + limits_.longest;
  const auto patient = std::min(Clock::now() + limits_.patience, end);
  if (!changed_.wait_until(lock, patient, came) || Clock::now() > end) {
    if (patient == end) {
      throw Error("the recording has gone on for more than {:g} s", seconds(limits_.longest));
    }
    throw Error("nothing of the recording has come for {:g} s", seconds(limits_.patience));
  }
  if (broken_) throw Error("the recording was broken off");
  const std::size_t count = std::min(into.size(), waiting_.size());
  std::memcpy(into.data(), waiting_.data(), count);
  waiting_.erase(0, count);
  return count;
}

bool BytePipe::abandoned() const {
  std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  return now - last_came_ > limits_.patience || now - began_ > limits_.longest;
}

struct LiveRecordings::Recording {
  Recording(const LiveLimits& limits, Answer with) : bytes(limits), answer(std::move(with)) {}
  BytePipe bytes;
  Answer answer;
  bool answered = false;  ///< a connection has come for it; under the mutex of them all
};

namespace {

/// 128 bits of the system's own randomness: whoever knows the name may speak for the recording.
std::string new_name() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

}  // namespace

LiveRecordings::LiveRecordings(std::size_t count, const LiveLimits& limits)
    : most_(count), limits_(limits) {}

std::optional<std::string> LiveRecordings::open(Answer answer) {
  std::lock_guard lock(mutex_);
  std::erase_if(recordings_, [](const auto& entry) {
    return !entry.second->answered && entry.second->bytes.abandoned();
  });
  if (ended_ || recordings_.size() >= most_) return std::nullopt;
  const std::string name = new_name();
  recordings_.emplace(name, std::make_shared<Recording>(limits_, std::move(answer)));
  return name;
}

std::shared_ptr<LiveRecordings::Recording> LiveRecordings::find(const std::string& name) const {
  std::lock_guard lock(mutex_);
  const auto found = recordings_.find(name);
  return found == recordings_.end() ? nullptr : found->second;
}

std::optional<BytePipe::Took> LiveRecordings::add(const std::string& name, std::string_view part,
                                                  bool last) {
  const auto recording = find(name);
  if (!recording) return std::nullopt;
  return recording->bytes.add(part, last);
}

std::function<void(const LiveRecordings::Write&)> LiveRecordings::answer(const std::string& name) {
  std::shared_ptr<Recording> found;
  {
    std::lock_guard lock(mutex_);
    const auto entry = recordings_.find(name);
    if (entry == recordings_.end() || std::exchange(entry->second->answered, true)) return nullptr;
    found = entry->second;
  }
  // Forgotten with the last copy of the function, whether it was called or not.
  const std::shared_ptr<Recording> recording(found.get(),
                                             [this, name, kept = found](Recording* gone) {
                                               gone->bytes.break_off();
                                               forget(name);
                                             });
  return [recording](const Write& write) { recording->answer(recording->bytes, write); };
}

void LiveRecordings::forget(const std::string& name) {
  std::lock_guard lock(mutex_);
  recordings_.erase(name);
}

void LiveRecordings::end() {
  std::lock_guard lock(mutex_);
  ended_ = true;
  for (auto& [name, recording] : recordings_) recording->bytes.break_off();
}

std::size_t LiveRecordings::count() const {
  std::lock_guard lock(mutex_);
  return recordings_.size();
}

}  // namespace aver
