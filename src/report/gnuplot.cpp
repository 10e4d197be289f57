#include "report/gnuplot.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/files.h"
#include "base/programs.h"
#include "base/text.h"
#include "report/figures.h"

namespace aver {
namespace {

std::string script(const Drawing& drawing) {
  return fmt::format(
      R"(# {name}: a figure of aver. To restyle it, edit this file and run `gnuplot {name}.gp` here.
data = '{name}.dat'
if (!exists("png_file")) png_file = '{name}.png'
if (!exists("svg_file")) svg_file = '{name}.svg'

set encoding utf8
set border linewidth 0.8 linecolor rgb '#404040'
set tics textcolor rgb '#202020'
{settings}
do for [format in "png svg"] {{
  if (format eq "png") {{
    set terminal pngcairo noenhanced size {png_width},{png_height} font 'sans-serif,11' \
        fontscale 1.5 linewidth 1.5 pointscale 1.5 background rgb 'white'
    set output png_file
  }} else {{
    set terminal svg noenhanced size {width},{height} font 'sans-serif,13' linewidth 1.1 \
        background rgb 'white'
    set output svg_file
  }}
{commands}
  unset output
}}
)",
      fmt::arg("name", drawing.name), fmt::arg("settings", drawing.settings),
      fmt::arg("commands", drawing.commands), fmt::arg("png_width", 3 * drawing.width / 2),
      fmt::arg("png_height", 3 * drawing.height / 2), fmt::arg("width", drawing.width),
      fmt::arg("height", drawing.height));
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

// gnuplot prints the command, a caret below it and only then what is wrong.
std::string last_line(const std::string& text) {
  std::string found = "it said nothing";
  for (const std::string& line : split_text(text, '\n')) {
    if (const std::string words = trim(line); !words.empty()) found = words;
  }
  return found;
}

/// Why figures were not drawn.
struct Problem {
  std::string reason;
  bool no_gnuplot = false;  ///< it could not be started: its pictures are an extra
};

std::optional<Problem> problem_of(const Ended& run) {
  if (!run.started) {
    return Problem{
        fmt::format("gnuplot could not be started ({}); install it (Debian: gnuplot-nox)",
                    run.said),
        true};
  }
  if (run.status != 0) return Problem{fmt::format("gnuplot failed ({})", last_line(run.said))};
  return std::nullopt;
}

/// gnuplot ends well where a full disk cut its picture: the file must end as a picture does.
bool is_whole(const fs::path& path) {
  const std::string_view end = path.extension() == ".png" ? "IEND\xae\x42\x60\x82" : "</svg>";
  std::error_code error;
  return fs::exists(path, error) && trim(read_file(path)).ends_with(end);
}

/// Brings gnuplot back to how it starts. `reset` leaves one thing: the SVG terminal begins a
/// picture with the line width that the one before ended with, which here is 1 again.
constexpr auto kAnew =
    "reset; unset border; unset tics; unset key; set terminal svg; set output '/dev/null'; "
    "plot 0 linewidth 1; set multiplot; unset multiplot; unset output; reset; ";

/// Pictures that are being drawn: under hidden names until all of them are there.
struct Pictures {
  Pictures(const fs::path& folder, const std::string& name)
      : png(folder / (name + ".png")), svg(folder / (name + ".svg")) {}
  TemporaryFile png;
  TemporaryFile svg;
};

/// What went wrong, or nothing and the pictures are in place.
std::optional<Problem> run_together(const fs::path& folder, std::span<const Drawing> drawings) {
  std::deque<Pictures> pictures;
  std::vector<std::string> words = {"gnuplot", "-d"};
  for (const Drawing& drawing : drawings) {
    const Pictures& its = pictures.emplace_back(folder, drawing.name);
    words.push_back("-e");
    words.push_back(fmt::format("{}png_file={}; svg_file={}", pictures.size() > 1 ? kAnew : "",
                                in_quotes(its.png.path().filename().string()),
                                in_quotes(its.svg.path().filename().string())));
    words.push_back(drawing.name + ".gp");
  }
  const Ended run = run_program(std::move(words), {folder, {}});
  if (auto problem = problem_of(run)) return problem;
  for (Pictures& its : pictures) {
    if (!is_whole(its.png.path()) || !is_whole(its.svg.path())) {
      return Problem{fmt::format("gnuplot wrote no whole picture ({}); is the disk full?",
                                 last_line(run.said))};
    }
  }
  for (Pictures& its : pictures) {
    its.png.publish();
    its.svg.publish();
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> draw_all(const fs::path& folder, const std::vector<Drawing>& drawings) {
  for (const Drawing& drawing : drawings) {
    if (!is_plain_name(drawing.name)) {
      throw Error("cannot name a figure \"{}\": letters, digits, '-', '_' and '.' only",
                  drawing.name);
    }
  }
  for (const Drawing& drawing : drawings) {
    write_file(folder / (drawing.name + ".dat"), "# " + drawing.columns + "\n" + drawing.data);
    write_file(folder / (drawing.name + ".gp"), script(drawing));
  }
  std::vector<std::string> warnings;
  if (drawings.empty() || !run_together(folder, drawings)) return warnings;

  // gnuplot ends at the first figure that fails. Each on its own says which ones do, and why.
  std::vector<std::string> failed;
  std::string reason;
  for (const Drawing& drawing : drawings) {
    const auto problem = run_together(folder, {&drawing, 1});
    if (!problem) continue;
    std::error_code ignored;
    fs::remove(folder / (drawing.name + ".png"), ignored);
    fs::remove(folder / (drawing.name + ".svg"), ignored);
    if (problem->no_gnuplot) {
      warnings.push_back(fmt::format("{} was not drawn: {}; its data and script are in {}",
                                     drawing.name, problem->reason, folder.string()));
    } else {
      failed.push_back(drawing.name);
      if (reason.empty()) reason = problem->reason;
    }
  }
  if (failed.empty()) return warnings;
  throw Error("{} {} not drawn: {}; data and script are in {}", fmt::join(failed, ", "),
              failed.size() > 1 ? "were" : "was", reason, folder.string());
}

std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\'';
    result += c == '\n' || c == '\r' ? ' ' : c;
  }
  return result + "'";
}

std::string table_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    // A table's column cannot hold its own quote or a line end, whatever stands before it.
    result += c == '"' ? '\'' : c == '\n' || c == '\r' ? ' ' : c;
  }
  return result + "\"";
}

std::string palette_command() {
  return "set palette defined (0 '#fafafa', 1 '#cae4ed', 2 '#9dcce2', 3 '#73b2d7', 4 '#5197c9', "
         "5 '#377cb9', 6 '#2760a4', 7 '#1f458a', 8 '#1a2b6d')";
}

}  // namespace aver
