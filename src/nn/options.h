#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

class Options;

/// How a convolution treats the border: "valid" computes only where the kernel fits (Keras's
/// default), "same" pads with zeros so that the size stays.
enum class Padding { valid, same };
constexpr auto choices(Padding) {
  return std::array{Padding::valid, Padding::same};
}
std::string_view name_of(Padding padding);

/// What the heavy products of a training step are computed in; see Network::precision.
enum class Precision { fp32, bf16 };
std::string_view name_of(Precision precision);

/// What is told to every network, whatever its architecture: fields of its own come with the struct
/// that derives from it.
struct NetworkOptions {
  virtual ~NetworkOptions() = default;
  int classes = 8;  ///< K, output units; the input brings it

  /// What a user chooses, and what else the input brings and a model file must remember.
  virtual void describe(Options& options) = 0;
  virtual void describe_input(Options&) {}

  /// How many numbers its tensors hold, batch normalisation's statistics too, so that a model file
  /// whose options and weights disagree is refused before the network takes memory. The largest
  /// number there is where it is more; nothing where it is not known. Of options that are valid.
  virtual std::optional<std::size_t> weights() const { return std::nullopt; }
};

/// Throws UsageError that lists everything that cannot work.
void require_valid(NetworkOptions& network);

/// The options of networks that look at pictures.
struct PictureNetworkOptions : NetworkOptions {
  int picture_size = 64;  ///< pixels per side, three channels

  /// --size, for describe().
  void describe_size(Options& options);
};

/// The options of networks that read time steps of coefficients.
struct SeriesNetworkOptions : NetworkOptions {
  int coefficients = 40;  ///< of a time step, such as MFCCs
  int max_frames = 228;   ///< time steps every clip is padded or cut to
  /// How many of them each of several series has, which stand side by side; empty = one series.
  std::vector<int> series;

  void describe_input(Options& options) final;
  /// Whether it must be given levels of mel bands in decibels as they are, not standardised.
  virtual bool reads_levels() const { return false; }
  /// What stands where nothing is to be heard or seen: the mean of standardised features, or a
  /// level far below all sound.
  float nothing() const { return reads_levels() ? -100.0F : 0.0F; }
  /// Whether it has learned to answer where one of several series is away.
  virtual bool may_lack_series() const { return false; }
};

/// A network for log-mel levels of any length: convolutions with residual blocks, a bidirectional
/// GRU, and pooling over time by attention.
struct ResGruOptions : SeriesNetworkOptions {
  bool average_pairs = true;                ///< of frames, first
  std::vector<int> filters = {32, 64, 96};  ///< of the residual blocks, each halving the rows
  int gru = 96;                             ///< units, each way
  int attention = 64;                       ///< units that weigh the time steps
  double dropout = 0.3;                     ///< before the GRU and before the output

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
};

/// A bidirectional GRU over series of features, with pooling by attention.
struct SeriesGruOptions : SeriesNetworkOptions {
  int units = 64;              ///< of the dense layer over each step
  int gru = 64;                ///< units, each way
  int attention = 32;          ///< units that weigh the steps
  double input_dropout = 0.1;  ///< of the features
  double dropout = 0.3;        ///< before the GRU and before the output

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
};

/// Convolutions over the time of series of features, with pooling by attention.
struct SeriesTcnOptions : SeriesNetworkOptions {
  int units = 64;
  int blocks = 5;      ///< each looks twice as far as the one before, one step to begin with
  int attention = 32;  ///< units that weigh the steps
  double input_dropout = 0.1;
  double dropout = 0.3;  ///< in each block and before the output

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
};

/// A GRU for each of several series, each of which attends to the others over time.
struct SeriesJointOptions : SeriesNetworkOptions {
  int units = 64;      ///< of the dense layer over each step of a series
  int gru = 48;        ///< units, each way
  int attention = 32;  ///< units in which a step is compared with those of the others, and weighed
  double input_dropout = 0.1;
  double dropout = 0.3;           ///< before the GRUs and before the output
  double modality_dropout = 0.2;  ///< how often one series of a training clip is away

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
  bool may_lack_series() const override { return modality_dropout > 0; }
};

/// The LSTM layers of a speaker encoder over the power of mel bands, and one dense layer over the
/// mean and deviation of the last one's states.
struct SpeakerLstmOptions : SeriesNetworkOptions {
  int units = 256;  ///< of each LSTM layer, as encoders for GE2E are published
  int layers = 2;
  double dropout = 0.5;  ///< before the output

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
  bool reads_levels() const override { return true; }
};

/// One dense layer over the mean of a series.
struct SeriesLinearOptions : SeriesNetworkOptions {
  double input_dropout = 0;

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
};

/// The visual network (paper, section III.B). The defaults are the paper's; what it leaves open
/// (padding, dense sizes, rate) is ours.
struct VisualNetOptions : PictureNetworkOptions {
  std::vector<int> filters = {32, 64, 128, 256};  ///< per 3x3 convolution, each with a max-pool 2
  Padding padding = Padding::valid;
  std::vector<int> dense = {256, 128};  ///< units of the hidden dense layers
  double dropout = 0.5;                 ///< after each hidden dense layer

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
  /// Picture side after each convolution and pooling, e.g. {31, 14, 6, 2}.
  std::vector<int> sides() const;
};

/// A residual network for small pictures: a convolution and pooling, then blocks of two
/// convolutions each, of which every stage but the first begins with one that halves the sides.
struct ResnetSmallOptions : PictureNetworkOptions {
  std::vector<int> filters = {32, 64, 128};  ///< of the stages
  int blocks = 2;                            ///< of a stage
  int input_channels = 3;                    ///< 1: pictures are made grey first
  double dropout = 0.3;                      ///< before the output

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
};

/// The audio network (paper, section III.C).
struct AudioNetOptions : SeriesNetworkOptions {
  std::vector<int> filters = {64, 128, 256};  ///< of the three 3x3 convolutions
  Padding padding = Padding::same;
  bool third_norm = true;  ///< batch normalisation after the third convolution
  /// Share of the running statistics that stays at each step (Keras's meaning and default). They
  /// start at variance 1, where these layers have about .02: a run of fewer than some 500 steps
  /// validates on statistics that have not settled, and does better with .9.
  double norm_momentum = 0.99;
  double dropout = 0.3;                    ///< after both poolings and the dense layer
  std::vector<int> lstm = {256, 128, 64};  ///< units; the last one gives its last state
  int dense = 64;                          ///< units of the hidden dense layer
  bool mask_padding = false;               ///< last state = the clip's own last step

  void describe(Options& options) override;
  std::optional<std::size_t> weights() const override;
  /// Time steps (or coefficients) left after the convolutions and both poolings.
  int size_after_pooling(int size) const;
};

}  // namespace aver
