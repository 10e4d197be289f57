#include "nn/options.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <numeric>

#include "base/checked_size.h"
#include "base/error.h"
#include "base/options.h"

namespace aver {
namespace {

constexpr int kKernel = 3;
constexpr int kPool = 2;
constexpr int kStemKernel = 5;  // of ResGru

// Far beyond any clip, and small enough for memory: four hours are 1.4 million steps of 10 ms.
constexpr int kMostCoefficients = 1 << 16, kMostFrames = 1 << 21;
constexpr std::int64_t kMostNumbers = std::int64_t{1} << 28;

int after_convolution(int size, Padding padding) {
  return padding == Padding::same ? size : std::max(size, kKernel - 1) - (kKernel - 1);
}

/// Adds up the numbers that layers hold.
class WeightCount {
 public:
  void tensor(std::initializer_list<std::int64_t> shape) {
    constexpr auto kMost = std::numeric_limits<std::size_t>::max();
    const std::size_t more = checked_product(shape).value_or(kMost);
    if (__builtin_add_overflow(count_, more, &count_)) count_ = kMost;
  }
  void convolution(std::int64_t from, std::int64_t to, std::int64_t side = kKernel) {
    tensor({side, side, from, to});
    tensor({to});
  }
  void norm(std::int64_t channels) {
    tensor({4, channels});  // scale, shift, mean and variance
    tensor({1});            // how many batches they have seen
  }
  void lstm(std::int64_t from, std::int64_t to) {
    tensor({4, from, to});  // four gates
    tensor({4, to, to});
    tensor({2, 4, to});
  }
  void dense(std::int64_t from, std::int64_t to, std::int64_t places = 1) {
    tensor({places, from, to});
    tensor({to});
  }
  void gru_both_ways(std::int64_t from, std::int64_t to) {
    for (int way = 0; way < 2; ++way) {
      tensor({3, from, to});  // three gates
      tensor({3, to, to});
      tensor({2, 3, to});
    }
  }
  void attention(std::int64_t features, std::int64_t units) {
    dense(features, units);
    dense(units, 1);
  }
  std::size_t count() const { return count_; }

 private:
  std::size_t count_ = 0;
};

constexpr const char* kPaddingHelp = "Border of the convolutions: valid or same";
constexpr const char* kDropoutHelp = "Dropout rate";
constexpr const char* kInputDropoutHelp = "Dropout of the features themselves";
constexpr const char* kAttentionHelp = "Units that weigh the time steps";

}  // namespace

std::string_view name_of(Padding padding) {
  return padding == Padding::same ? "same" : "valid";
}

std::string_view name_of(Precision precision) {
  return precision == Precision::fp32 ? "fp32" : "bf16";
}

void require_valid(NetworkOptions& network) {
  Options options;
  options.check([&](std::vector<std::string>& problems) {
    if (network.classes >= 2) return;
    problems.push_back(fmt::format("there must be at least two classes, not {}", network.classes));
  });
  network.describe_input(options);
  network.describe(options);
  const auto problems = options.problems();
  if (!problems.empty()) {
    throw UsageError("The network cannot be built: {}.", fmt::join(problems, "; "));
  }
}

void PictureNetworkOptions::describe_size(Options& options) {
  constexpr int kLargestSide = 1 << 14;
  options.result("size", picture_size, "Side the pictures are squeezed to, pixels")
      .key("picture_size")
      .from_to(1, kLargestSide);
}

void SeriesNetworkOptions::describe_input(Options& options) {
  options.result("coefficients", coefficients, "Coefficients of a time step")
      .from_to(1, kMostCoefficients);
  options.result("max_frames", max_frames, "Time steps every clip is padded or cut to")
      .from_to(1, kMostFrames);
  options.result("series", series, "Coefficients of each of several series")
      .each_at_least(1)
      .unsaid_at(nlohmann::ordered_json::array());
  options.check([this](std::vector<std::string>& problems) {
    const auto all = std::accumulate(series.begin(), series.end(), std::int64_t{0});
    if (!series.empty() && all != coefficients) {
      problems.push_back(fmt::format("the series have {} coefficients together, and there are {}",
                                     all, coefficients));
    }
    if (std::int64_t{coefficients} * max_frames > kMostNumbers) {
      problems.push_back(fmt::format("max_frames {} of {} coefficients are more than {} numbers",
                                     max_frames, coefficients, kMostNumbers));
    }
  });
}

std::vector<int> VisualNetOptions::sides() const {
  std::vector<int> sides;
  int side = picture_size;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    side = std::max(after_convolution(side, padding), 0) / kPool;
    sides.push_back(side);
  }
  return sides;
}

void VisualNetOptions::describe(Options& options) {
  describe_size(options);
  options.result("filters", filters, "Filters of the convolutions").each_at_least(1);
  options.result("padding", padding, kPaddingHelp);
  options.result("dense", dense, "Units of the hidden dense layers").each_at_least(1);
  options.result("dropout", dropout, kDropoutHelp).from_to_below(0, 1);
  options.check([this](std::vector<std::string>& problems) {
    if (filters.empty()) problems.emplace_back("--filters needs at least one number");
    if (!filters.empty() && sides().back() < 1) {
      problems.push_back(fmt::format(
          "pictures of --size {} shrink to nothing after {} convolutions with --padding {}",
          picture_size, filters.size(), name_of(padding)));
    }
  });
}

std::optional<std::size_t> VisualNetOptions::weights() const {
  WeightCount layers;
  std::int64_t from = 3;
  for (const int to : filters) {
    layers.convolution(from, to);
    from = to;
  }
  const std::int64_t side = sides().back();
  std::int64_t places = side * side;
  const auto add = [&](int to) {
    layers.dense(from, to, places);
    from = to;
    places = 1;
  };
  for (const int to : dense) add(to);
  add(classes);
  return layers.count();
}

void ResnetSmallOptions::describe(Options& options) {
  describe_size(options);
  options
      .result("filters", filters, "Filters of the stages, each of half the size of the one before")
      .each_at_least(1);
  options.result("blocks", blocks, "Residual blocks of a stage").from_to(1, 16);
  options.result("input-channels", input_channels, "3 (colour) or 1 (pictures are made grey first)")
      .from_to(1, 3);
  options.result("dropout", dropout, "Dropout before the output").from_to_below(0, 1);
  options.check([this](std::vector<std::string>& problems) {
    if (filters.empty()) problems.emplace_back("--filters needs at least one number");
    if (input_channels == 2) problems.emplace_back("--input-channels must be 1 or 3, not 2");
    if (picture_size < 2) problems.emplace_back("--size must be 2 or more for this network");
  });
}

std::optional<std::size_t> ResnetSmallOptions::weights() const {
  WeightCount layers;
  std::int64_t from = filters.front();
  layers.convolution(input_channels, from);
  layers.norm(from);
  for (std::size_t stage = 0; stage < filters.size(); ++stage) {
    const int to = filters[stage];
    for (int i = 0; i < blocks; ++i) {
      layers.convolution(from, to);
      layers.norm(to);
      layers.convolution(to, to);
      layers.norm(to);
      if ((stage > 0 && i == 0) || from != to) layers.convolution(from, to, 1);
      from = to;
    }
  }
  layers.dense(from, classes);
  return layers.count();
}

void ResGruOptions::describe(Options& options) {
  options.result("average-pairs", average_pairs, "Average frames in pairs first").has_opposite();
  options
      .result("filters", filters, "Filters of the residual blocks, each of which halves the rows")
      .each_at_least(1);
  options.result("gru", gru, "Units of the GRU, each way").at_least(1);
  options.result("attention", attention, kAttentionHelp).at_least(1);
  options.result("dropout", dropout, "Dropout before the GRU and before the output")
      .from_to_below(0, 1);
  options.check([this](std::vector<std::string>& problems) {
    if (filters.empty()) problems.emplace_back("--filters needs at least one number");
  });
}

std::optional<std::size_t> ResGruOptions::weights() const {
  WeightCount layers;
  std::int64_t from = filters.front();
  layers.convolution(1, from, kStemKernel);
  layers.norm(from);
  std::int64_t rows = (coefficients + 1) / 2;
  for (const int to : filters) {
    layers.convolution(from, to);
    layers.norm(to);
    layers.convolution(to, to);
    layers.norm(to);
    layers.convolution(from, to, 1);
    from = to;
    rows = (rows + 1) / 2;
  }
  layers.gru_both_ways(from * rows, gru);
  layers.attention(2 * std::int64_t{gru}, attention);
  layers.dense(4 * std::int64_t{gru}, classes);
  return layers.count();
}

void SeriesGruOptions::describe(Options& options) {
  options.result("units", units, "Units of the dense layer over each step").at_least(1);
  options.result("gru", gru, "Units of the GRU, each way").at_least(1);
  options.result("attention", attention, kAttentionHelp).at_least(1);
  options.result("input-dropout", input_dropout, kInputDropoutHelp).from_to_below(0, 1);
  options.result("dropout", dropout, "Dropout before the GRU and before the output")
      .from_to_below(0, 1);
}

std::optional<std::size_t> SeriesGruOptions::weights() const {
  WeightCount layers;
  layers.dense(coefficients, units);
  layers.gru_both_ways(units, gru);
  layers.attention(2 * std::int64_t{gru}, attention);
  layers.dense(4 * std::int64_t{gru}, classes);
  return layers.count();
}

void SeriesTcnOptions::describe(Options& options) {
  options.result("units", units, "Filters of each convolution").at_least(1);
  options
      .result("blocks", blocks, "Convolutions over time; each looks twice as far as the one before")
      .from_to(1, 12);
  options.result("attention", attention, kAttentionHelp).at_least(1);
  options.result("input-dropout", input_dropout, kInputDropoutHelp).from_to_below(0, 1);
  options.result("dropout", dropout, "Dropout in each block and before the output")
      .from_to_below(0, 1);
}

std::optional<std::size_t> SeriesTcnOptions::weights() const {
  WeightCount layers;
  layers.dense(coefficients, units);
  for (int i = 0; i < blocks; ++i) {
    layers.tensor({2, units});  // the norm
    layers.tensor({3, units, units});
    layers.tensor({units});
  }
  layers.attention(units, attention);
  layers.dense(2 * std::int64_t{units}, classes);
  return layers.count();
}

void SeriesJointOptions::describe(Options& options) {
  options.result("units", units, "Units of the dense layer over each step of a series").at_least(1);
  options.result("gru", gru, "Units of each series' GRU, each way").at_least(1);
  options
      .result("attention", attention,
              "Units in which steps of one series are compared with those of another, and weighed")
      .at_least(1);
  options.result("input-dropout", input_dropout, kInputDropoutHelp).from_to_below(0, 1);
  options.result("dropout", dropout, "Dropout before the GRUs and before the output")
      .from_to_below(0, 1);
  options
      .result("modality-dropout", modality_dropout,
              "How often one series of a training clip is away, so that the others learn to do "
              "without (0 = never)")
      .from_to_below(0, 1);
}

std::optional<std::size_t> SeriesJointOptions::weights() const {
  WeightCount layers;
  const std::int64_t states = 2 * std::int64_t{gru};
  const std::vector<int> parts = series.empty() ? std::vector{coefficients} : series;
  for (const int part : parts) {
    layers.dense(part, units);
    layers.gru_both_ways(units, gru);
    if (parts.size() > 1) {
      layers.dense(states, attention);
      layers.dense(states, attention);
      layers.dense(states, states);
      layers.tensor({2, states});  // the norm
    }
    layers.attention(states, attention);
  }
  layers.dense(2 * states * static_cast<std::int64_t>(parts.size()), classes);
  return layers.count();
}

void SpeakerLstmOptions::describe(Options& options) {
  options.result("units", units, "Units of each LSTM layer").at_least(1);
  options.result("layers", layers, "LSTM layers").from_to(1, 16);
  options.result("dropout", dropout, "Dropout before the output").from_to_below(0, 1);
}

std::optional<std::size_t> SpeakerLstmOptions::weights() const {
  WeightCount sizes;
  for (int i = 0; i < layers; ++i) sizes.lstm(i == 0 ? coefficients : units, units);
  sizes.tensor({2, 2, units});  // the norm of mean and deviation
  sizes.dense(2 * std::int64_t{units}, classes);
  return sizes.count();
}

void SeriesLinearOptions::describe(Options& options) {
  options.result("input-dropout", input_dropout, kInputDropoutHelp).from_to_below(0, 1);
}

std::optional<std::size_t> SeriesLinearOptions::weights() const {
  WeightCount layers;
  layers.dense(coefficients, classes);
  return layers.count();
}

int AudioNetOptions::size_after_pooling(int size) const {
  const int second = after_convolution(after_convolution(size, padding), padding);
  const int third = after_convolution(std::max(second, 0) / kPool, padding);
  return std::max(third, 0) / kPool;
}

void AudioNetOptions::describe(Options& options) {
  options.result("filters", filters, "Filters of the three convolutions").each_at_least(1);
  options.result("padding", padding, kPaddingHelp);
  options
      .result("third-norm", on_or_off(third_norm),
              "Batch normalisation after the third convolution: on, off")
      .key("third_norm");
  options
      .result("norm-momentum", norm_momentum,
              "Share of batch normalisation's running statistics that stays at each step; runs of "
              "fewer than some 500 steps do better with 0.9")
      .key("norm_momentum")
      .from_to_below(0, 1)
      .may_be_missing();
  options.result("lstm", lstm, "Units of the LSTM layers").each_at_least(1);
  options.result("dense", dense, "Units of the hidden dense layer").at_least(1);
  options.result("dropout", dropout, kDropoutHelp).from_to_below(0, 1);
  options
      .result("mask-padding", mask_padding,
              "Read the LSTM's state at each clip's own last step, not after the padding")
      .key("mask_padding");
  options.check([this](std::vector<std::string>& problems) {
    if (filters.size() != 3) {
      problems.push_back(fmt::format("--filters needs three numbers, not {}", filters.size()));
    }
    if (lstm.empty()) problems.emplace_back("--lstm needs at least one number");
    if (size_after_pooling(max_frames) < 1 || size_after_pooling(coefficients) < 1) {
      problems.push_back(
          fmt::format("{} time steps of {} coefficients shrink to nothing with --padding {}",
                      max_frames, coefficients, name_of(padding)));
    }
  });
}

std::optional<std::size_t> AudioNetOptions::weights() const {
  WeightCount layers;
  std::int64_t from = 1;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    layers.convolution(from, filters[i]);
    from = filters[i];
    if (i < 2 || third_norm) layers.norm(from);
  }
  from *= size_after_pooling(coefficients);
  for (const int to : lstm) {
    layers.lstm(from, to);
    from = to;
  }
  layers.dense(from, dense);
  layers.dense(dense, classes);
  return layers.count();
}

}  // namespace aver
