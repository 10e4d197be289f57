#include "explanation/looked_at.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/error.h"
#include "explanation/attribution.h"
#include "explanation/attribution_check.h"
#include "train/dataset.h"
#include "train/load_network.h"
#include "train/network_options.h"

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

/// Items at a time, whose layers are all kept until the gradient is there.
constexpr std::int64_t kTogether = 16;

NetworkInput part_of(const NetworkInput& input, std::int64_t first, std::int64_t count) {
  return {input.values.narrow(0, first, count), input.lengths.narrow(0, first, count)};
}

/// Of so many items at most, evenly spread, the checks are made: they ask the network a hundred
/// times about each.
constexpr std::int64_t kChecked = 8;

torch::Tensor spread(std::int64_t items) {
  const std::int64_t taken = std::min(items, kChecked);
  return (torch::arange(taken, torch::kFloat64) * static_cast<double>(items) /
          static_cast<double>(taken))
      .floor()
      .to(torch::kInt64);
}

}  // namespace

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
      all = attribution_of(network, part_of(input, first, count), target, options.steps);
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
    LookedAt result{found.method, found.layer, {}, found.gap, std::nullopt};
    result.places = array_of(frames > 0 ? found.places[0].t() : found.places);
    if (!options.check) return result;
    const auto rows = spread(input.values.size(0)).to(device);
    const NetworkInput some = {input.values.index_select(0, rows),
                               input.lengths.index_select(0, rows)};
    Attribution own = found;
    own.places = found.places.index_select(0, rows);
    // What speaks for the class goes first: of integrated gradients that which has their sign.
    result.check =
        AttributionCheck{deletion_area(*model.network, some, own.places, target),
                         random_deletion_area(*model.network, some, own, target, options.seed),
                         correlation(own, clips_own(attribution(*untaught, some, target)))};
    return result;
  }

  /// One clip, as far as it goes where the network does not count what is beyond.
  std::pair<NetworkInput, std::int64_t> input_of(const FloatArray& features) const {
    const NetworkChoice network = network_options(*model.file);
    const auto& sizes = network.as<SeriesNetworkOptions>();
    if (features.rows() != static_cast<std::size_t>(sizes.coefficients)) {
      throw Error("{} reads {} features of a step, and the clip has {}", source, sizes.coefficients,
                  features.rows());
    }
    const MfccDataset dataset({&features}, {-1}, model.file->normalisation,
                              static_cast<std::size_t>(sizes.max_frames));
    const std::vector<std::size_t> first = {0};
    Batch batch = dataset.batch(first, device);
    const auto frames =
        std::min<std::int64_t>(static_cast<std::int64_t>(features.columns()), sizes.max_frames);
    const auto parts = model.network->parts();
    if (std::ranges::all_of(parts,
                            [](const auto& part) { return part.network->takes_any_length(); })) {
      batch.inputs = batch.inputs.narrow(1, 0, frames).contiguous();
    }
    return {{batch.inputs, batch.lengths}, frames};
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
  const auto [input, frames] = state_->input_of(features);
  return state_->look(input, state_->target(emotion), frames);
}

std::vector<double> Explainer::answer(const FloatArray& features) {
  const torch::NoGradGuard no_gradients;
  const auto [input, frames] = state_->input_of(features);
  const auto answer =
      torch::softmax(
          state_->model.network->forward(input.values, input.lengths).to(torch::kFloat64), 1)
          .to(torch::kCPU)
          .contiguous();
  return {answer.data_ptr<double>(), answer.data_ptr<double>() + answer.numel()};
}

}  // namespace aver
