#include "robustness/curve_output.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "report/gnuplot.h"
#include "report/tables.h"
#include "report/words.h"

namespace aver {
namespace {

std::string low(const std::optional<Interval>& interval) {
  return interval ? decimals(interval->low) : "";
}

std::string high(const std::optional<Interval>& interval) {
  return interval ? decimals(interval->high) : "";
}

std::string level_of(const Column& column) {
  return column.condition == nullptr ? "" : column.condition->scale->level_text(column.level);
}

std::string unit_of(const Column& column) {
  return column.condition == nullptr ? "" : std::string(column.condition->scale->unit);
}

std::vector<std::string> names_of(const Curves& curves) {
  std::vector<std::string> names;
  for (const RobustSystem& system : curves.systems) names.push_back(system.name);
  return names;
}

/// In percent, as in the other columns of a table: "63.75".
std::string percent_cell(const std::optional<double>& share) {
  return share ? fmt::format("{:.2f}", 100 * *share) : "";
}

/// Header and rows of UAR by condition and level.
std::vector<std::vector<std::string>> levels_table(const Curves& curves) {
  std::vector<std::vector<std::string>> rows = {{"condition", "level"}};
  for (const std::string& name : names_of(curves)) rows.front().push_back(name);
  for (std::size_t c = 0; c < curves.columns.size(); ++c) {
    const Column& column = curves.columns[c];
    const std::string unit = unit_of(column);
    auto& row = rows.emplace_back();
    row = {column.name(), unit.empty() ? "" : fmt::format("{} {}", level_of(column), unit)};
    for (const auto& point : curves.points[c]) {
      row.push_back(percent_cell(point ? std::optional(point->scores.uar) : std::nullopt));
    }
  }
  return rows;
}

std::vector<std::vector<std::string>> areas_table(const Curves& curves) {
  std::vector<std::vector<std::string>> rows = {{"area under the curve"}};
  for (const std::string& name : names_of(curves)) rows.front().push_back(name);
  for (const ConditionCurve& curve : curves_by_condition(curves)) {
    auto& row = rows.emplace_back();
    row.emplace_back(curve.condition->scale->name);
    for (std::size_t s = 0; s < curves.systems.size(); ++s) {
      row.push_back(percent_cell(area_under(curves, curve, s)));
    }
  }
  return rows;
}

std::string text_of(const std::vector<std::vector<std::string>>& rows, std::size_t left) {
  return format_table({rows.front(), {rows.begin() + 1, rows.end()}, left});
}

std::string markdown_of(const std::vector<std::vector<std::string>>& rows, std::size_t left) {
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    text += fmt::format("| {} |\n", fmt::join(rows[r], " | "));
    if (r > 0) continue;
    for (std::size_t c = 0; c < rows[r].size(); ++c) text += c < left ? "|:--" : "|--:";
    text += "|\n";
  }
  return text;
}

// Paul Tol's bright scheme, which the colour-blind tell apart; then the same in another dash.
constexpr std::array kColours = {"#4477aa", "#ee6677", "#228833", "#aa3377",
                                 "#ccbb44", "#66ccee", "#bbbbbb"};

std::string line_of(std::size_t series) {
  return fmt::format("lw 2 dt {} pt {} ps 0.6 lc rgb '{}'", series / kColours.size() + 1,
                     std::array{7, 5, 9, 13}[series % 4], kColours[series % kColours.size()]);
}

/// One panel: the clean clips on the left, then one level after another.
std::string panel_of(const Curves& curves, const ConditionCurve& curve, std::size_t index) {
  std::vector<std::string> tics;
  for (std::size_t i = 0; i < curve.columns.size(); ++i) {
    const Column& column = curves.columns[curve.columns[i]];
    const bool there = column.condition != nullptr && !column.condition->scale->has_levels();
    tics.push_back(fmt::format("{} {}",
                               in_quotes(i == 0  ? "clean"
                                         : there ? std::string(column.name())
                                                 : level_of(column)),
                               i));
  }
  const ConditionScale& scale = *curve.condition->scale;
  std::vector<std::string> lines;
  for (std::size_t s = 0; s < curves.systems.size(); ++s) {
    // The first table column is the panel, the second the place of the level.
    lines.push_back(
        fmt::format("'robustness.dat' using ($1 == {} ? $2 : 1/0):{} with linespoints {}", index,
                    s + 3, line_of(s)));
  }
  return fmt::format(
      "set title {}\nset xtics ({})\nset xlabel {}\nset xrange [-0.3:{:.1f}]\nplot {}\n",
      in_quotes(scale.name), fmt::join(tics, ", "), in_quotes(scale.unit),
      static_cast<double>(curve.columns.size()) - .7, fmt::join(lines, ", "));
}

std::string data_of(const Curves& curves) {
  std::string data;
  std::size_t panel = 0;
  for (const ConditionCurve& curve : curves_by_condition(curves)) {
    for (std::size_t i = 0; i < curve.columns.size(); ++i) {
      data += fmt::format("{} {}", panel, i);
      for (std::size_t s = 0; s < curves.systems.size(); ++s) {
        const auto& point = curves.points[curve.columns[i]][s];
        // Clean alone would be a point beside no curve.
        const bool drawn = point && area_under(curves, curve, s);
        data += drawn ? fmt::format(" {:.4f}", 100 * point->scores.uar) : " NaN";
      }
      data += "\n";
    }
    ++panel;
  }
  return data;
}

}  // namespace

CsvTable curves_csv(const Curves& curves) {
  CsvTable table{{"condition", "level", "unit", "system", "clips", "unanswered", "accuracy",
                  "accuracy_low", "accuracy_high", "uar", "uar_low", "uar_high"},
                 {},
                 {}};
  for (std::size_t c = 0; c < curves.columns.size(); ++c) {
    const Column& column = curves.columns[c];
    for (std::size_t s = 0; s < curves.systems.size(); ++s) {
      const auto& point = curves.points[c][s];
      if (!point) continue;
      const auto& [scores, accuracy, uar, unanswered] = *point;
      table.rows.push_back({column.name(), level_of(column), unit_of(column),
                            curves.systems[s].name, fmt::format("{}", scores.total),
                            fmt::format("{}", unanswered), decimals(scores.accuracy), low(accuracy),
                            high(accuracy), decimals(scores.uar), low(uar), high(uar)});
    }
  }
  return table;
}

CsvTable areas_csv(const Curves& curves) {
  CsvTable table{{"condition", "system", "area"}, {}, {}};
  for (const ConditionCurve& curve : curves_by_condition(curves)) {
    for (std::size_t s = 0; s < curves.systems.size(); ++s) {
      const auto area = area_under(curves, curve, s);
      if (!area) continue;
      table.rows.push_back(
          {std::string(curve.condition->scale->name), curves.systems[s].name, decimals(*area)});
    }
  }
  return table;
}

std::string curves_text(const Curves& curves) {
  return text_of(levels_table(curves), 2) + "\n" + text_of(areas_table(curves), 1);
}

std::string curves_markdown(const Curves& curves) {
  return markdown_of(levels_table(curves), 2) + "\n" + markdown_of(areas_table(curves), 1);
}

nlohmann::json curves_json(const Curves& curves) {
  nlohmann::json points = nlohmann::json::array(), areas = nlohmann::json::array();
  for (std::size_t c = 0; c < curves.columns.size(); ++c) {
    const Column& column = curves.columns[c];
    for (std::size_t s = 0; s < curves.systems.size(); ++s) {
      const auto& point = curves.points[c][s];
      if (!point) continue;
      nlohmann::json row = {{"condition", column.name()},
                            {"system", curves.systems[s].name},
                            {"clips", point->scores.total},
                            {"unanswered", point->unanswered},
                            {"accuracy", rounded(point->scores.accuracy)},
                            {"uar", rounded(point->scores.uar)}};
      if (column.condition != nullptr && column.condition->scale->has_levels()) {
        row["level"] = column.level;
        row["unit"] = unit_of(column);
      }
      if (point->uar_interval) {
        row["accuracy_interval"] = {rounded(point->accuracy_interval->low),
                                    rounded(point->accuracy_interval->high)};
        row["uar_interval"] = {rounded(point->uar_interval->low),
                               rounded(point->uar_interval->high)};
      }
      points.push_back(std::move(row));
    }
  }
  for (const ConditionCurve& curve : curves_by_condition(curves)) {
    for (std::size_t s = 0; s < curves.systems.size(); ++s) {
      const auto area = area_under(curves, curve, s);
      if (!area) continue;
      areas.push_back({{"condition", curve.condition->scale->name},
                       {"system", curves.systems[s].name},
                       {"area", rounded(*area)}});
    }
  }
  return {{"curve", std::move(points)}, {"areas", std::move(areas)}};
}

Drawing curves_figure(const Curves& curves) {
  const auto by_condition = curves_by_condition(curves);
  const std::size_t panels = by_condition.size() + 1;  // the last one is the key
  const std::size_t across = std::min<std::size_t>(panels, panels > 8 ? 4 : 3);
  const std::size_t down = (panels + across - 1) / across;
  Drawing drawing;
  drawing.name = "robustness";
  drawing.columns = fmt::format("panel place {}", fmt::join(names_of(curves), " "));
  drawing.data = data_of(curves);
  drawing.width = static_cast<int>(260 * across);
  drawing.height = static_cast<int>(230 * down);
  double least = 1, most = 0;
  for (const auto& points : curves.points) {
    for (const auto& point : points) {
      if (!point) continue;
      least = std::min(least, point->scores.uar);
      most = std::max(most, point->scores.uar);
    }
  }
  // One scale for all panels, in steps of ten percent.
  const double bottom = 10 * std::floor(10 * least),
               top = std::min(100.0, 10 * std::ceil(10 * most));
  drawing.commands = fmt::format(
      "set multiplot layout {},{} rowsfirst\n"
      "set border 3\nset tics nomirror font ',9'\nset title font ',11' offset 0,-0.5\n"
      "set xlabel font ',9' offset 0,0.7\nset ylabel 'UAR (%)' font ',9' offset 1.5,0\n"
      "set grid ytics lc rgb '#dddddd'\nset key off\nset datafile missing 'NaN'\n"
      "set yrange [{:g}:{:g}]\n",
      down, across, bottom, std::max(top, bottom + 10));
  for (std::size_t i = 0; i < by_condition.size(); ++i) {
    drawing.commands += panel_of(curves, by_condition[i], i);
  }
  std::vector<std::string> keys;
  for (std::size_t s = 0; s < curves.systems.size(); ++s) {
    keys.push_back(fmt::format("NaN with linespoints {} title {}", line_of(s),
                               in_quotes(curves.systems[s].name)));
  }
  drawing.commands += fmt::format(
      "unset title\nunset border\nunset tics\nunset xlabel\nunset ylabel\nunset grid\n"
      "set key center center font ',11'\nplot {}\nunset multiplot\n",
      fmt::join(keys, ", "));
  return drawing;
}

}  // namespace aver
