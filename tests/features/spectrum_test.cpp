#include "features/spectrum.h"

#include <gmock/gmock.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "base/error.h"
#include "base/random.h"
#include "features/real_fft.h"

namespace {

using namespace aver;

std::vector<float> noise(std::size_t count) {
  Random random(7);
  std::vector<float> values(count);
  for (float& value : values) {
    value = static_cast<float>(random.uniform(-1, 1));
  }
  return values;
}

template <typename Float = float>
std::vector<std::complex<Float>> transformed(const std::vector<float>& values) {
  RealFft<Float> fft(values.size());
  std::copy(values.begin(), values.end(), fft.input().begin());
  const auto spectrum = fft.transform();
  return {spectrum.begin(), spectrum.end()};
}

/// The definition, term by term.
std::complex<double> dft_bin(const std::vector<float>& values, std::size_t bin) {
  std::complex<double> sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto turn =
        static_cast<double>(bin * i % values.size()) / static_cast<double>(values.size());
    sum += double{values[i]} * std::polar(1.0, -2 * std::numbers::pi * turn);
  }
  return sum;
}

TEST(RealFft, EqualsTheDefinitionForLengthsOfAllKinds) {
  // 2048 and 1200 are quick for libavutil; 882, 1102 and 2046 are no multiples of four, 6 and 10
  // are short.
  for (const std::size_t length :
       {4u, 6u, 10u, 22u, 400u, 882u, 1102u, 1200u, 2046u, 2048u, 4096u}) {
    const auto values = noise(length);
    const auto spectrum = transformed(values);
    ASSERT_EQ(spectrum.size(), length / 2 + 1);
    const double tolerance = 1e-5 * static_cast<double>(length);
    for (std::size_t bin = 0; bin <= length / 2; bin += 1 + length / 50) {
      const auto expected = dft_bin(values, bin);
      EXPECT_NEAR(spectrum[bin].real(), expected.real(), tolerance) << length << " bin " << bin;
      EXPECT_NEAR(spectrum[bin].imag(), expected.imag(), tolerance) << length << " bin " << bin;
    }
    const auto exact = transformed<double>(values);
    for (std::size_t bin = 0; bin <= length / 2; bin += 1 + length / 50) {
      EXPECT_LE(std::abs(exact[bin] - dft_bin(values, bin)), 1e-10) << length << " bin " << bin;
    }
    const auto last = dft_bin(values, length / 2);
    EXPECT_NEAR(spectrum[length / 2].real(), last.real(), tolerance) << length;
  }
}

TEST(RealFft, KeepsTheEnergyAsParsevalSays) {
  const auto values = noise(2048);
  double in_time = 0;
  for (const float value : values) {
    in_time += double{value} * value;
  }
  const auto spectrum = transformed(values);
  double in_frequency = std::norm(spectrum.front()) + std::norm(spectrum.back());
  for (std::size_t bin = 1; bin + 1 < spectrum.size(); ++bin) {
    in_frequency += 2.0 * std::norm(spectrum[bin]);
  }
  EXPECT_NEAR(in_frequency / 2048, in_time, 1e-5 * in_time);
}

TEST(RealFft, RefusesOddAndTinyLengths) {
  EXPECT_THAT(
      [&] { RealFft<float>(0); },
      testing::ThrowsMessage<Error>(testing::HasSubstr("An FFT of 0 real values is not possible")));
  EXPECT_THAT(
      [&] { RealFft<float>(2); },
      testing::ThrowsMessage<Error>(testing::HasSubstr("An FFT of 2 real values is not possible")));
  EXPECT_THAT([&] { RealFft<float>(1025); }, testing::ThrowsMessage<Error>(testing::HasSubstr(
                                                 "An FFT of 1025 real values is not possible")));
}

TEST(Window, HannIsPeriodicAndSumsToHalfItsLength) {
  const auto window = hann(2048);
  EXPECT_EQ(window[0], 0);
  EXPECT_EQ(window[1024], 1);
  double sum = 0;
  for (std::size_t i = 0; i < window.size(); ++i) {
    sum += window[i];
    EXPECT_NEAR(window[i], window[(2048 - i) % 2048], 1e-15);
  }
  EXPECT_NEAR(sum, 1024, 1e-9);
}

TEST(MelScale, IsLinearBelowOneKilohertzAndLogarithmicAbove) {
  EXPECT_DOUBLE_EQ(hz_to_mel(0), 0);
  EXPECT_DOUBLE_EQ(hz_to_mel(200), 3);
  EXPECT_DOUBLE_EQ(hz_to_mel(1000), 15);
  EXPECT_NEAR(hz_to_mel(6400), 42, 1e-12);
  for (const double hz : {1.0, 999.0, 1001.0, 11025.0}) {
    EXPECT_NEAR(mel_to_hz(hz_to_mel(hz)), hz, 1e-9);
  }
}

TEST(MelFilterbank, HasTrianglesOfOneHertzArea) {
  const FloatArray filters = mel_filterbank(22050, 65536, 20, 0, 11025);
  for (std::size_t band = 0; band < filters.rows(); ++band) {
    double area = 0;
    for (const float weight : filters.row(band)) {
      area += weight * 22050.0 / 65536;
    }
    EXPECT_NEAR(area, 1, 1e-4) << band;
  }
}

TEST(DctBasis, IsOrthonormal) {
  const FloatArray basis = dct_basis(128, 128);
  for (std::size_t a = 0; a < basis.rows(); ++a) {
    for (std::size_t b = a; b < basis.rows(); ++b) {
      double product = 0;
      for (std::size_t i = 0; i < basis.columns(); ++i) {
        product += double{basis.row(a)[i]} * basis.row(b)[i];
      }
      ASSERT_NEAR(product, a == b ? 1 : 0, 1e-6) << a << ' ' << b;
    }
  }
}

TEST(PowerToDb, RaisesWhatLiesBelowTheFloors) {
  std::vector<float> levels = {1.0f, 1e-3f, 1e-9f, 0.0f};
  power_to_db(levels, 80);
  EXPECT_NEAR(levels[0], 0, 1e-6);
  EXPECT_NEAR(levels[1], -30, 1e-5);
  EXPECT_EQ(levels[2], -80);
  EXPECT_EQ(levels[3], -80);
  levels = {1.0f, 1e-9f, 0.0f};
  power_to_db(levels, 0);
  EXPECT_NEAR(levels[1], -90, 1e-5);
  EXPECT_NEAR(levels[2], -100, 1e-5);
}

}  // namespace
