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

std::string speaker_to_enrol(const ClipTable& table, const Clip& clip) {
  std::string speaker = table.speaker(clip);
  if (speaker.empty()) {
    throw Error("nothing says who speaks in {}: enrolment needs the speakers", clip.key);
  }
  return speaker;
}

EnrolledClips enrolled_clips(std::vector<MfccClip> clips,
                             const std::map<std::string, std::vector<std::size_t>>& own,
                             std::size_t count, std::uint64_t seed, const ModelFile& model) {
  EnrolledClips enrolled{std::move(clips), {}, {}};
  for (const auto& [speaker, all] : own) {
    const auto drawn = drawn_clips(all, count, speaker, seed);
    if (count > 0 && drawn.empty()) {
      enrolled.left_out.push_back(speaker);
      continue;
    }
    std::vector<std::size_t>& rest = enrolled.asked[speaker];
    std::ranges::copy_if(all, std::back_inserter(rest), [&](std::size_t clip) {
      return std::ranges::find(drawn, clip) == drawn.end();
    });
    if (drawn.empty()) continue;
    ClipFeatures known;
    for (const std::size_t clip : drawn) known.push_back(&enrolled.clips[clip].array);
    const auto person = guessed_mean(known, model);
    for (const std::size_t clip : rest) {
      move_mean(enrolled.clips[clip].array, person, model.normalisation.mean);
    }
  }
  return enrolled;
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
                     counted(clips, "clips"), clips == 1 ? "is" : "are");
}

}  // namespace aver
