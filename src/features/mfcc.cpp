#include "features/mfcc.h"

#include <cmath>

#include "base/error.h"
#include "base/options.h"
#include "features/mfcc_kernels.h"

namespace aver {
namespace {

const MfccOptions& checked(const MfccOptions& options) {
  options.validate();
  if (options.sample_rate_hz == 0) {
    throw UsageError("The sample rate must be known to compute MFCCs");
  }
  return options;
}

}  // namespace

void MfccOptions::describe(Options& options) {
  describe_rate(options);
  options.result("coefficients", coefficients, "Coefficients to keep").at_least(1);
  options.check([this](std::vector<std::string>& problems) {
    if (coefficients > mel_bands) {
      problems.push_back(fmt::format("--coefficients must be at most the mel bands ({}), not {}",
                                     mel_bands, coefficients));
    }
  });
  describe_bands(options);
}

std::vector<std::string> MfccOptions::problems() const {
  return Options::of(*this).problems();
}

void MfccOptions::validate() const {
  Options::of(*this).require_valid();
}

Mfcc::Mfcc(const MfccOptions& options)
    : options_(checked(options)),
      levels_(LogMelOptions(options)),
      dct_(dct_basis(static_cast<std::size_t>(options.coefficients),
                     static_cast<std::size_t>(options.mel_bands))) {}

std::size_t Mfcc::frame_count(std::size_t samples) const {
  return levels_.frame_count(samples);
}

RowAxis Mfcc::row_axis() const {
  // The zeroth is ten times as large as the others: in one colour map they would all look alike.
  return {.name = "coefficient", .unit = "dB", .marks = {}, .first_apart = true};
}

double Mfcc::seconds_per_frame() const {
  return levels_.seconds_per_frame();
}

FloatArray Mfcc::compute(std::span<const float> samples) {
  levels_.compute_levels(samples, mel_);
  const std::size_t frames = frame_count(samples.size());

  // Levels are all well below zero: taking out the middle first keeps sums of 128 of them small,
  // and float exact enough. Only row 0 of the DCT sees a constant.
  const auto [low, high] = extremes(mel_.data(), mel_.size());
  const float middle = (low + high) / 2;
  FloatArray out = FloatArray::matrix(dct_.rows(), frames);
  multiply(dct_.values.data(), dct_.rows(), dct_.columns(), mel_.data(), frames, middle,
           out.values.data());
  const float constant = middle * std::sqrt(static_cast<float>(dct_.columns()));
  for (std::size_t t = 0; t < frames; ++t) {
    out.values[t] += constant;
  }
  return out;
}

}  // namespace aver
