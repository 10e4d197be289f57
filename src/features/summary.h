#pragma once

#include <span>
#include <string>

#include "base/array.h"

namespace aver {

/// What a summary of a clip says of each feature; of the three thirds how far their means are from
/// that of all.
enum class Said { mean, deviation, low, high, third };

/// The parts of "mean-deviation", and of "course", which adds the 10 % and 90 % quantiles and each
/// third of the clip; empty for any other word, which is no summary.
std::span<const Said> said_by(const std::string& summary);

/// [parts · features, 1] of a matrix [features, frames]: what is said of all features, one part
/// after the other.
FloatArray summary_of(const FloatArray& features, std::span<const Said> parts);

}  // namespace aver
