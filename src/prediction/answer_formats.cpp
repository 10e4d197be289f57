#include "prediction/answer_formats.h"

#include <array>

#include "base/error.h"
#include "base/escaped_name.h"
#include "base/json_bytes.h"
#include "base/option_value.h"
#include "prediction/face_output.h"
#include "prediction/timeline_formats.h"

namespace aver {
namespace {

std::string no_head(const AnswerShape&) {
  return {};
}

std::string no_failure(const std::string&, const std::string&, const AnswerShape&) {
  return {};
}

// A file name may be in no encoding at all.
std::string line_of(const nlohmann::ordered_json& object) {
  return shown_json(object) + "\n";
}

std::string json_line(const ClipEstimate& clip, const AnswerShape& shape) {
  if (shape.every_face) return line_of(faces_json(clip, shape));
  auto object = estimate_json(clip, shape.classes);
  if (shape.smoother) {
    object["segments"] = segments_json(segments_of(clip, *shape.smoother), shape.classes);
  }
  return line_of(object);
}

std::string json_failure(const std::string& clip, const std::string& reason, const AnswerShape&) {
  return line_of({{"clip", name_for_json(clip)}, {"error", reason}});
}

std::string text(const ClipEstimate& clip, const AnswerShape& shape) {
  return shape.every_face ? faces_text(clip, shape) : estimate_text(clip, shape);
}

std::string csv_head(const AnswerShape& shape) {
  return shape.every_face ? faces_csv_header(shape) : estimate_csv_header(shape);
}

std::string csv(const ClipEstimate& clip, const AnswerShape& shape) {
  return shape.every_face ? faces_csv(clip, shape) : estimate_csv(clip, shape);
}

std::string csv_failure(const std::string& clip, const std::string& reason,
                        const AnswerShape& shape) {
  return shape.every_face ? faces_failure_csv(clip, reason, shape)
                          : failure_csv(clip, reason, shape);
}

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

constexpr std::array kFormats = {
    AnswerFormat{"table", no_head, text, no_failure},
    AnswerFormat{"jsonl", no_head, json_line, json_failure},
    AnswerFormat{"csv", csv_head, csv, csv_failure, "text/csv; charset=utf-8"},
    AnswerFormat{"emobox", no_head, estimate_emobox, no_failure, "application/x-ndjson", false,
                 false},
    AnswerFormat{"srt", no_head, estimate_srt, no_failure, kPlain, true, false},
    AnswerFormat{"textgrid", no_head, estimate_textgrid, no_failure, kPlain, true, false},
};

}  // namespace

std::span<const AnswerFormat> answer_formats() {
  return kFormats;
}

std::vector<std::string> answer_format_names() {
  std::vector<std::string> names;
  for (const AnswerFormat& format : kFormats) names.emplace_back(format.name);
  return names;
}

const AnswerFormat& answer_format(std::string_view name) {
  for (const AnswerFormat& format : kFormats) {
    if (format.name == name) return format;
  }
  throw UsageError("--format must be {}, not '{}'", one_of_text(answer_format_names()), name);
}

}  // namespace aver
