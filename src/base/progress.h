#pragma once

#include <cstddef>
#include <string_view>

namespace aver {

/// Receives how far a stage is. The library reports; executables draw.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A new piece of work of `total` items begins.
  virtual void start(std::string_view what, std::size_t total) = 0;
  /// `done` of the items are finished; `note` is free text such as "loss 1.23, accuracy 41 %".
  virtual void update(std::size_t done, std::string_view note = {}) = 0;
  virtual void finish() = 0;
};

/// Swallows everything.
class NoProgress final : public Progress {
 public:
  void start(std::string_view, std::size_t) override {}
  void update(std::size_t, std::string_view) override {}
  void finish() override {}
};

}  // namespace aver
