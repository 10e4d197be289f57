#include "features/extractors.h"

#include <array>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "features/log_mel.h"
#include "features/mfcc.h"
#include "features/speaker_states.h"

namespace aver {
namespace {

template <typename Kind>
std::unique_ptr<FeatureOptions> options_like(const FeatureOptions* like) {
  if (like == nullptr) return std::make_unique<Kind>();
  return std::make_unique<Kind>(dynamic_cast<const Kind&>(*like));
}

template <typename Kind, typename Extractor>
std::unique_ptr<FeatureExtractor> made_of(const FeatureOptions& options) {
  return std::make_unique<Extractor>(dynamic_cast<const Kind&>(options));
}

constexpr std::array kKinds = {
    FeatureKind{"mfcc", "mel-frequency cepstral coefficients, as the paper's",
                options_like<MfccOptions>, made_of<MfccOptions, Mfcc>},
    FeatureKind{"log-mel", "levels of mel bands in decibels", options_like<LogMelOptions>,
                made_of<LogMelOptions, LogMel>},
    FeatureKind{"speaker-states", "states of an encoder that was trained to tell speakers apart",
                options_like<SpeakerStatesOptions>, made_of<SpeakerStatesOptions, SpeakerStates>},
};

constexpr const char* kFeatures = "features";

const FeatureKind* find_kind(std::string_view name) {
  for (const FeatureKind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const FeatureKind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

const FeatureKind& kind_named(std::string_view name) {
  if (const FeatureKind* found = find_kind(name)) return *found;
  const auto guess = nearest(std::string(name), names());
  throw UsageError("--{} {}: there are no such features{}; known: {}", kFeatures, name,
                   guess ? fmt::format(", did you mean {}?", *guess) : std::string(),
                   fmt::join(names(), ", "));
}

}  // namespace

std::span<const FeatureKind> feature_kinds() {
  return kKinds;
}

FeatureChoice::FeatureChoice() : FeatureChoice(kKinds.front().name) {}

FeatureChoice::FeatureChoice(std::string_view name, const FeatureOptions* options)
    : kind_(&kind_named(name)), options_(kind_->options(options)) {}

FeatureChoice::FeatureChoice(const FeatureChoice& other)
    : kind_(other.kind_), options_(kind_->options(other.options_.get())) {}

FeatureChoice& FeatureChoice::operator=(FeatureChoice other) {
  kind_ = other.kind_;
  options_ = std::move(other.options_);
  return *this;
}

FeatureChoice FeatureChoice::recorded(const nlohmann::json& settings) {
  FeatureChoice choice;
  if (settings.is_object() && settings.contains(kFeatures)) {
    const nlohmann::json& name = settings[kFeatures];
    if (!name.is_string() || find_kind(name.get<std::string>()) == nullptr) {
      throw Error("the recorded features are {}, and this build knows {}: use a newer aver",
                  name.dump(), fmt::join(names(), ", "));
    }
    choice.choose(name.get<std::string>());
  }
  Options options;
  choice.options_->describe(options);
  try {
    options.from_json(settings);
    options.require_valid();
  } catch (const Error& error) {
    throw Error("the recorded settings of {} cannot be used: {}",
                choice.name() == "mfcc" ? "MFCC" : choice.name(), error.what());
  }
  return choice;
}

void FeatureChoice::choose(std::string_view name) {
  if (name != kind_->name) *this = FeatureChoice(name);
}

void FeatureChoice::describe(Options& options) {
  // The options that follow are bound to the fields of the kind that is chosen now.
  const auto read = [this](const Words& words) {
    if (words.back() != kind_->name) {
      throw UsageError("--{} {} comes too late: the options are those of {}", kFeatures,
                       words.back(), kind_->name);
    }
  };
  const auto print = [this] { return nlohmann::ordered_json(std::string(kind_->name)); };
  std::vector<std::string> rows;
  for (const FeatureKind& kind : kKinds) {
    rows.push_back(fmt::format("{} ({})", kind.name, kind.help));
  }
  options
      .result(kFeatures, option_value("NAME", read, print),
              fmt::format("Which features: {}; the options that follow are its own",
                          fmt::join(rows, ", ")))
      .suggests(names());
  options_->describe(options);
}

void FeatureChoice::take_encoder(const fs::path& path) {
  if (fs::path* place = options_->file()) *place = path;
}

int FeatureChoice::rate_for(int own_hz) const {
  return options_->sample_rate_hz == 0 ? own_hz : options_->sample_rate_hz;
}

std::unique_ptr<FeatureExtractor> FeatureChoice::make(int rate_hz) const {
  const auto options = kind_->options(options_.get());
  options->sample_rate_hz = rate_hz;
  return kind_->make(*options);
}

}  // namespace aver
