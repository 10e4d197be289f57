#include "nn/architectures.h"

#include <array>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "nn/audio_net.h"
#include "nn/joint_net.h"
#include "nn/res_gru.h"
#include "nn/resnet_small.h"
#include "nn/series_nets.h"
#include "nn/speaker_lstm.h"
#include "nn/visual_net.h"

namespace aver {
namespace {

template <typename NetOptions>
std::unique_ptr<NetworkOptions> options_like(const NetworkOptions* like) {
  if (like == nullptr) return std::make_unique<NetOptions>();
  return std::make_unique<NetOptions>(static_cast<const NetOptions&>(*like));
}

template <typename NetOptions, std::shared_ptr<Network> (*make)(NetOptions, std::uint64_t)>
std::shared_ptr<Network> made_of(const NetworkOptions& options, std::uint64_t seed) {
  return make(static_cast<const NetOptions&>(options), seed);
}

constexpr std::array kArchitectures = {
    Architecture{"paper-cnn", "visual", "Visual network (CNN)",
                 "the paper's convolutions and dense layers", options_like<VisualNetOptions>,
                 made_of<VisualNetOptions, make_visual_net>},
    Architecture{"resnet-small", "visual", "Visual network (residual CNN)",
                 "residual convolutions, for pictures of 48 to 64 pixels",
                 options_like<ResnetSmallOptions>, made_of<ResnetSmallOptions, make_resnet_small>},
    Architecture{"paper-cnn-lstm", "audio", "Audio network (CNN + LSTM)",
                 "the paper's convolutions, then LSTMs", options_like<AudioNetOptions>,
                 made_of<AudioNetOptions, make_audio_net>},
    Architecture{
        "resgru", "audio", "Audio network (residual CNN + GRU)",
        "residual convolutions, a bidirectional GRU and attention, for clips of any length",
        options_like<ResGruOptions>, made_of<ResGruOptions, make_res_gru>},
    Architecture{"gru", "audio", "Audio network (GRU)", "a bidirectional GRU and attention",
                 options_like<SeriesGruOptions>, made_of<SeriesGruOptions, make_series_gru>},
    Architecture{"speaker-lstm", "audio", "Audio network (speaker encoder)",
                 "the LSTM layers of a speaker encoder, to be trained on with --start-from",
                 options_like<SpeakerLstmOptions>, made_of<SpeakerLstmOptions, make_speaker_lstm>},
    Architecture{"linear", "audio", "Linear model", "one layer over each clip's mean over time",
                 options_like<SeriesLinearOptions>,
                 made_of<SeriesLinearOptions, make_series_linear>},
    Architecture{"gru", "features", "Network for series (GRU)", "a bidirectional GRU and attention",
                 options_like<SeriesGruOptions>, made_of<SeriesGruOptions, make_series_gru>},
    Architecture{"tcn", "features", "Network for series (temporal convolutions)",
                 "convolutions over time and attention", options_like<SeriesTcnOptions>,
                 made_of<SeriesTcnOptions, make_series_tcn>},
    Architecture{"joint", "features", "Network for several series (GRUs, cross attention)",
                 "a GRU for each of several series, which attend to each other",
                 options_like<SeriesJointOptions>, made_of<SeriesJointOptions, make_joint_net>},
    Architecture{"linear", "features", "Linear model",
                 "one layer over each clip's mean and deviation", options_like<SeriesLinearOptions>,
                 made_of<SeriesLinearOptions, make_series_linear>},
};

std::vector<std::string> names_of(std::string_view modality) {
  std::vector<std::string> names;
  for (const Architecture& row : kArchitectures) {
    if (row.modality == modality) names.emplace_back(row.name);
  }
  return names;
}

// "paper-cnn (the paper's …), other (…)"
std::string described(std::string_view modality) {
  std::vector<std::string> rows;
  for (const Architecture& row : kArchitectures) {
    if (row.modality == modality) rows.push_back(fmt::format("{} ({})", row.name, row.help));
  }
  return fmt::format("{}", fmt::join(rows, ", "));
}

const Architecture& papers(std::string_view modality) {
  const auto* found = find_architecture(modality, "");
  if (found == nullptr) throw Error("there is no network for the modality \"{}\"", modality);
  return *found;
}

Options recorded(NetworkOptions& network) {
  Options options;
  network.describe_input(options);
  network.describe(options);
  return options;
}

}  // namespace

std::span<const Architecture> architectures() {
  return kArchitectures;
}

const Architecture* find_architecture(std::string_view modality, std::string_view name) {
  for (const Architecture& row : kArchitectures) {
    if (row.modality == modality && (name.empty() || row.name == name)) return &row;
  }
  return nullptr;
}

std::string architecture_names(std::string_view modality) {
  return fmt::format("{}", fmt::join(names_of(modality), ", "));
}

NetworkChoice::NetworkChoice(std::string_view modality) : NetworkChoice(papers(modality)) {}

NetworkChoice::NetworkChoice(const Architecture& architecture)
    : architecture_(&architecture), options_(architecture.options(nullptr)) {}

NetworkChoice::NetworkChoice(const NetworkChoice& other)
    : architecture_(other.architecture_), options_(architecture_->options(other.options_.get())) {}

NetworkChoice& NetworkChoice::operator=(NetworkChoice other) {
  architecture_ = other.architecture_;
  options_ = std::move(other.options_);
  return *this;
}

bool NetworkChoice::is_papers() const {
  return architecture_ == find_architecture(architecture_->modality, "");
}

void NetworkChoice::choose(std::string_view name) {
  if (name == architecture_->name) return;
  const auto* found = name.empty() ? nullptr : find_architecture(architecture_->modality, name);
  if (found == nullptr) {
    const auto names = names_of(architecture_->modality);
    const auto guess = nearest(name, names);
    throw UsageError("--architecture {}: there is no such {} network; known: {}{}", name,
                     architecture_->modality, fmt::join(names, ", "),
                     guess ? fmt::format("; did you mean {}?", *guess) : std::string());
  }
  *this = NetworkChoice(*found);
}

void NetworkChoice::describe(Options& options) {
  // The options that follow are bound to the fields of the architecture that is chosen now.
  const auto read = [this](const Words& words) {
    if (words.back() != architecture_->name) {
      throw UsageError("--architecture {} comes too late: the options are those of {}",
                       words.back(), architecture_->name);
    }
  };
  const auto print = [this] { return nlohmann::ordered_json(std::string(architecture_->name)); };
  options.heading("Network");
  options
      .result("architecture", option_value("NAME", read, print),
              fmt::format("Network to train, whose options --help then shows: {}",
                          described(architecture_->modality)))
      .suggests(names_of(architecture_->modality));
  options_->describe(options);
}

void NetworkChoice::refuse_options() const {
  throw Error("the options of the network {} are of another type than is needed here",
              architecture_->name);
}

nlohmann::json NetworkChoice::to_json() const {
  return recorded(*options_).to_json();
}

void NetworkChoice::from_json(const nlohmann::json& object) {
  recorded(*options_).from_json(object);
}

std::optional<std::size_t> NetworkChoice::weights() const {
  validate();
  return options_->weights();
}

std::shared_ptr<Network> NetworkChoice::make(std::uint64_t seed) const {
  validate();
  return architecture_->make(*options_, seed);
}

}  // namespace aver
