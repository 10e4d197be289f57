#include "explain/looked_at.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/error.h"
#include "explain/attribution.h"
#include "explain/attribution_check.h"
#include "train/dataset.h"
#include "train/load_network.h"
#include "train/network_options.h"
#include "train/trainer.h"

namespace aver {
namespace {

FloatArray array_of(const torch::Tensor& tensor) {
  const auto values = tensor.to(torch::kCPU, torch::kFloat32).contiguous();
  FloatArray array;
  for (const std::int64_t size : values.sizes())
    array.shape.push_back(static_cast<std::size_t>(size));
  array.values.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
  return array;
}

constexpr std::array<std::size_t, 1> kFirst = {0};

/// Items at a time, whose layers are all kept until the gradient is there.
constexpr std::int64_t kTogether = 16;

NetworkInput part_of(const NetworkInput& input, std::int64_t first, std::int64_t count) {
  return {input.values.narrow(0, first, count), input.lengths.narrow(0, first, count),
          input.nothing};
}

/// Of so many items at most, evenly spread, the checks are made: they ask the network a hundred
/// times about each.
constexpr std::size_t kChecked = 8;

}  // namespace

const std::vector<std::string>& attribution_methods() {
  static const std::vector<std::string> kMethods = {"auto", "grad-cam", "hires-cam",
                                                    "integrated-gradients", "occlusion"};
  return kMethods;
}

std::vector<std::size_t> spread_items(std::size_t count, std::size_t most) {
  std::vector<std::size_t> places;
  const std::size_t taken = std::min(count, most);
  for (std::size_t i = 0; i < taken; ++i) places.push_back(i * count / taken);
  return places;
}

struct Explainer::State {
  const LoadedModel model;
  const std::string source;
  const ExplainerOptions options;
  const torch::Device device;
  std::shared_ptr<Network> untaught;  ///< the same with shuffled weights; null without checks

  State(const LoadedModel& with, std::string name, const ExplainerOptions& told)
      : model(with),
        source(std::move(name)),
        options(told),
        device(with.network->parameters().front().device()) {
    if (!options.check) return;
    untaught = load_network(*model.file, source, device);
    shuffle_weights(*untaught, options.seed);
  }

  std::int64_t target(const std::string& emotion) const {
    const auto& classes = model.file->classes;
    return std::ranges::find(classes, emotion) - classes.begin();
  }

  Attribution attribution(Network& network, const NetworkInput& input, std::int64_t target) const {
    Attribution all;
    std::vector<torch::Tensor> places;
    const std::int64_t items = input.values.size(0);
    for (std::int64_t first = 0; first < items; first += kTogether) {
      const std::int64_t count = std::min(kTogether, items - first);
      const double gap = all.gap.value_or(0);
      all = attribution_of(network, part_of(input, first, count), target,
                           {options.method, options.steps});
      if (all.gap)
        all.gap = gap + *all.gap * static_cast<double>(count) / static_cast<double>(items);
      places.push_back(all.places);
    }
    all.places = torch::cat(places);
    return all;
  }

  /// `frames`: of the places, those that are the clip's; 0 = all.
  LookedAt look(const NetworkInput& input, std::int64_t target, std::int64_t frames) const {
    const auto clips_own = [&](Attribution attribution) {
      if (frames == 0) return attribution;
      const std::int64_t all = attribution.places.size(1);
      attribution.grid_rows = std::max<std::int64_t>(1, attribution.grid_rows * frames / all);
      attribution.places = attribution.places.narrow(1, 0, frames);
      return attribution;
    };
    const auto found = clips_own(attribution(*model.network, input, target));
    LookedAt result{found.method, found.layer, found.unit, {}, found.gap, std::nullopt};
    result.places = array_of(frames > 0 ? found.places[0].t() : found.places);
    if (!options.check) return result;
    const auto spread = spread_items(static_cast<std::size_t>(input.values.size(0)), kChecked);
    const auto rows =
        torch::tensor(std::vector<std::int64_t>(spread.begin(), spread.end())).to(device);
    const NetworkInput some = {input.values.index_select(0, rows),
                               input.lengths.index_select(0, rows), input.nothing};
    Attribution own = found;
    own.places = found.places.index_select(0, rows);
    // What speaks for the class goes first: of integrated gradients that which has their sign.
    const Deletion deletion(*model.network, some, target);
    result.check =
        AttributionCheck{deletion.area(own.places), deletion.random_area(own, options.seed),
                         correlation(own, clips_own(attribution(*untaught, some, target)))};
    return result;
  }

  MfccDataset dataset_of(const FloatArray& features) const {
    const NetworkChoice network = network_options(*model.file);
    const auto& sizes = network.as<SeriesNetworkOptions>();
    if (features.rows() != static_cast<std::size_t>(sizes.coefficients)) {
      throw Error("{} reads {} features of a step, and the clip has {}", source, sizes.coefficients,
                  features.rows());
    }
    return {
        {&features}, {-1}, model.file->normalisation, static_cast<std::size_t>(sizes.max_frames)};
  }
};

Explainer::Explainer(const LoadedModel& model, std::string source, const ExplainerOptions& options)
    : state_(std::make_unique<State>(model, std::move(source), options)) {}
Explainer::~Explainer() = default;
Explainer::Explainer(Explainer&&) noexcept = default;
Explainer& Explainer::operator=(Explainer&&) noexcept = default;

LookedAt Explainer::at_pictures(const std::vector<std::vector<std::uint8_t>>& pictures,
                                const std::string& emotion) {
  const auto size = network_options(*state_->model.file).as<PictureNetworkOptions>().picture_size;
  const PictureDataset dataset(
      [&](std::size_t i) { return std::span<const std::uint8_t>(pictures[i]); },
      std::vector<std::int64_t>(pictures.size(), -1), static_cast<std::size_t>(size));
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < pictures.size(); ++i) all.push_back(i);
  const Batch batch = dataset.batch(all, state_->device);
  return state_->look({batch.inputs, batch.lengths}, state_->target(emotion), 0);
}

LookedAt Explainer::at_features(const FloatArray& features, const std::string& emotion) {
  const Batch batch = state_->dataset_of(features).batch(kFirst, state_->device);
  const std::int64_t frames =
      std::min<std::int64_t>(static_cast<std::int64_t>(features.columns()), batch.inputs.size(1));
  const auto parts = state_->model.network->parts();
  const bool any_length = std::ranges::all_of(
      parts, [](const Network::Part& part) { return part.network->takes_any_length(); });
  // As far as the clip goes, where what is beyond does not count.
  const auto values = any_length ? batch.inputs.narrow(1, 0, frames).contiguous() : batch.inputs;
  const float nothing = network_options(*state_->model.file).as<SeriesNetworkOptions>().nothing();
  return state_->look({values, batch.lengths, nothing}, state_->target(emotion), frames);
}

std::vector<double> Explainer::answer(const FloatArray& features) {
  return predict(*state_->model.network, state_->dataset_of(features), kFirst, state_->device)
      .front();
}

}  // namespace aver
