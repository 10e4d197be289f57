// A table of predictions, ours and one of another program.
#include <cmath>

#include "corpus/corpus.h"
#include "robustness.h"
#include "store/foreign_table.h"
#include "store/predictions.h"

using namespace aver;
using namespace aver::robustness;

namespace {

void require_distributions(const Predictions& predictions) {
  for (const Prediction& row : predictions.rows) {
    require(row.probabilities.size() == predictions.classes.size(), "a row of too few classes");
    double sum = 0;
    for (const double value : row.probabilities) {
      require(std::isfinite(value) && value >= 0, "a probability that is none");
      sum += value;
    }
    require(std::abs(sum - 1) < 1e-6, "probabilities that do not sum to 1");
    require(!row.clip.empty(), "a row without a clip");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const fs::path path = put(own_folder() / "predictions.csv", input);
  static const ClipTable clips = Corpus().clips();
  answered(input, [&] {
    const Predictions predictions = read_predictions(path, clips);
    require_distributions(predictions);
    const fs::path copy = own_folder() / "again.csv";
    write_predictions(copy, predictions);
    const Predictions again = read_predictions(copy, clips);
    require(again.classes == predictions.classes, "other classes after writing them");
    require(again.rows.size() == predictions.rows.size(), "other rows after writing them");
    for (std::size_t i = 0; i < again.rows.size(); ++i) {
      require(again.rows[i].clip == predictions.rows[i].clip &&
                  again.rows[i].fold == predictions.rows[i].fold &&
                  again.rows[i].role == predictions.rows[i].role &&
                  again.rows[i].label == predictions.rows[i].label,
              "another row after writing it");
    }
  });
  for (const bool logits : {false, true}) {
    answered(input, [&] {
      ForeignWays ways;
      ways.logits = logits;
      require_distributions(predictions_of(read_foreign_table(path, clips, ways).table, clips));
    });
  }
  return 0;
}
