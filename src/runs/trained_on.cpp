#include "runs/trained_on.h"

#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/text.h"
#include "corpus/known_corpora.h"

namespace aver {
namespace {

constexpr const char* kKey = "trained_on";

/// Speakers as they are called beside those of other corpora.
void name_corpus_of_speakers(TrainedOn& people) {
  if (people.corpora.size() != 1) return;  // they are called so, or nobody knows the corpus
  std::set<std::string> named;
  for (const std::string& speaker : people.speakers) {
    named.insert(*people.corpora.begin() + " " + speaker);
  }
  people.speakers = std::move(named);
}

}  // namespace

void TrainedOn::merge(TrainedOn other) {
  auto all = corpora;
  all.insert(other.corpora.begin(), other.corpora.end());
  if (all.size() > 1) {
    name_corpus_of_speakers(*this);
    name_corpus_of_speakers(other);
  }
  corpora.merge(other.corpora);
  speakers.merge(other.speakers);
  clips.merge(other.clips);
}

nlohmann::json to_json(const TrainedOn& people) {
  return {{"corpora", people.corpora}, {"speakers", people.speakers}, {"clips", people.clips}};
}

TrainedOn trained_on(const nlohmann::json& training) {
  TrainedOn people;
  const auto found = training.find(kKey);
  if (found == training.end()) return people;
  reading_json("the model's record of its training", "copy the file once more", [&] {
    for (const auto& [name, set] : {std::pair{"corpora", &people.corpora},
                                    {"speakers", &people.speakers},
                                    {"clips", &people.clips}}) {
      *set = found->at(name).get<std::set<std::string>>();
    }
  });
  return people;
}

SeenClips count_seen(const TrainedOn& people, const std::vector<Clip>& clips) {
  SeenClips seen;
  for (const Clip& clip : clips) {
    const std::string corpus = clip.value("corpus");
    if (!corpus.empty() && !people.corpora.empty() && !people.corpora.contains(corpus)) continue;
    const std::string speaker =
        people.corpora.size() > 1 ? corpus + " " + clip.speaker : clip.speaker;
    if (people.clips.contains(clip.key)) {
      ++seen.clips;
    } else if (!clip.speaker.empty() && people.speakers.contains(speaker)) {
      ++seen.of_speakers;
    }
  }
  return seen;
}

std::string seen_in_training(const TrainedOn& people, const std::vector<Clip>& clips,
                             std::string_view model) {
  const auto [seen, of_speakers] = count_seen(people, clips);
  if (seen + of_speakers == 0) return {};
  std::vector<std::string> parts;
  if (seen > 0) {
    parts.push_back(
        fmt::format("{} of {} trained {}", seen, counted(clips.size(), "clips"), model));
  }
  if (of_speakers > 0) {
    parts.push_back(fmt::format("{} of {} are of speakers of whom others trained {}", of_speakers,
                                counted(clips.size(), "clips"), model));
  }
  return fmt::format("{}: these answers do not tell how well it does on people it has not met",
                     fmt::join(parts, ", and "));
}

std::string seen_in_training(const TrainedOn& people, const std::vector<std::string>& files,
                             std::string_view model) {
  if (people.empty()) return {};
  std::vector<std::shared_ptr<const Scheme>> schemes;
  for (const std::string& name : people.corpora) {
    if (auto scheme = shipped_scheme(name)) schemes.push_back(std::move(scheme));
  }
  std::vector<Clip> clips;
  for (const std::string& file : files) {
    Clip clip;
    clip.key = fs::path(file).stem().string();
    for (const auto& scheme : schemes) {
      if (auto found = scheme->find(fs::path(file).filename().string())) clip = std::move(*found);
    }
    clips.push_back(std::move(clip));
  }
  return seen_in_training(people, clips, model);
}

}  // namespace aver
