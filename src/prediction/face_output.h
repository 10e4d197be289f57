#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "prediction/estimate_output.h"

namespace aver {

/// The forms of answers on every face of clips (ClipEstimate::every_face). Boxes are in pixels of
/// the picture, means over the pictures of the row.

/// Header and rows: file, start, end, face (its number from 0), x, y, w, h, emotion, confidence,
/// one column per class, error, remarks. A row per face and window, or per face without windows.
std::string faces_csv_header(const AnswerShape& shape);
std::string faces_csv(const ClipEstimate& clip, const AnswerShape& shape);
std::string faces_failure_csv(const std::string& clip, const std::string& reason,
                              const AnswerShape& shape);

/// clip, seconds, every_face (an object each: face, pictures, start, end, x, y, w, h, emotion,
/// confidence, visual, and windows: the same from start on) and remarks.
nlohmann::ordered_json faces_json(const ClipEstimate& clip, const AnswerShape& shape);

/// For people: a line per face, and per window of it.
std::string faces_text(const ClipEstimate& clip, const AnswerShape& shape);

}  // namespace aver
