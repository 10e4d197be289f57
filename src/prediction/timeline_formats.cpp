#include "prediction/timeline_formats.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/escaped_name.h"
#include "base/files.h"
#include "base/json_bytes.h"

namespace aver {
namespace {

struct Stretch {
  double start = 0;
  double end = 0;
  std::string emotion;  ///< "" without an answer
  double confidence = 0;
};

std::vector<Stretch> stretches_of(const ClipEstimate& clip, const AnswerShape& shape) {
  std::vector<Stretch> stretches;
  if (shape.smoother) {
    for (const Segment& one : segments_of(clip, *shape.smoother)) {
      stretches.push_back({one.start, one.end, shape.classes[one.top], one.confidence});
    }
    return stretches;
  }
  const auto add = [&](const EmotionEstimate& part) {
    stretches.push_back({part.start, part.end, part.emotion, part.confidence()});
  };
  for (const EmotionEstimate& window : clip.windows) add(window);
  if (stretches.empty()) add(clip.whole);
  for (std::size_t i = 1; i < stretches.size(); ++i) {
    if (stretches[i].start >= stretches[i - 1].end) continue;
    stretches[i].start = stretches[i - 1].end = (stretches[i].start + stretches[i - 1].end) / 2;
  }
  return stretches;
}

/// "00:01:02,345"
std::string srt_time(double seconds) {
  const auto all = static_cast<long long>(std::llround(seconds * 1000));
  return fmt::format("{:02}:{:02}:{:02},{:03}", all / 3'600'000, all / 60'000 % 60, all / 1000 % 60,
                     all % 1000);
}

void require_time(const ClipEstimate& clip) {
  if (clip.seconds == 0) throw Error("{} is a picture, of which there is no timeline", clip.name);
  if (to_millisecond(clip.seconds) > 0) return;
  throw Error("{} is shorter than a millisecond, of which there is no timeline", clip.name);
}

/// Between double quotes, where Praat wants each of them twice.
std::string praat_text(const std::string& text) {
  std::string inside;
  for (const char byte : text) inside += byte == '"' ? "\"\"" : std::string(1, byte);
  return "\"" + inside + "\"";
}

struct Interval {
  double start = 0;
  double end = 0;
  std::string text;
};

/// Without holes, from 0 to the end.
std::vector<Interval> filled(const std::vector<Interval>& some, double end) {
  std::vector<Interval> all;
  double at = 0;
  for (const Interval& one : some) {
    if (one.start > at) all.push_back({at, one.start, ""});
    if (one.end > one.start) all.push_back(one);
    at = std::max(at, one.end);
  }
  if (end > at) all.push_back({at, end, ""});
  return all;
}

std::string tier(int number, const std::string& name, const std::vector<Interval>& intervals) {
  std::string text = fmt::format(
      "    item [{}]:\n        class = \"IntervalTier\"\n        name = {}\n        xmin = 0\n     "
      "   "
      "xmax = {:.10g}\n        intervals: size = {}\n",
      number, praat_text(name), intervals.back().end, intervals.size());
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    text += fmt::format(
        "        intervals [{}]:\n            xmin = {:.10g}\n            xmax = {:.10g}\n         "
        "  "
        " text = {}\n",
        i + 1, intervals[i].start, intervals[i].end, praat_text(intervals[i].text));
  }
  return text;
}

std::string emobox_line(const ClipEstimate& clip, std::size_t part, double start, double end,
                        const std::string& emotion, const std::vector<double>& scores,
                        const AnswerShape& shape) {
  const bool whole = part == 0;
  // Clips of several folders may have one name.
  std::string key = name_for_json(fs::path(clip.name).replace_extension().string());
  std::ranges::replace(key, '/', '-');
  nlohmann::ordered_json line = {{"key", whole ? key : fmt::format("{}#{}", key, part)},
                                 {"wav", name_for_json(clip.name)},
                                 {"length", to_millisecond(end - start)}};
  if (!whole) {
    line["start_time"] = to_millisecond(start);
    line["end_time"] = to_millisecond(end);
  }
  line["emo"] = emotion.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(emotion);
  if (!scores.empty()) line["scores"] = by_class(scores, shape.classes);
  return shown_json(line) + "\n";
}

}  // namespace

std::string estimate_srt(const ClipEstimate& clip, const AnswerShape& shape) {
  require_time(clip);
  std::string text;
  int number = 0;
  for (const Stretch& one : stretches_of(clip, shape)) {
    if (one.emotion.empty()) continue;
    text += fmt::format("{}\n{} --> {}\n{} {:.0f} %\n\n", ++number, srt_time(one.start),
                        srt_time(one.end), one.emotion, 100 * one.confidence);
  }
  return text;
}

std::string estimate_textgrid(const ClipEstimate& clip, const AnswerShape& shape) {
  require_time(clip);
  std::vector<Interval> emotions, confidences;
  for (const Stretch& one : stretches_of(clip, shape)) {
    if (one.emotion.empty()) continue;
    emotions.push_back({to_millisecond(one.start), to_millisecond(one.end), one.emotion});
    confidences.push_back({to_millisecond(one.start), to_millisecond(one.end),
                           fmt::format("{:.3f}", one.confidence)});
  }
  const double end =
      std::max(to_millisecond(clip.seconds), emotions.empty() ? 0 : emotions.back().end);
  return fmt::format(
             "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = {:.10g}\n"
             "tiers? <exists>\nsize = 2\nitem []:\n",
             end) +
         tier(1, "emotion", filled(emotions, end)) +
         tier(2, "confidence", filled(confidences, end));
}

std::string estimate_emobox(const ClipEstimate& clip, const AnswerShape& shape) {
  std::string text;
  std::size_t part = 0;
  if (shape.smoother) {
    for (const Segment& one : segments_of(clip, *shape.smoother)) {
      text += emobox_line(clip, ++part, one.start, one.end, shape.classes[one.top], {}, shape);
    }
    return text;
  }
  for (const EmotionEstimate& window : clip.windows) {
    text +=
        emobox_line(clip, ++part, window.start, window.end, window.emotion, window.fused, shape);
  }
  if (!text.empty()) return text;
  return emobox_line(clip, 0, clip.whole.start, clip.whole.end, clip.whole.emotion,
                     clip.whole.fused, shape);
}

}  // namespace aver
