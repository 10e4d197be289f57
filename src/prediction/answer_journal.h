#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/files.h"
#include "prediction/output_shards.h"

namespace aver {

/// The answers that a run has given so far, kept in `<output>.part` from the first one on: a run
/// that is killed loses none of them, and the next one goes on behind them. Open for one program
/// at a time.
class AnswerJournal {
 public:
  /// Of the run that `run` describes (its `done` and `report` are not looked at). Keeps what is at
  /// `path` of a run with the same settings and input. What is there of another one is replaced,
  /// with a warning, or where `resume` asks for it refused: throws Error that says what differs.
  /// Throws Error when another program writes there.
  AnswerJournal(fs::path path, const OutputShard& run, bool resume);
  /// Removes the file when no answer is in it.
  ~AnswerJournal();
  AnswerJournal(const AnswerJournal&) = delete;
  AnswerJournal& operator=(const AnswerJournal&) = delete;

  /// The items that have an answer.
  const std::set<std::size_t>& answered() const { return answered_; }
  void add(std::size_t item, const nlohmann::json& answer);
  /// In the order in which they were added.
  void for_each(const std::function<void(std::size_t item, nlohmann::json answer)>& use) const;
  /// When the output is there.
  void remove();

 private:
  void lock();
  void keep(const OutputShard& run, bool resume);
  void append(const nlohmann::json& record);

  fs::path path_;
  int file_ = -1;
  std::size_t begin_ = 0;  ///< of the first answer
  std::set<std::size_t> answered_;
};

/// `<output>.part`, of a shard `<output>.shards/2-of-8.part`.
fs::path journal_of(const fs::path& output, const std::optional<Shard>& shard);

}  // namespace aver
