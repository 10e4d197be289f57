#include "series/series_stage.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/error.h"
#include "base/json_text.h"
#include "base/options.h"
#include "base/text.h"
#include "series/series_file.h"
#include "series/side_by_side.h"
#include "stages/chosen_stage.h"

namespace aver {
namespace {

constexpr const char* kSeries = "series";

/// What is read, and what of it is said at the end.
class Reading {
 public:
  Reading(const SeriesSource& source, const ClipChoice& choice, SeriesOptions options)
      : source_(source), choice_(choice), chosen_(choice), options_(std::move(options)) {
    if (options_.summary == "auto") options_.summary = "none";
  }

  MfccClips read(Progress& progress) {
    if (fs::is_directory(source_.input) && !stage_of(source_.input).empty()) {
      read_stage_folder(progress);
    } else if (fs::is_directory(source_.input)) {
      read_folder(progress);
    } else {
      read_table(progress);
    }
    finish();
    return std::move(clips_);
  }

 private:
  std::optional<Clip> clip_named(const std::string& name) const {
    if (auto clip = source_.corpus.find(name)) return clip;
    if (source_.named_only) return std::nullopt;
    Clip clip;
    clip.key = fs::path(name).stem().string();
    return clip;
  }

  /// One of ours, whose arrays stand the other way: [features, frames].
  void read_stage_folder(Progress& progress) {
    auto stage = read_mfcc_stage(source_.input, choice_, 0, 0, progress);
    stage_settings_ = std::move(stage.settings);
    clips_.left_out = std::move(stage.left_out);
    clips_.remarks = std::move(stage.remarks);
    clips_.failed = std::move(stage.failed);
    clips_.all = std::move(stage.all);
    for (const auto& [clip, array] : stage.clips) {
      try {
        add(clip, clip.key, {{}, transposed(array), {}});
      } catch (const Error& error) {
        clips_.failed.push_back({clip.key, error.what()});
      }
    }
  }

  void read_folder(Progress& progress) {
    std::vector<fs::path> files;
    for_each_media_file(source_.input, series_extensions(),
                        [&](const fs::path& file) { files.push_back(file); });
    if (files.empty()) {
      throw Error("{} holds no series: no {} file is below it", source_.input.string(),
                  fmt::join(series_extensions(), ", "));
    }
    std::ranges::sort(files);
    progress.start("reading series", files.size());
    std::size_t done = 0;
    for (const fs::path& file : files) {
      take(file.filename().string(), file.string(),
           [&] { return read_series_file(file, columns_); });
      progress.update(++done);
    }
    progress.finish();
  }

  void read_table(Progress& progress) {
    auto rows = read_series_table(source_.input, columns_);
    progress.start("reading series", rows.size());
    std::size_t done = 0;
    for (RawSeries& row : rows) {
      const std::string name = row.name;
      take(name, fmt::format("{}: {}", source_.input.string(), name),
           [&] { return std::move(row); });
      progress.update(++done);
    }
    progress.finish();
  }

  template <typename Read>
  void take(const std::string& name, const std::string& where, Read read) {
    const auto named = clip_named(name);
    if (!named) {
      ++unnamed_;
      if (first_unnamed_.empty()) first_unnamed_ = where;
      return;
    }
    const auto clip = chosen_.take(*named, name);
    if (!clip) return;
    try {
      add(*clip, where, read());
    } catch (const Error& error) {
      clips_.failed.push_back({clip->key, error.what()});
    }
    clips_.all.push_back(clip->key);
  }

  void add(const Clip& clip, const std::string& where, const RawSeries& series) {
    FloatArray array;
    try {
      array = prepared_series(series.frames, options_);
    } catch (const Error& error) {
      throw Error("{}: {}", where, error.what());
    }
    if (clips_.clips.empty()) {
      columns_ = series.names;  // from now on those of the first clip, by name
    } else if (array.rows() != clips_.clips.front().array.rows()) {
      throw Error("{} has {} features, the clips before it have {}", where, array.rows(),
                  clips_.clips.front().array.rows());
    }
    lost_ += series.lost;
    clips_.clips.push_back({clip, std::move(array)});
  }

  void finish() {
    if (unnamed_ > 0) {
      spdlog::warn("{} left out, not named as {} names clips, the first of them {}",
                   counted(unnamed_, "files"), source_.corpus.called(), first_unnamed_);
    }
    if (lost_ > 0) {
      spdlog::info("{} left out, in which their program found no face", counted(lost_, "frames"));
    }
    if (stage_settings_.is_null()) {
      clips_.remarks = chosen_.remarks();
      chosen_.require_known_columns();
      clips_.left_out = chosen_.left_out_of_all();
    }
    if (clips_.clips.empty()) {
      throw Error("{} holds no series that can be used{}", source_.input.string(),
                  !clips_.failed.empty()       ? ": " + clips_.failed.front().reason
                  : chosen_.why_none().empty() ? ": check --corpus"
                                               : chosen_.why_none());
    }
    std::ranges::stable_sort(clips_.clips, {}, [](const MfccClip& clip) { return clip.clip.key; });
    std::ranges::sort(clips_.all);
    require_once(clips_.all);
    SeriesOptions settled = options_;
    settled.columns = columns_;
    clips_.settings = Options::of(settled).to_json();
    clips_.settings["features"] = kSeries;
    clips_.mirrored = mirrored_series(settled);
    if (!stage_settings_.is_null()) clips_.settings["stage"] = stage_settings_;
  }

  const SeriesSource& source_;
  const ClipChoice& choice_;
  nlohmann::json stage_settings_;
  ChosenClips chosen_;
  SeriesOptions options_;
  std::vector<std::string> columns_ = options_.columns;
  MfccClips clips_;
  std::size_t unnamed_ = 0, lost_ = 0;
  std::string first_unnamed_;
};

}  // namespace

MfccClips read_series(const SeriesSource& source, const ClipChoice& choice, SeriesOptions options,
                      Progress& progress) {
  if (!fs::exists(source.input)) throw Error("{} is not there", source.input.string());
  if (!lists_series(source.input)) {
    return Reading(source, choice, std::move(options)).read(progress);
  }
  std::vector<ReadPart> parts;
  for (SeriesPart& part : read_series_list(source.input, options)) {
    if (lists_series(part.input)) {
      throw Error("{}: {} is a list of series itself", source.input.string(), part.input.string());
    }
    auto clips = read_series({part.input, source.corpus, source.named_only}, choice,
                             std::move(part.options), progress);
    const std::size_t features = clips.clips.front().array.rows();
    parts.push_back({part.name, features, std::move(clips)});
  }
  return side_by_side(std::move(parts), false);
}

bool is_of_series(const nlohmann::json& settings) {
  return settings.is_object() && settings.value("features", nlohmann::json()) == kSeries;
}

SeriesOptions series_options_of(const nlohmann::json& settings) {
  SeriesOptions options;
  Options described;
  options.describe(described);
  try {
    described.from_json(settings);
    described.require_valid();
  } catch (const Error& error) {
    throw Error("the model's settings of its features cannot be used: {}", error.what());
  }
  return options;
}

}  // namespace aver
