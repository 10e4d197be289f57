#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace aver {

/// A fixed number of places for work that must not be done more often at a time. Each place has a
/// number, so that it can come with things of its own (a ClipReader).
class Slots {
 public:
  explicit Slots(std::size_t count);

  /// A taken place; free again at the end of its life.
  class Place {
   public:
    Place(Slots& slots, std::size_t number) : slots_(&slots), number_(number) {}
    ~Place() {
      if (slots_ != nullptr) slots_->give_back(number_);
    }
    Place(Place&& other) noexcept
        : slots_(std::exchange(other.slots_, nullptr)), number_(other.number_) {}
    Place& operator=(Place&&) = delete;
    std::size_t number() const { return number_; }

   private:
    Slots* slots_;
    std::size_t number_;
  };

  /// Waits for a free place, at most this long; nothing when there was none.
  std::optional<Place> take(std::chrono::milliseconds patience);

  std::size_t count() const { return count_; }
  std::size_t in_use() const;

 private:
  void give_back(std::size_t number);

  const std::size_t count_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::size_t> free_;
};

}  // namespace aver
