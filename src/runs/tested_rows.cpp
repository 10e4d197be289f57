#include "runs/tested_rows.h"

#include <algorithm>
#include <map>

#include "corpus/corpus.h"
#include "eval/confusion.h"

namespace aver {

TestedRows read_test_rows(const std::vector<fs::path>& folders, const char* name) {
  TestedRows tested;
  std::map<std::string, std::size_t> units;
  for (const fs::path& folder : folders) {
    const ClipTable clips = clips_of_folder(folder);
    Predictions table = read_predictions(folder / name, clips);
    tested.rows.classes = table.classes;
    for (Prediction& row : table.rows) {
      if (row.role != Role::test || row.label.empty()) continue;
      const auto clip = clips.find(row.clip);
      const std::string speaker = clip ? clips.speaker(*clip) : std::string();
      tested.speakers = tested.speakers && !speaker.empty();
      tested.units.push_back(units.emplace(speaker, units.size()).first->second);
      tested.rows.rows.push_back(std::move(row));
    }
  }
  tested.speakers = tested.speakers && units.size() > 1;
  if (!tested.speakers) {
    for (std::size_t i = 0; i < tested.units.size(); ++i) tested.units[i] = i;
  }
  return tested;
}

UnitOutcomes outcomes_of(const TestedRows& tested) {
  std::size_t units = 0;
  for (const std::size_t unit : tested.units) units = std::max(units, unit + 1);
  const ConfusionMatrix classes(tested.rows.classes);
  UnitOutcomes outcomes(units, tested.rows.classes.size());
  for (std::size_t i = 0; i < tested.units.size(); ++i) {
    const Prediction& row = tested.rows.rows[i];
    const std::size_t truth = classes.index_of(row.label);
    outcomes.add(tested.units[i], truth, argmax(row.probabilities) == truth);
  }
  return outcomes;
}

}  // namespace aver
