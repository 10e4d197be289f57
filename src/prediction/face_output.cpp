#include "prediction/face_output.h"

#include "base/csv.h"
#include "base/escaped_name.h"
#include "base/printable.h"
#include "base/spreadsheet.h"
#include "base/text.h"

namespace aver {
namespace {

std::vector<std::string> row_of(const ClipEstimate& clip, std::size_t face, const FaceBox& box,
                                const EmotionEstimate& estimate, const AnswerShape& shape) {
  std::vector<std::string> row = {spreadsheet_cell(clip.name), seconds_text(estimate.start),
                                  seconds_text(estimate.end), std::to_string(face)};
  for (const int side : {box.x, box.y, box.width, box.height}) row.push_back(std::to_string(side));
  row.push_back(spreadsheet_cell(shape.classes[estimate.top]));
  row.push_back(fmt::format("{:.6f}", estimate.confidence()));
  for (const double p : estimate.fused) row.push_back(fmt::format("{:.6f}", p));
  row.emplace_back();  // it could be read
  row.push_back(spreadsheet_text(fmt::format("{}", fmt::join(clip.remarks, "; "))));
  return row;
}

nlohmann::ordered_json object_of(const FaceBox& box, const EmotionEstimate& estimate,
                                 const AnswerShape& shape) {
  const auto window = window_json(estimate, shape.classes, shape.sets);
  nlohmann::ordered_json object = {{"start", window.at("start")},
                                   {"end", window.at("end")},
                                   {"x", box.x},
                                   {"y", box.y},
                                   {"w", box.width},
                                   {"h", box.height}};
  for (const char* key : {"emotion", "confidence", "set", "visual"}) {
    if (window.contains(key)) object[key] = window.at(key);
  }
  return object;
}

std::string line_of(const FaceBox& box, const EmotionEstimate& estimate, const AnswerShape& shape) {
  return fmt::format("{:7.1f} – {:6.1f} s  {:<10} {:5.1f} %  at {},{}, {} x {} pixels\n",
                     estimate.start, estimate.end, shape.classes[estimate.top],
                     100 * estimate.confidence(), box.x, box.y, box.width, box.height);
}

}  // namespace

std::string faces_csv_header(const AnswerShape& shape) {
  std::vector<std::string> row = {"file", "start", "end", "face",    "x",
                                  "y",    "w",     "h",   "emotion", "confidence"};
  row.insert(row.end(), shape.classes.begin(), shape.classes.end());
  row.insert(row.end(), {"error", "remarks"});
  return spreadsheet_line(row);
}

std::string faces_csv(const ClipEstimate& clip, const AnswerShape& shape) {
  std::string text;
  for (std::size_t i = 0; i < clip.every_face.size(); ++i) {
    const FaceEstimate& face = clip.every_face[i];
    if (face.windows.empty()) text += csv_line(row_of(clip, i, face.box, face.whole, shape));
    for (std::size_t w = 0; w < face.windows.size(); ++w) {
      text += csv_line(row_of(clip, i, face.boxes[w], face.windows[w], shape));
    }
  }
  return text;
}

std::string faces_failure_csv(const std::string& clip, const std::string& reason,
                              const AnswerShape& shape) {
  std::vector<std::string> row(10 + shape.classes.size());
  row.front() = spreadsheet_cell(clip);
  row.insert(row.end(), {spreadsheet_text(reason), ""});
  return csv_line(row);
}

nlohmann::ordered_json faces_json(const ClipEstimate& clip, const AnswerShape& shape) {
  nlohmann::ordered_json object = {{"clip", name_for_json(clip.name)},
                                   {"seconds", to_millisecond(clip.seconds)},
                                   {"every_face", nlohmann::ordered_json::array()},
                                   {"remarks", clip.remarks}};
  for (std::size_t i = 0; i < clip.every_face.size(); ++i) {
    const FaceEstimate& face = clip.every_face[i];
    nlohmann::ordered_json of = {{"face", i}, {"pictures", face.pictures}};
    of.update(object_of(face.box, face.whole, shape));
    of["windows"] = nlohmann::ordered_json::array();
    for (std::size_t w = 0; w < face.windows.size(); ++w) {
      of["windows"].push_back(object_of(face.boxes[w], face.windows[w], shape));
    }
    object["every_face"].push_back(std::move(of));
  }
  return object;
}

std::string faces_text(const ClipEstimate& clip, const AnswerShape& shape) {
  std::string text = printable(clip.name);
  if (clip.seconds > 0) text += fmt::format("   {:.1f} s", clip.seconds);
  text += fmt::format(", {}\n", counted(clip.every_face.size(), "faces"));
  for (const auto& remark : clip.remarks) text += fmt::format("  note: {}\n", remark);
  for (std::size_t i = 0; i < clip.every_face.size(); ++i) {
    const FaceEstimate& face = clip.every_face[i];
    text += fmt::format("  face {}, in {}\n    {}", i, counted(face.pictures, "pictures"),
                        line_of(face.box, face.whole, shape));
    for (std::size_t w = 0; w < face.windows.size(); ++w) {
      text += "      " + line_of(face.boxes[w], face.windows[w], shape);
    }
  }
  return text + "\n";
}

}  // namespace aver
