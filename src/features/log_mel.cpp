#include "features/log_mel.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/finite.h"
#include "base/options.h"
#include "features/mfcc_kernels.h"
#include "features/power_spectrum.h"

namespace aver {
namespace {

constexpr std::size_t kDeltaWidth = 9;

WindowShape window_shape_from_name(const std::string& name) {
  return name == "hann"      ? WindowShape::hann
         : name == "hamming" ? WindowShape::hamming
                             : WindowShape::rectangular;
}

const LogMelOptions& checked(const LogMelOptions& options) {
  Options::of(options).require_valid();
  if (options.sample_rate_hz == 0) {
    throw UsageError("The sample rate must be known to compute mel levels");
  }
  return options;
}

double highest_hz_of(const LogMelOptions& options) {
  return options.highest_hz > 0 ? options.highest_hz : options.sample_rate_hz / 2.0;
}

/// Single precision holds the bound of 1e-3 for levels down to 80 dB below the clip's highest.
/// Below that the rounding noise of a strong component shows, and librosa transforms in double.
std::unique_ptr<PowerSpectrum> make_spectrum(const LogMelOptions& options) {
  const auto shape = window_shape_from_name(options.window);
  const auto length = static_cast<std::size_t>(options.fft_length);
  if (options.top_db > 0 && options.top_db <= 80) {
    return std::make_unique<PowerSpectrumOf<float>>(shape, length);
  }
  return std::make_unique<PowerSpectrumOf<double>>(shape, length);
}

/// Weights whose sum over a window of `width` values is the derivative of the polynomial of degree
/// `order` that fits them best (Savitzky and Golay, 1964).
std::vector<double> derivative_weights(std::size_t width, int order) {
  const auto half = static_cast<double>(width / 2);
  std::vector<double> weights;
  double mean_square = 0;
  for (double k = -half; k <= half; ++k) mean_square += k * k / static_cast<double>(width);
  double norm = 0;
  for (double k = -half; k <= half; ++k) {
    const double value = order == 1 ? k : k * k - mean_square;
    weights.push_back(value);
    norm += value * value;
  }
  for (double& weight : weights) weight *= order / norm;  // d/dk of k is 1, d²/dk² of k² is 2
  return weights;
}

/// The samples of a clip that is quieter than `loudness_db`, raised to it.
std::vector<float> raised(std::span<const float> samples, double loudness_db) {
  double energy = 0;
  for (const float sample : samples) energy += static_cast<double>(sample) * sample;
  const double level =
      std::sqrt(energy / static_cast<double>(std::max<std::size_t>(samples.size(), 1)));
  const double gain = level > 0 ? std::max(1.0, std::pow(10, loudness_db / 20) / level) : 1.0;
  std::vector<float> louder(samples.begin(), samples.end());
  for (float& sample : louder) sample = static_cast<float>(sample * gain);
  return louder;
}

}  // namespace

Option& describe_loudness(Options& options, double& loudness_db) {
  return options
      .result("loudness-db", loudness_db,
              "Raise clips that are quieter than this level (dB below full scale) to it (0 = leave "
              "them)")
      .from_to(-200, 0);
}

void MelOptions::describe_rate(Options& options) {
  options
      .result("sample-rate", sample_rate_hz,
              "Resample to this rate in Hz first (0 = each file's own)")
      .from_to(0, 1'000'000);
}

void MelOptions::describe_bands(Options& options) {
  constexpr int kLongestFft = 1 << 17;
  options.result("n-fft", fft_length, "Samples per frame, even").from_to(4, kLongestFft);
  options.result("hop-length", hop_length, "Samples from frame to frame").from_to(1, kLongestFft);
  options.result("mels", mel_bands, "Mel bands").from_to(1, 4096);
  options.result("lowest-hz", lowest_hz, "Lower edge of the first mel band").at_least(0);
  options
      .result("highest-hz", highest_hz,
              "Upper edge of the last mel band (0 = half the sample rate)")
      .at_least(0);
  options
      .result("top-db", top_db, "Raise levels further than this below the clip's highest (0 = off)")
      .at_least(0);
  options.result("window", window, "hann, hamming or rectangular")
      .one_of({"hann", "hamming", "rectangular"});
  options.check([this](std::vector<std::string>& problems) {
    if (fft_length % 2 != 0) {
      problems.push_back(fmt::format("--n-fft must be even, not {}", fft_length));
    }
    const double half = sample_rate_hz / 2.0;
    if (half > 0 && highest_hz > half) {
      problems.push_back(fmt::format(
          "--highest-hz must be 0 (half the sample rate) or at most {}, not {}", half, highest_hz));
    }
    const double top = highest_hz == 0 && half > 0 ? half : highest_hz;
    if (top != 0 && lowest_hz >= top) {
      problems.push_back(
          fmt::format("--lowest-hz ({}) must be below --highest-hz ({})", lowest_hz, top));
    }
  });
}

void LogMelOptions::describe(Options& options) {
  describe_rate(options);
  describe_bands(options);
  options
      .result("deltas", deltas,
              "Rows that follow the levels: 0 = none, 1 = their slope in time, 2 = and curvature")
      .from_to(0, 2);
  options
      .result("trim-db", trim_db,
              "Leave out frames at both ends that are so many dB under the loudest (0 = none)")
      .at_least(0)
      .unsaid_at(0);
  describe_loudness(options, loudness_db).unsaid_at(0);
}

LogMel::LogMel(const LogMelOptions& options)
    : options_(checked(options)), spectrum_(make_spectrum(options)) {
  const FloatArray filters = mel_filterbank(
      options_.sample_rate_hz, static_cast<std::size_t>(options_.fft_length),
      static_cast<std::size_t>(options_.mel_bands), options_.lowest_hz, highest_hz_of(options_));
  for (std::size_t band = 0; band < filters.rows(); ++band) {
    const auto row = filters.row(band);
    const auto used = [](float weight) { return weight > 0; };
    const auto first = std::find_if(row.begin(), row.end(), used);
    const auto last = std::find_if(row.rbegin(), row.rend(), used).base();
    const std::size_t count = first < last ? static_cast<std::size_t>(last - first) : 0;
    bands_.push_back({count > 0 ? static_cast<std::size_t>(first - row.begin()) : 0,
                      weights_.size(), (count + kLanes - 1) / kLanes});
    weights_.insert(weights_.end(), first, first + static_cast<std::ptrdiff_t>(count));
    weights_.resize(bands_.back().first_weight + bands_.back().blocks * kLanes, 0.0f);
  }
  power_.assign(filters.columns() + kLanes, 0.0f);
}

LogMel::~LogMel() = default;
LogMel::LogMel(LogMel&&) noexcept = default;
LogMel& LogMel::operator=(LogMel&&) noexcept = default;

std::size_t LogMel::frame_count(std::size_t samples) const {
  return 1 + samples / static_cast<std::size_t>(options_.hop_length);
}

double LogMel::seconds_per_frame() const {
  return static_cast<double>(options_.hop_length) / options_.sample_rate_hz;
}

RowAxis LogMel::row_axis() const {
  RowAxis axis = {.name = "frequency (kHz)", .unit = "dB", .marks = {}, .shown = bands_.size()};
  const double lowest = hz_to_mel(options_.lowest_hz);
  const double highest = hz_to_mel(highest_hz_of(options_));
  const double bands_per_mel = static_cast<double>(bands_.size() + 1) / (highest - lowest);
  for (double power = 100; power <= highest_hz_of(options_); power *= 10) {
    for (const double hz : {power, 2 * power, 5 * power}) {
      const double row = (hz_to_mel(hz) - lowest) * bands_per_mel - 1;
      if (row >= 0 && row <= static_cast<double>(bands_.size() - 1)) {
        axis.marks.push_back({row, fmt::format("{:g}", hz / 1000)});
      }
    }
  }
  return axis;
}

void LogMel::compute_levels(std::span<const float> samples, std::vector<float>& levels) {
  if (samples.empty()) throw Error("there is not one sample");
  if (first_not_finite(samples)) throw Error("a sample is not a finite number");
  const std::size_t frames = frame_count(samples.size());
  levels.resize(bands_.size() * frames);
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const auto middle = static_cast<std::ptrdiff_t>(frame) * options_.hop_length;
    spectrum_->compute(samples, middle - options_.fft_length / 2, power_.data());
    band_energies(bands_.data(), bands_.size(), power_.data(), weights_.data(), &levels[frame],
                  frames);
  }
  power_to_db(levels, options_.top_db);
}

FloatArray LogMel::compute(std::span<const float> samples) {
  FloatArray levels{{bands_.size(), samples.empty() ? 0 : frame_count(samples.size())}, {}};
  if (options_.loudness_db == 0) {
    compute_levels(samples, levels.values);
  } else {
    compute_levels(raised(samples, options_.loudness_db), levels.values);
  }
  if (options_.trim_db > 0) {
    const auto [first, end] = heard_frames(levels, options_.trim_db);
    levels = frames_of(levels, first, end);
  }
  FloatArray out = levels;
  for (int order = 1; order <= options_.deltas; ++order) {
    const FloatArray deltas = deltas_of(levels, order);
    out.shape[0] += deltas.rows();
    out.values.insert(out.values.end(), deltas.values.begin(), deltas.values.end());
  }
  return out;
}

std::pair<std::size_t, std::size_t> heard_frames(const FloatArray& levels, double trim_db) {
  const std::size_t frames = levels.columns();
  std::vector<double> power(frames);
  for (std::size_t row = 0; row < levels.rows(); ++row) {
    for (std::size_t t = 0; t < frames; ++t) {
      power[t] += std::pow(10.0, levels.values[row * frames + t] / 10.0);
    }
  }
  const double least = *std::max_element(power.begin(), power.end()) * std::pow(10, -trim_db / 10);
  const auto heard = [&](double value) { return value >= least; };
  return {static_cast<std::size_t>(std::find_if(power.begin(), power.end(), heard) - power.begin()),
          static_cast<std::size_t>(std::find_if(power.rbegin(), power.rend(), heard).base() -
                                   power.begin())};
}

FloatArray frames_of(const FloatArray& matrix, std::size_t first, std::size_t end) {
  FloatArray kept = FloatArray::matrix(matrix.rows(), end - first);
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    std::ranges::copy(matrix.row(row).subspan(first, end - first),
                      kept.values.begin() + static_cast<std::ptrdiff_t>(row * kept.columns()));
  }
  return kept;
}

FloatArray deltas_of(const FloatArray& clip, int order) {
  const std::size_t frames = clip.columns();
  FloatArray deltas = FloatArray::matrix(clip.rows(), frames);
  const std::size_t width = std::min(kDeltaWidth, frames - (frames % 2 == 0 ? 1 : 0));
  if (frames < 3) return deltas;
  const auto weights = derivative_weights(width, order);
  for (std::size_t row = 0; row < clip.rows(); ++row) {
    for (std::size_t t = 0; t < frames; ++t) {
      const std::size_t first =
          std::min(t < width / 2 ? 0 : t - width / 2, frames - width);  // of the nine frames
      double sum = 0;
      for (std::size_t k = 0; k < width; ++k) {
        sum += weights[k] * clip.values[row * frames + first + k];
      }
      deltas.values[row * frames + t] = static_cast<float>(sum);
    }
  }
  return deltas;
}

}  // namespace aver
