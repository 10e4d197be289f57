#include "prediction/estimate_output.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/csv.h"
#include "base/error.h"
#include "base/escaped_name.h"
#include "base/printable.h"
#include "base/spreadsheet.h"

namespace aver {
namespace {

using Classes = std::vector<std::string>;

/// Six decimals, as in predictions.csv.
double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}

std::optional<std::string> emotion_of(const EmotionEstimate& estimate, const Classes& classes) {
  if (estimate.fused.empty()) return std::nullopt;
  return classes[estimate.top];
}

std::vector<std::string> names_in(const std::vector<std::size_t>& set, const Classes& classes) {
  std::vector<std::string> names;
  for (const std::size_t c : set) names.push_back(classes[c]);
  return names;
}

void add_estimate(nlohmann::ordered_json& object, const EmotionEstimate& estimate,
                  const Classes& classes, bool sets) {
  const auto emotion = emotion_of(estimate, classes);
  object["emotion"] = emotion ? nlohmann::ordered_json(*emotion) : nullptr;
  object["confidence"] = rounded(estimate.confidence());
  object["decided_by"] = emotion ? nlohmann::ordered_json(estimate.decided_by) : nullptr;
  if (sets) {
    object["set"] = emotion ? nlohmann::ordered_json(names_in(estimate.set, classes)) : nullptr;
  }
  object["visual"] = by_class(estimate.visual, classes);
  object["audio"] = by_class(estimate.audio, classes);
  object["fused"] = by_class(estimate.fused, classes);
}

std::vector<std::string> csv_row(const std::string& clip, const EmotionEstimate& estimate,
                                 const std::string& remarks, const AnswerShape& shape) {
  const Classes& classes = shape.classes;
  std::vector<std::string> row = {spreadsheet_cell(clip), seconds_text(estimate.start),
                                  seconds_text(estimate.end),
                                  spreadsheet_cell(emotion_of(estimate, classes).value_or(""))};
  const bool known = !estimate.fused.empty();
  row.push_back(known ? fmt::format("{:.6f}", estimate.confidence()) : "");
  row.push_back(known ? estimate.decided_by : "");
  for (const auto* distribution : {&estimate.fused, &estimate.visual, &estimate.audio}) {
    for (std::size_t c = 0; c < classes.size(); ++c) {
      row.push_back(distribution->empty() ? "" : fmt::format("{:.6f}", (*distribution)[c]));
    }
  }
  row.emplace_back();  // it could be read
  row.push_back(remarks);
  if (shape.sets) {
    row.push_back(
        spreadsheet_cell(fmt::format("{}", fmt::join(names_in(estimate.set, classes), "|"))));
  }
  return row;
}

constexpr int kBar = 20;  // characters of a whole bar

/// A bar drawn in eighths of a character.
std::string bar(double share) {
  static const char* const kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(share * kBar * 8));
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  const int drawn = eighths / 8 + (eighths % 8 > 0 ? 1 : 0);
  return text + std::string(static_cast<std::size_t>(kBar - drawn), ' ');
}

/// "not sure: happy or surprised"; "" where one class alone cannot be ruled out.
std::string not_sure_text(const EmotionEstimate& estimate, const Classes& classes) {
  if (estimate.set.size() < 2) return "";
  if (estimate.set.size() == classes.size()) return "not sure: any of them";
  auto names = names_in(estimate.set, classes);
  const std::string last = std::move(names.back());
  names.pop_back();
  return fmt::format("not sure: {} or {}", fmt::join(names, ", "), last);
}

std::string decision(const EmotionEstimate& estimate, const Classes& classes) {
  if (estimate.fused.empty()) return "nothing to look at";
  if (const std::string between = not_sure_text(estimate, classes); !between.empty()) {
    return fmt::format("{} (likeliest {:.1f} %, decided by {})", between,
                       100 * estimate.confidence(), estimate.decided_by);
  }
  return fmt::format("{}, {:.1f} % (decided by {})", classes[estimate.top],
                     100 * estimate.confidence(), estimate.decided_by);
}

std::string bars(const EmotionEstimate& estimate, const Classes& classes) {
  struct Column {
    const char* title;
    const std::vector<double>& distribution;
  };
  std::vector<Column> columns;
  if (!estimate.visual.empty()) columns.push_back({"visual", estimate.visual});
  if (!estimate.audio.empty()) columns.push_back({"audio", estimate.audio});
  if (columns.size() == 2 && estimate.decided_by == "both") {
    columns.push_back({"both", estimate.fused});
  } else if (columns.size() == 1 && estimate.fused != columns.front().distribution) {
    columns.push_back({"calibrated", estimate.fused});  // a fusion file gives it a temperature
  }
  std::size_t width = 0;
  for (const auto& name : classes) width = std::max(width, name.size());
  std::string text = fmt::format("    {:{}}", "", width);
  for (const Column& column : columns) text += fmt::format("  {:<{}}", column.title, kBar + 8);
  text = text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  for (std::size_t c = 0; c < classes.size(); ++c) {
    text += fmt::format("    {:{}}", classes[c], width);
    for (const Column& column : columns) {
      const double p = column.distribution[c];
      text += fmt::format("  {}{:6.1f} %", bar(p), 100 * p);
    }
    text += "\n";
  }
  return text;
}

const std::vector<std::string> kSegmentColumns = {"file",       "start", "end",    "emotion",
                                                  "confidence", "error", "remarks"};

std::string segment_rows(const ClipEstimate& clip, const std::string& remarks,
                         const AnswerShape& shape) {
  std::string text;
  for (const Segment& segment : segments_of(clip, *shape.smoother)) {
    text += csv_line({spreadsheet_cell(clip.name), seconds_text(segment.start),
                      seconds_text(segment.end), spreadsheet_cell(shape.classes[segment.top]),
                      fmt::format("{:.6f}", segment.confidence), "", remarks});
  }
  return text;
}

std::string segment_line(const Segment& segment, const Classes& classes) {
  return fmt::format("    {:7.1f} – {:6.1f} s  {:<10} {:5.1f} %\n", segment.start, segment.end,
                     classes[segment.top], 100 * segment.confidence);
}

std::string window_line(const EmotionEstimate& window, const Classes& classes) {
  std::string text = fmt::format("    {:7.1f} – {:6.1f} s  ", window.start, window.end);
  if (window.fused.empty()) return text + "nothing to look at\n";
  text += fmt::format("{:<10} {:5.1f} %  {}{:<11}", classes[window.top], 100 * window.confidence(),
                      bar(window.confidence()), window.decided_by);
  const auto top_of = [&](const std::vector<double>& distribution) {
    const auto top = std::ranges::max_element(distribution);
    return fmt::format("{} {:.1f} %", classes[static_cast<std::size_t>(top - distribution.begin())],
                       100 * *top);
  };
  if (!window.visual.empty()) text += fmt::format("  picture: {:<18}", top_of(window.visual));
  if (!window.audio.empty()) text += fmt::format("  sound: {}", top_of(window.audio));
  if (window.set.size() > 1) text += "  " + not_sure_text(window, classes);
  return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

double to_millisecond(double seconds) {
  return std::round(seconds * 1000) / 1000;
}

nlohmann::ordered_json by_class(const std::vector<double>& distribution, const Classes& classes) {
  if (distribution.empty()) return nullptr;
  nlohmann::ordered_json object;
  for (std::size_t c = 0; c < classes.size(); ++c) object[classes[c]] = rounded(distribution[c]);
  return object;
}

std::string seconds_text(double seconds) {
  return fmt::format("{:.10g}", to_millisecond(seconds));
}

EmotionEstimate fused_estimate(const ClipFusion& fusion, std::vector<double> visual,
                               std::vector<double> audio, const Classes& classes) {
  EmotionEstimate estimate;
  estimate.visual = std::move(visual);
  estimate.audio = std::move(audio);
  if (estimate.visual.empty() && estimate.audio.empty()) return estimate;
  Fused answer = fusion.fuse(estimate.audio, estimate.visual);
  estimate.fused = std::move(answer.probabilities);
  estimate.decided_by = !answer.decided_by ? "both" : *answer.decided_by == 0 ? "audio" : "visual";
  estimate.top =
      static_cast<std::size_t>(std::ranges::max_element(estimate.fused) - estimate.fused.begin());
  estimate.emotion = classes[estimate.top];
  estimate.set = fusion.set_of(estimate.fused);
  return estimate;
}

nlohmann::ordered_json fused_json(const nlohmann::ordered_json& picture,
                                  const nlohmann::ordered_json& sound, const ClipFusion& fusion,
                                  const Classes& classes) {
  const auto distribution = [&](const nlohmann::ordered_json& by_name) {
    std::vector<double> values;
    for (const std::string& name : classes) values.push_back(by_name.at(name).get<double>());
    return values;
  };
  nlohmann::ordered_json object;
  add_estimate(object,
               fused_estimate(fusion, distribution(picture.at("visual")),
                              distribution(sound.at("audio")), classes),
               classes, fusion.makes_sets());
  return object;
}

nlohmann::ordered_json window_json(const EmotionEstimate& window, const Classes& classes,
                                   bool sets) {
  nlohmann::ordered_json row;
  row["start"] = to_millisecond(window.start);
  row["end"] = to_millisecond(window.end);
  add_estimate(row, window, classes, sets);
  return row;
}

nlohmann::ordered_json estimate_json(const ClipEstimate& clip, const Classes& classes) {
  nlohmann::ordered_json object;
  object["clip"] = name_for_json(clip.name);
  object["seconds"] = to_millisecond(clip.seconds);
  object["pictures"] = clip.pictures;
  if (clip.faces) {
    object["faces"] = {{"found", clip.faces->found},
                       {"previous", clip.faces->previous},
                       {"whole", clip.faces->whole},
                       {"skipped", clip.faces->skipped}};
  }
  const bool sets = !clip.whole.set.empty();
  add_estimate(object, clip.whole, classes, sets);
  object["windows"] = nlohmann::ordered_json::array();
  for (const EmotionEstimate& window : clip.windows) {
    object["windows"].push_back(window_json(window, classes, sets));
  }
  object["remarks"] = clip.remarks;
  return object;
}

std::vector<Segment> segments_of(const ClipEstimate& clip, const Smoother& smoother) {
  std::vector<WindowAnswer> windows;
  for (const EmotionEstimate& window : clip.windows) {
    windows.push_back({window.start, window.end, window.fused});
  }
  // A still picture lasts no time, and has no segment.
  if (windows.empty() && clip.seconds > 0) windows.push_back({0, clip.seconds, clip.whole.fused});
  return smoother.segments(windows);
}

nlohmann::ordered_json segments_json(const std::vector<Segment>& segments, const Classes& classes) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Segment& segment : segments) {
    rows.push_back({{"start", to_millisecond(segment.start)},
                    {"end", to_millisecond(segment.end)},
                    {"emotion", classes[segment.top]},
                    {"confidence", rounded(segment.confidence)}});
  }
  return rows;
}

std::string estimate_csv_header(const AnswerShape& shape) {
  if (shape.smoother) return spreadsheet_line(kSegmentColumns);
  std::vector<std::string> row = {"file", "start", "end", "emotion", "confidence", "decided_by"};
  for (const char* prefix : {"", "visual_", "audio_"}) {
    for (const auto& name : shape.classes) row.push_back(prefix + name);
  }
  row.insert(row.end(), {"error", "remarks"});
  if (shape.sets) row.emplace_back("set");
  return spreadsheet_line(row);
}

std::string estimate_csv(const ClipEstimate& clip, const AnswerShape& shape) {
  const std::string remarks = spreadsheet_text(fmt::format("{}", fmt::join(clip.remarks, "; ")));
  if (shape.smoother) return segment_rows(clip, remarks, shape);
  if (clip.windows.empty()) return csv_line(csv_row(clip.name, clip.whole, remarks, shape));
  std::string text;
  for (const EmotionEstimate& window : clip.windows) {
    text += csv_line(csv_row(clip.name, window, remarks, shape));
  }
  return text;
}

std::string failure_csv(const std::string& clip, const std::string& reason,
                        const AnswerShape& shape) {
  std::vector<std::string> row(shape.smoother ? 5 : 6 + 3 * shape.classes.size());
  row.front() = spreadsheet_cell(clip);
  row.insert(row.end(), {spreadsheet_text(reason), ""});
  if (shape.sets && !shape.smoother) row.emplace_back();
  return csv_line(row);
}

std::string estimate_text(const ClipEstimate& clip, const AnswerShape& shape) {
  const Classes& classes = shape.classes;
  std::string text = printable(clip.name);
  if (clip.seconds > 0) text += fmt::format("   {:.1f} s", clip.seconds);
  if (clip.pictures > 1) text += fmt::format(", {} pictures", clip.pictures);
  text += fmt::format("\n  {}\n", decision(clip.whole, classes));
  for (const auto& remark : clip.remarks) text += fmt::format("  note: {}\n", remark);
  text += bars(clip.whole, classes);
  if (shape.smoother) {
    for (const Segment& one : segments_of(clip, *shape.smoother))
      text += segment_line(one, classes);
  } else {
    for (const EmotionEstimate& window : clip.windows) text += window_line(window, classes);
  }
  return text + "\n";
}

}  // namespace aver
