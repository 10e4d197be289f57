#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "eval/smoother.h"
#include "prediction/clip_fusion.h"
#include "prediction/recogniser.h"

namespace aver {

/// What all answers of a table have in common.
struct AnswerShape {
  std::vector<std::string> classes;
  bool sets = false;                      ///< of classes that cannot be ruled out
  std::optional<Smoother> smoother = {};  ///< makes segments of the windows
  bool every_face = false;                ///< answers are on each face of a clip
};

/// Seconds to the millisecond.
double to_millisecond(double seconds);

/// Probabilities by the names of their classes, to six decimals; null for none.
nlohmann::ordered_json by_class(const std::vector<double>& distribution,
                                const std::vector<std::string>& classes);

/// Three decimals, without zeros at the end.
std::string seconds_text(double seconds);

/// The segments of a clip's windows; of a clip that is too short for windows itself.
std::vector<Segment> segments_of(const ClipEstimate& clip, const Smoother& smoother);
nlohmann::ordered_json segments_json(const std::vector<Segment>& segments,
                                     const std::vector<std::string>& classes);

/// What both models say of one moment, fused; an empty distribution is a missing one, and without
/// both there is no answer.
EmotionEstimate fused_estimate(const ClipFusion& fusion, std::vector<double> visual,
                               std::vector<double> audio, const std::vector<std::string>& classes);

/// What a form's picture and its sound say together: emotion, confidence, decided_by and the
/// distributions, from two objects of estimate_json() of which one has `visual` and the other
/// `audio`.
nlohmann::ordered_json fused_json(const nlohmann::ordered_json& picture,
                                  const nlohmann::ordered_json& sound, const ClipFusion& fusion,
                                  const std::vector<std::string>& classes);

/// One clip as a JSON object: clip, seconds, pictures, faces (counts, where pictures are cropped to
/// them), then emotion, confidence, decided_by, where there are such sets set (names of classes),
/// and the distributions visual, audio and fused by class name (null where a modality is missing),
/// windows (the same with start and end), remarks. Probabilities have six decimals.
nlohmann::ordered_json estimate_json(const ClipEstimate& clip,
                                     const std::vector<std::string>& classes);

/// One window: start, end, and the same with them; `sets` says whether there are such.
nlohmann::ordered_json window_json(const EmotionEstimate& window,
                                   const std::vector<std::string>& classes, bool sets);

/// Header and rows of a table: file, start, end, emotion, confidence, decided_by, one column per
/// class for fused (by its name), visual and audio ("visual_happy"), error, remarks (of the clip,
/// separated by semicolons), and with sets set ("happy|surprised"). A row per window, or
/// one for the whole clip when it has none; missing values are empty. With a smoother there is a
/// row per segment instead, and of the columns file, start, end, emotion, confidence, error and
/// remarks.
std::string estimate_csv_header(const AnswerShape& shape);
std::string estimate_csv(const ClipEstimate& clip, const AnswerShape& shape);
/// The row of a clip that could not be read.
std::string failure_csv(const std::string& clip, const std::string& reason,
                        const AnswerShape& shape);

/// For people: the decision, or between which classes it is "not sure", both distributions as
/// bars, and one line per window, or per segment.
std::string estimate_text(const ClipEstimate& clip, const AnswerShape& shape);

}  // namespace aver
