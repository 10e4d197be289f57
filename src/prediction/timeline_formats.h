#pragma once

#include <string>

#include "prediction/estimate_output.h"

namespace aver {

/// When which emotion was there, one after another, of one recording: its segments; else its
/// windows, each up to the middle of what it shares with the next; else the whole of it. Files of
/// programs that know no overlap are made of it.
///
/// A SubRip file: a caption for each, "happy 81 %".
std::string estimate_srt(const ClipEstimate& clip, const AnswerShape& shape);

/// A TextGrid of Praat: the tiers "emotion" and "confidence", with empty intervals where there is
/// no answer. Throws Error for what lasts no time.
std::string estimate_textgrid(const ClipEstimate& clip, const AnswerShape& shape);

/// A line as EmoBox lists clips (key, wav, length, start_time, end_time, emo), with the probability
/// of each class in `scores`: a line for each window, or segment, or for the whole clip.
std::string estimate_emobox(const ClipEstimate& clip, const AnswerShape& shape);

}  // namespace aver
