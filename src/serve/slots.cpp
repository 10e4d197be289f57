#include "serve/slots.h"

namespace aver {

Slots::Slots(std::size_t count) : count_(count) {
  for (std::size_t number = count; number > 0; --number) free_.push_back(number - 1);
}

std::optional<Slots::Place> Slots::take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, patience, [&] { return !free_.empty(); })) return std::nullopt;
  const std::size_t number = free_.back();
  free_.pop_back();
  return std::make_optional<Place>(*this, number);
}

std::size_t Slots::in_use() const {
  std::lock_guard lock(mutex_);
  return count_ - free_.size();
}

void Slots::give_back(std::size_t number) {
  {
    std::lock_guard lock(mutex_);
    free_.push_back(number);
  }
  freed_.notify_one();
}

}  // namespace aver
