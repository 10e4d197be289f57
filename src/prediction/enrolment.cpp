#include "prediction/enrolment.h"

#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"

namespace aver {
namespace {

/// The mean of all clips of a person, guessed from some of them.
std::vector<float> guessed_mean(const ClipFeatures& enrolled, const ModelFile& model) {
  std::vector<std::size_t> all(enrolled.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  auto person = mean_over(enrolled, all);
  const auto& [mean, deviation, prior] = model.normalisation;
  for (std::size_t c = 0; c < person.size(); ++c) {
    const auto known = static_cast<float>(enrolled.size());
    person[c] = mean[c] + (person[c] - mean[c]) * known / (known + prior[c]);
  }
  return person;
}

}  // namespace

void require_takes_enrolment(const ModelFile& model, const fs::path& path) {
  if (!model.normalisation.prior_clips.empty()) return;
  throw UsageError(
      "{} cannot be told of people: its training speakers were not centred; train it with --centre "
      "speaker",
      path.string());
}

std::vector<std::size_t> drawn_clips(const std::vector<std::size_t>& own, std::size_t count,
                                     const std::string& speaker, std::uint64_t seed) {
  if (own.size() <= count) return {};
  std::uint64_t name = 0;
  for (const unsigned char letter : speaker) name = derive_seed(name, {letter});
  Random random(derive_seed(seed, {name}));
  std::vector<std::size_t> drawn;
  for (const std::size_t place : random.permutation(own.size())) {
    if (drawn.size() == count) break;
    drawn.push_back(own[place]);
  }
  return drawn;
}

void enrol(std::vector<MfccClip>& clips, const std::vector<std::size_t>& moved,
           const ClipFeatures& enrolled, const ModelFile& model) {
  const auto person = guessed_mean(enrolled, model);
  for (const std::size_t clip : moved) {
    move_mean(clips[clip].array, person, model.normalisation.mean);
  }
}

void tell_of_person(ModelFile& model, const ClipFeatures& enrolled) {
  model.normalisation.mean = guessed_mean(enrolled, model);
}

std::string uses_of_enrolled(std::size_t clips) {
  return fmt::format("Uses {} of the tested person; acted, balanced corpora flatter it",
                     counted(clips, "unlabelled clips"));
}

std::string enrolled_remark(std::size_t clips) {
  return fmt::format("{} of the person {} known, unlabelled: no answer about a stranger",
                     counted(clips, "other clips"), clips == 1 ? "is" : "are");
}

}  // namespace aver
