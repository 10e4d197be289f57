#include "runs/history.h"

#include "base/csv.h"
#include "base/error.h"

namespace aver {

void write_history(const fs::path& path, const std::vector<EpochRecord>& history) {
  CsvTable table;
  table.header = {"epoch",          "learning_rate",   "train_loss",
                  "train_accuracy", "validation_loss", "validation_accuracy"};
  for (const EpochRecord& record : history) {
    table.rows.push_back(
        {fmt::format("{}", record.epoch), fmt::format("{:.9g}", record.learning_rate),
         fmt::format("{:.6f}", record.train_loss), fmt::format("{:.6f}", record.train_accuracy),
         fmt::format("{:.6f}", record.validation_loss),
         fmt::format("{:.6f}", record.validation_accuracy)});
  }
  write_file(path, format_csv(table));
}

}  // namespace aver
