#include "features/mfcc.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/finite.h"
#include "base/options.h"
#include "features/mfcc_kernels.h"
#include "features/power_spectrum.h"

namespace aver {
namespace {

WindowShape window_shape_from_name(const std::string& name) {
  return name == "hann"      ? WindowShape::hann
         : name == "hamming" ? WindowShape::hamming
                             : WindowShape::rectangular;
}

const MfccOptions& checked(const MfccOptions& options) {
  options.validate();
  if (options.sample_rate_hz == 0) {
    throw UsageError("The sample rate must be known to compute MFCCs");
  }
  return options;
}

/// Single precision holds the bound of 1e-3 for levels down to 80 dB below the clip's highest.
/// Below that the rounding noise of a strong component shows, and librosa transforms in double.
std::unique_ptr<PowerSpectrum> make_spectrum(const MfccOptions& options) {
  const auto shape = window_shape_from_name(options.window);
  const auto length = static_cast<std::size_t>(options.fft_length);
  if (options.top_db > 0 && options.top_db <= 80) {
    return std::make_unique<PowerSpectrumOf<float>>(shape, length);
  }
  return std::make_unique<PowerSpectrumOf<double>>(shape, length);
}

}  // namespace

void MfccOptions::describe(Options& options) {
  constexpr int kLongestFft = 1 << 17;
  options
      .result("sample-rate", sample_rate_hz,
              "Resample to this rate in Hz first (0 = each file's own)")
      .from_to(0, 1'000'000);
  options.result("coefficients", coefficients, "Coefficients to keep").at_least(1);
  options.result("n-fft", fft_length, "Samples per frame, even").from_to(4, kLongestFft);
  options.result("hop-length", hop_length, "Samples from frame to frame").at_least(1);
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
    if (coefficients > mel_bands) {
      problems.push_back(fmt::format("--coefficients must be at most the mel bands ({}), not {}",
                                     mel_bands, coefficients));
    }
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

std::vector<std::string> MfccOptions::problems() const {
  return Options::of(*this).problems();
}

void MfccOptions::validate() const {
  Options::of(*this).require_valid();
}

Mfcc::Mfcc(const MfccOptions& options)
    : options_(checked(options)),
      spectrum_(make_spectrum(options)),
      dct_(dct_basis(static_cast<std::size_t>(options.coefficients),
                     static_cast<std::size_t>(options.mel_bands))) {
  const double highest =
      options_.highest_hz > 0 ? options_.highest_hz : options_.sample_rate_hz / 2.0;
  const Matrix filters =
      mel_filterbank(options_.sample_rate_hz, static_cast<std::size_t>(options_.fft_length),
                     static_cast<std::size_t>(options_.mel_bands), options_.lowest_hz, highest);
  for (std::size_t band = 0; band < filters.rows; ++band) {
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
  power_.assign(filters.columns + kLanes, 0.0f);
}

Mfcc::~Mfcc() = default;
Mfcc::Mfcc(Mfcc&&) noexcept = default;
Mfcc& Mfcc::operator=(Mfcc&&) noexcept = default;

std::size_t Mfcc::frame_count(std::size_t samples) const {
  return 1 + samples / static_cast<std::size_t>(options_.hop_length);
}

double Mfcc::seconds_per_frame() const {
  return static_cast<double>(options_.hop_length) / options_.sample_rate_hz;
}

Matrix Mfcc::compute(std::span<const float> samples) {
  if (samples.empty()) {
    throw Error("there is not one sample");
  }
  if (first_not_finite(samples)) {
    throw Error("a sample is not a finite number");
  }
  const std::size_t frames = frame_count(samples.size());
  mel_.resize(dct_.columns * frames);
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const auto middle = static_cast<std::ptrdiff_t>(frame) * options_.hop_length;
    spectrum_->compute(samples, middle - options_.fft_length / 2, power_.data());
    band_energies(bands_.data(), bands_.size(), power_.data(), weights_.data(), &mel_[frame],
                  frames);
  }
  power_to_db(mel_, options_.top_db);

  // Levels are all well below zero: taking out the middle first keeps sums of 128 of them small,
  // and float exact enough. Only row 0 of the DCT sees a constant.
  const auto [low, high] = extremes(mel_.data(), mel_.size());
  const float middle = (low + high) / 2;
  Matrix out{dct_.rows, frames, std::vector<float>(dct_.rows * frames)};
  multiply(dct_.values.data(), dct_.rows, dct_.columns, mel_.data(), frames, middle,
           out.values.data());
  const float constant = middle * std::sqrt(static_cast<float>(dct_.columns));
  for (std::size_t t = 0; t < frames; ++t) {
    out.values[t] += constant;
  }
  return out;
}

}  // namespace aver
