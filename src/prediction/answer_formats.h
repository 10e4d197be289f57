#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "prediction/estimate_output.h"

namespace aver {

/// One way to write the answers on clips. A new one is its functions with their row in
/// answer_formats.cpp: the command line, its help and errors, and the join of shards read the rows.
struct AnswerFormat {
  std::string_view name;
  std::string (*head)(const AnswerShape& shape) = nullptr;  ///< before all answers; may be ""
  std::string (*clip)(const ClipEstimate& clip, const AnswerShape& shape) = nullptr;
  /// What is said of a clip that could not be read; may be "", for they are listed at the end.
  std::string (*failure)(const std::string& clip, const std::string& reason,
                         const AnswerShape& shape) = nullptr;
  std::string_view media_type = {};  ///< what aver-serve sends it as; "" = it does not
  bool of_one_clip = false;          ///< a file of this form is about one recording
  bool of_faces = true;              ///< answers on each face of a clip can be written
};

/// All of them; the first is what is written unless told.
std::span<const AnswerFormat> answer_formats();

std::vector<std::string> answer_format_names();

/// Throws UsageError that names those there are.
const AnswerFormat& answer_format(std::string_view name);

}  // namespace aver
