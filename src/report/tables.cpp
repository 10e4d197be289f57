#include "report/tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace aver {
namespace {

using Range = std::pair<char32_t, char32_t>;

constexpr std::array<Range, 8> kZeroWidth = {{{0x0300, 0x036f},
                                              {0x0483, 0x0489},
                                              {0x1ab0, 0x1aff},
                                              {0x1dc0, 0x1dff},
                                              {0x200b, 0x200f},
                                              {0x20d0, 0x20ff},
                                              {0xfe00, 0xfe0f},
                                              {0xfe20, 0xfe2f}}};
constexpr std::array<Range, 9> kDoubleWidth = {{{0x1100, 0x115f},
                                                {0x2e80, 0x303e},
                                                {0x3041, 0xa4cf},
                                                {0xac00, 0xd7a3},
                                                {0xf900, 0xfaff},
                                                {0xfe30, 0xfe6f},
                                                {0xff00, 0xff60},
                                                {0x1f300, 0x1faff},
                                                {0x20000, 0x3fffd}}};

template <std::size_t N>
bool in_any(char32_t code, const std::array<Range, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) {
    return code >= range.first && code <= range.second;
  });
}

// The code point that begins at `position`, which is moved behind it. A byte that is no UTF-8
// counts as one code point of its own.
char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(position++);
  const int following = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  char32_t code = following == 0 ? lead : lead & (0x3f >> following);
  for (int i = 0; i < following && position < text.size() && (byte(position) & 0xc0) == 0x80; ++i) {
    code = (code << 6) | (byte(position++) & 0x3f);
  }
  return code;
}

std::size_t width_of(char32_t code) {
  if (in_any(code, kZeroWidth)) return 0;
  return in_any(code, kDoubleWidth) ? 2 : 1;
}

std::string shortened(const std::string& text) {
  if (display_width(text) <= kWidestCell) return text;
  std::size_t width = 0;
  std::size_t position = 0;
  while (true) {
    const std::size_t before = position;
    width += width_of(next_code_point(text, position));
    if (width >= kWidestCell) return text.substr(0, before) + "…";
  }
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t position = 0; position < text.size();) {
    width += width_of(next_code_point(text, position));
  }
  return width;
}

std::string format_table(const TextTable& table) {
  std::vector<std::vector<std::string>> lines;
  lines.push_back(table.header);
  lines.insert(lines.end(), table.rows.begin(), table.rows.end());
  std::vector<std::size_t> widths;
  for (auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) {
      line[i] = shortened(line[i]);
      widths[i] = std::max(widths[i], display_width(line[i]));
    }
  }
  std::string text;
  for (std::size_t l = 0; l < lines.size(); ++l) {
    std::string out = " ";
    for (std::size_t i = 0; i < lines[l].size(); ++i) {
      const std::string space(widths[i] - display_width(lines[l][i]), ' ');
      const bool left = i < table.left_columns;
      out += (i == 0 ? " " : "  ") + (left ? lines[l][i] + space : space + lines[l][i]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + "\n";
    if (l == 0) {
      std::size_t rule = 2 * (widths.empty() ? 0 : widths.size() - 1);
      for (const std::size_t width : widths) rule += width;
      text += "  " + std::string(rule, '-') + "\n";
    }
  }
  return text;
}

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.2f} %", 100 * *share) : "–";
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:.1f}–{:.1f}", 100 * interval->low, 100 * interval->high) : "-";
}

std::string accuracy_table(const std::vector<AccuracyRow>& rows) {
  const bool intervals = std::any_of(rows.begin(), rows.end(), [](const AccuracyRow& row) {
    return row.accuracy_interval || row.uar_interval;
  });
  TextTable table;
  table.header = {"", "clips", "right", "accuracy"};
  if (intervals) table.header.push_back("95 %");
  table.header.push_back("UAR");
  if (intervals) table.header.push_back("95 %");
  for (const char* name : {"F1", "ECE", "NLL"}) table.header.emplace_back(name);
  for (const AccuracyRow& row : rows) {
    const Scores& scores = row.scores;
    std::vector<std::string> cells = {row.name, fmt::format("{}", scores.total),
                                      fmt::format("{}", scores.correct),
                                      percent(figure(scores, &Scores::accuracy))};
    if (intervals) cells.push_back(interval_text(row.accuracy_interval));
    cells.push_back(percent(figure(scores, &Scores::uar)));
    if (intervals) cells.push_back(interval_text(row.uar_interval));
    cells.push_back(percent(figure(scores, &Scores::macro_f1)));
    for (const double value : {row.calibration_error, row.negative_log_likelihood}) {
      cells.push_back(scores.total > 0 ? fmt::format("{:.3f}", value) : "–");
    }
    table.rows.push_back(std::move(cells));
  }
  return format_table(table);
}

std::string class_table(const std::vector<AccuracyRow>& rows,
                        const std::vector<std::string>& classes) {
  TextTable table;
  table.left_columns = 2;
  table.header = {"class", "", "clips", "precision", "recall", "F1"};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const ClassScores& one = rows[r].scores.classes.at(i);
      table.rows.push_back({r == 0 ? classes[i] : "", rows[r].name, fmt::format("{}", one.support),
                            fmt::format("{:.3f}", one.precision), fmt::format("{:.3f}", one.recall),
                            fmt::format("{:.3f}", one.f1)});
    }
  }
  return format_table(table);
}

}  // namespace aver
