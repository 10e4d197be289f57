#include "series/side_by_side.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/options.h"
#include "base/text.h"
#include "base/toml.h"

namespace aver {
namespace {

constexpr const char* kParts = "series";

SeriesPart part_of(const nlohmann::ordered_json& table, const fs::path& folder,
                   const SeriesOptions& usual) {
  SeriesPart part{"", "", usual, nlohmann::json::object()};
  Options options;
  part.options.describe(options);
  for (const auto& [key, value] : table.items()) {
    if (key == "name" || key == "input") {
      if (!value.is_string()) throw Error("{} must be a text", key);
      if (key == "name") part.name = value.get<std::string>();
      if (key == "input") part.input = value.get<std::string>();
      continue;
    }
    Option* option = options.find(key);
    if (option == nullptr) {
      std::vector<std::string> known = {"name", "input"};
      for (const Option& one : options.all()) known.push_back(one.name());
      throw Error("there is no key {}; known: {}", key, fmt::join(known, ", "));
    }
    part.said[option->json_key()] = nlohmann::json(value);
    option->from_json(part.said);
  }
  if (part.name.empty()) throw Error("a series has no name");
  if (part.input.empty()) throw Error("{} has no input", part.name);
  options.require_valid();
  if (part.input.is_relative()) part.input = folder / part.input;
  return part;
}

/// A row of features, seen at other times.
class Resampled {
 public:
  Resampled(std::span<const float> row, std::size_t steps)
      : row_(row), width_(static_cast<double>(row.size()) / static_cast<double>(steps)) {}

  float at(std::size_t step) const {
    const double begin = static_cast<double>(step) * width_;
    return static_cast<float>(width_ >= 1 ? mean(begin, begin + width_)
                                          : between(begin + (width_ - 1) / 2));
  }

 private:
  double mean(double begin, double end) const {
    double sum = 0;
    const auto first = static_cast<std::size_t>(begin);
    for (std::size_t i = first; i < row_.size() && static_cast<double>(i) < end; ++i) {
      const auto place = static_cast<double>(i);
      sum += row_[i] * (std::min(end, place + 1) - std::max(begin, place));
    }
    return sum / (end - begin);
  }

  double between(double place) const {
    const double inside = std::clamp(place, 0.0, static_cast<double>(row_.size() - 1));
    const auto before = static_cast<std::size_t>(inside);
    const auto after = std::min(before + 1, row_.size() - 1);
    const double share = inside - static_cast<double>(before);
    return row_[before] * (1 - share) + row_[after] * share;
  }

  std::span<const float> row_;
  double width_;  // of a step, in those of the row
};

void copy_rows(const FloatArray* part, std::size_t first_row, std::size_t rows, FloatArray& into) {
  const std::size_t steps = into.columns();
  for (std::size_t r = 0; r < rows; ++r) {
    float* out = &into.values[(first_row + r) * steps];
    if (part == nullptr) {
      std::fill_n(out, steps, std::numeric_limits<float>::quiet_NaN());
    } else if (part->columns() == steps) {
      std::ranges::copy(part->row(r), out);
    } else {
      const Resampled row(part->row(r), steps);
      for (std::size_t t = 0; t < steps; ++t) out[t] = row.at(t);
    }
  }
}

/// Of each part the clip with a key, where it has one.
using Performance = std::vector<const MfccClip*>;

MfccClip put_together(const Performance& performance, const std::vector<ReadPart>& parts,
                      std::size_t features) {
  const auto first = static_cast<std::size_t>(
      std::ranges::find_if(performance, [](auto* clip) { return clip != nullptr; }) -
      performance.begin());
  const MfccClip& known = *performance[first];
  const double each = first == 0 || parts[first].steps == 0 ? 1 : parts[first].steps;
  const auto steps = std::max(1L, std::lround(static_cast<double>(known.array.columns()) / each));
  MfccClip clip{known.clip, FloatArray::matrix(features, static_cast<std::size_t>(steps))};
  std::size_t row = 0;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const FloatArray* part = performance[p] == nullptr ? nullptr : &performance[p]->array;
    copy_rows(part, row, parts[p].features, clip.array);
    row += parts[p].features;
  }
  return clip;
}

/// Steps of each part for one of the first, on the mean over the clips that have both.
void measure_steps(std::vector<ReadPart>& parts,
                   const std::map<std::string, Performance>& performances) {
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (parts[p].steps > 0) continue;
    double own = 0, of_first = 0;
    for (const auto& [key, performance] : performances) {
      if (performance[0] == nullptr || performance[p] == nullptr) continue;
      own += static_cast<double>(performance[p]->array.columns());
      of_first += static_cast<double>(performance[0]->array.columns());
    }
    parts[p].steps = of_first > 0 ? own / of_first : 1;
  }
}

/// Features of which nobody knows a mirror stay as they are, so long as some part has one.
std::vector<MirroredFeature> mirrored_of(const std::vector<ReadPart>& parts) {
  std::vector<MirroredFeature> all;
  bool known = false;
  for (const ReadPart& part : parts) {
    const std::size_t before = all.size();
    known |= !part.clips.mirrored.empty();
    for (std::size_t i = 0; i < part.features; ++i) {
      const auto own = part.clips.mirrored.empty() ? MirroredFeature{i, 1} : part.clips.mirrored[i];
      all.push_back({before + own.source, own.sign});
    }
  }
  return known ? all : std::vector<MirroredFeature>{};
}

}  // namespace

bool lists_series(const fs::path& input) {
  return input.extension() == ".toml";
}

std::vector<SeriesPart> read_series_list(const fs::path& list, const SeriesOptions& usual) {
  const auto told = read_toml(list);
  try {
    for (const auto& [key, value] : told.items()) {
      if (key != kParts || !value.is_array()) {
        throw Error("there is no key {}; known: [[series]], once for each", key);
      }
    }
    std::vector<SeriesPart> parts;
    std::set<std::string> names;
    for (const auto& table : told.value(kParts, nlohmann::ordered_json::array())) {
      if (!table.is_object()) throw Error("series must be tables, [[series]]");
      parts.push_back(part_of(table, list.parent_path(), usual));
      if (!names.insert(parts.back().name).second) {
        throw Error("two series have the name {}", parts.back().name);
      }
    }
    if (parts.empty()) throw Error("it names no series: write [[series]], name and input");
    return parts;
  } catch (const Error& error) {
    throw UsageError("{}: {}", list.string(), error.what());
  }
}

std::string fingerprint_of_series(const fs::path& input) {
  if (!lists_series(input)) return fingerprint_of_files(input);
  Fingerprint all;
  all.add(fingerprint_of_file(input));
  for (const SeriesPart& part : read_series_list(input, {})) {
    all.add(fingerprint_of_files(part.input));
  }
  return all.text();
}

MfccClips side_by_side(std::vector<ReadPart> parts, bool may_lack) {
  MfccClips joined;
  std::map<std::string, Performance> performances;
  std::size_t features = 0;
  nlohmann::json settings = nlohmann::json::array();
  for (std::size_t p = 0; p < parts.size(); ++p) {
    ReadPart& part = parts[p];
    features += part.features;
    const auto prefixed = [&](const std::string& said) {
      return fmt::format("{}: {}", part.name, said);
    };
    for (const MfccClip& clip : part.clips.clips) {
      auto& performance = performances[clip.clip.key];
      performance.resize(parts.size(), nullptr);
      performance[p] = &clip;
    }
    std::ranges::transform(part.clips.left_out, std::back_inserter(joined.left_out), prefixed);
    std::ranges::transform(part.clips.remarks, std::back_inserter(joined.remarks), prefixed);
    for (const StageRemark& failed : part.clips.failed) {
      joined.failed.push_back({failed.source, prefixed(failed.reason)});
    }
  }
  measure_steps(parts, performances);
  for (ReadPart& part : parts) {
    part.clips.settings["name"] = part.name;
    part.clips.settings["rows"] = part.features;
    part.clips.settings["steps"] = part.steps;
    settings.push_back(part.clips.settings);
  }
  std::set<std::string> broken;
  for (const StageRemark& failed : joined.failed) broken.insert(failed.source);
  std::map<std::string, std::size_t> lacking;  // by part
  for (const auto& [key, performance] : performances) {
    if (broken.contains(key)) continue;
    bool whole = true;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (performance[p] != nullptr) continue;
      whole = false;
      ++lacking[parts[p].name];
    }
    if (!whole && !may_lack) continue;
    joined.clips.push_back(put_together(performance, parts, features));
  }
  for (const auto& [name, count] : lacking) {
    joined.left_out.push_back(fmt::format("without {}: {}, which {} {}", name,
                                          counted(count, "clips"), count == 1 ? "is" : "are",
                                          may_lack ? "answered" : "left out"));
  }
  for (const MfccClip& clip : joined.clips) joined.all.push_back(clip.clip.key);
  joined.all.insert(joined.all.end(), broken.begin(), broken.end());
  std::ranges::sort(joined.all);
  if (joined.clips.empty()) {
    throw Error("no clip has all the series that are named: {}",
                joined.failed.empty() ? "their keys differ" : joined.failed.front().reason);
  }
  joined.mirrored = mirrored_of(parts);
  joined.settings = {{"features", "series"}, {kParts, settings}};
  return joined;
}

std::vector<nlohmann::json> settings_of_parts(const nlohmann::json& settings) {
  const auto found = settings.find(kParts);
  if (found == settings.end() || !found->is_array()) return {};
  return {found->begin(), found->end()};
}

std::vector<int> features_of_parts(const nlohmann::json& settings) {
  std::vector<int> all;
  for (const auto& part : settings_of_parts(settings)) all.push_back(part.at("rows").get<int>());
  return all;
}

}  // namespace aver
