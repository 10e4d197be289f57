// fusion.json, as aver-predict reads it: what is taken answers with distributions.
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "eval/conformal.h"
#include "eval/fitted_fusion.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

namespace {

void require_distribution(const std::vector<double>& p) {
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  require(std::abs(sum - 1) < 1e-6, "probabilities that do not sum to one");
  for (const double value : p) require(value >= 0 && value <= 1, "no probability");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const fs::path path = put(own_folder() / "fusion.json", input);
  answered(input, [&] {
    const FittedFusion fusion = read_fitted_fusion(path);
    const std::size_t classes = fusion.classes.size();
    std::vector<double> sure(classes, 0.0);
    sure.back() = 1;
    const std::vector<double> even(classes, 1 / static_cast<double>(classes));
    const ReadyRule rule = fusion.ready();
    for (const auto& own : {sure, even}) {
      ModalityDistributions answers(fusion.modalities.size(), even);
      answers.front() = own;
      const Fused all = fusion.fuse(rule, answers);
      require_distribution(all.probabilities);
      if (fusion.conformal) {
        require(!conformal_set(all.probabilities, fusion.conformal->threshold).empty(),
                "an empty set");
      }
      for (std::size_t m = 1; m < answers.size(); ++m) answers[m] = {};
      require_distribution(fusion.fuse(rule, answers).probabilities);
    }
    put(path, json_of(fusion).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    require(read_fitted_fusion(path).parameters.size() == fusion.parameters.size(),
            "another fusion after writing it");
  });
  return 0;
}
