#include "prediction/timeline_tables.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "corpus/corpus_table.h"
#include "corpus/spelling.h"

namespace aver {
namespace {

/// The path is `whole`, or its last folders and name.
bool is_tail_of(const fs::path& path, const fs::path& whole) {
  std::vector<fs::path> tail(path.begin(), path.end()), all(whole.begin(), whole.end());
  return tail.size() <= all.size() && std::equal(tail.rbegin(), tail.rend(), all.rbegin());
}

double duration_of(const DatasetClip& row, const fs::path& path) {
  const std::string text = row.recording.clip.value("duration");
  if (text.empty()) return 0;
  const auto seconds = seconds_of(text);
  if (!seconds || !(*seconds > 0) || !std::isfinite(*seconds)) {
    throw Error("{}, line {}: the duration '{}' is none", path.string(), row.line, text);
  }
  return *seconds;
}

/// Where the columns of answers stand.
struct Columns {
  std::size_t clip = 0, start = 0, end = 0, emotion = 0;
  std::optional<std::size_t> error;
  std::vector<std::size_t> classes;
};

// Classes are known by the columns that a fused answer has beside those of its modalities.
Columns columns_of(const CsvTable& head, std::vector<std::string>& classes) {
  Columns columns;
  if (!head.header.empty() && head.header.front().starts_with('{')) {
    throw Error("it is no table with columns: give what aver-predict --format csv wrote");
  }
  // A table of clips may have both, of which `clip` is a name without its folder.
  columns.clip = head.find("file")   ? *head.find("file")
                 : head.find("clip") ? *head.find("clip")
                                     : head.column("file");
  columns.start = head.column("start");
  columns.end = head.column("end");
  columns.emotion = head.column("emotion");
  columns.error = head.find("error");
  for (std::size_t c = 0; c < head.header.size(); ++c) {
    if (!head.find("visual_" + head.header[c]) || !head.find("audio_" + head.header[c])) continue;
    std::string name = class_or_label(head.header[c]);
    if (std::ranges::find(classes, name) != classes.end()) {
      throw Error("two of its columns are of one class, {}", name);
    }
    classes.push_back(std::move(name));
    columns.classes.push_back(c);
  }
  return columns;
}

double time_in(const std::string& text) {
  const auto seconds = seconds_of(text);
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0) throw Error("'{}' is no time", text);
  return *seconds;
}

WindowAnswer window_of(const std::vector<std::string>& row, const Columns& columns) {
  WindowAnswer window{time_in(row[columns.start]), time_in(row[columns.end]), {}};
  if (!(window.end > window.start)) {
    throw Error("it ends at {:g} s and begins at {:g} s", window.end, window.start);
  }
  for (const std::size_t column : columns.classes) {
    const std::string& text = row[column];
    if (text.empty() && window.probabilities.empty()) continue;
    const auto probability = parse_double(text);
    if (!probability || !(*probability >= 0 && *probability <= 1)) {
      throw Error("'{}' is no probability", text);
    }
    window.probabilities.push_back(*probability);
  }
  if (!window.probabilities.empty() && window.probabilities.size() < columns.classes.size()) {
    throw Error("it has probabilities of some classes only");
  }
  return window;
}

void add_row(AnsweredTimeline& timeline, const std::vector<std::string>& row,
             const Columns& columns) {
  WindowAnswer window = window_of(row, columns);
  if (!timeline.windows.empty() &&
      (window.start < timeline.windows.back().start || window.end < timeline.windows.back().end)) {
    throw Error("it begins or ends before the row in front of it");
  }
  if (const std::string& label = row[columns.emotion]; !label.empty()) {
    timeline.labels.push_back({window.start, window.end, class_or_label(label)});
  }
  timeline.windows.push_back(std::move(window));
}

}  // namespace

std::vector<TrueTimeline> read_true_timelines(const fs::path& path) {
  std::vector<TrueTimeline> timelines;
  std::map<std::string, std::size_t> known;
  std::map<std::string, double> durations;
  for (const DatasetClip& row : read_corpus_table(path)) {
    if (row.end == 0) {
      throw Error("{}, line {}: {} has no end; say until when it is {}", path.string(), row.line,
                  row.path, row.recording.clip.label);
    }
    const auto [place, fresh] = known.emplace(row.path, timelines.size());
    const std::string& speaker = row.recording.clip.speaker;
    if (fresh) timelines.push_back({row.path, speaker, 0, {}});
    TrueTimeline& timeline = timelines[place->second];
    if (timeline.speaker != speaker) timeline.speaker.clear();
    const double duration = duration_of(row, path);
    if (durations.emplace(row.path, duration).first->second != duration) {
      throw Error("{}, line {}: {} had another duration before", path.string(), row.line, row.path);
    }
    timeline.seconds = duration > 0 ? duration : std::max(timeline.seconds, row.end);
    timeline.rows.push_back({row.start, row.end, class_or_label(row.recording.clip.label)});
  }
  return timelines;
}

AnsweredTimelines read_answered_timelines(const fs::path& path) {
  CsvReader rows(path, CsvOrigin::elsewhere);
  AnsweredTimelines answers;
  const Columns columns = columns_of(rows.table(), answers.classes);
  std::map<std::string, std::size_t> known;
  while (const auto row = rows.next()) {
    const auto [place, fresh] = known.emplace((*row)[columns.clip], answers.clips.size());
    if (fresh) answers.clips.push_back({place->first, {}, {}, ""});
    AnsweredTimeline& timeline = answers.clips[place->second];
    if (columns.error && !(*row)[*columns.error].empty()) {
      timeline.error = (*row)[*columns.error];
      continue;
    }
    try {
      add_row(timeline, *row, columns);
    } catch (const Error& error) {
      throw Error("{}, line {}: {}: {}", path.string(), rows.line(), place->first, error.what());
    }
  }
  return answers;
}

std::vector<const AnsweredTimeline*> answers_to(const std::vector<TrueTimeline>& recordings,
                                                const AnsweredTimelines& answers) {
  std::multimap<fs::path, const AnsweredTimeline*> by_name;
  for (const AnsweredTimeline& one : answers.clips) {
    by_name.emplace(fs::path(one.clip).filename(), &one);
  }
  std::vector<const AnsweredTimeline*> found;
  std::vector<std::string> missing;
  for (const TrueTimeline& recording : recordings) {
    const AnsweredTimeline* answer = nullptr;
    const auto [first, last] = by_name.equal_range(fs::path(recording.file).filename());
    for (auto it = first; it != last; ++it) {
      if (!is_tail_of(recording.file, it->second->clip)) continue;
      if (answer != nullptr) {
        throw Error("{} could be {} or {} of the answers", recording.file, answer->clip,
                    it->second->clip);
      }
      answer = it->second;
    }
    if (answer == nullptr) missing.push_back(recording.file);
    found.push_back(answer);
  }
  if (!missing.empty()) {
    throw Error("{} of {} recordings have no answer, {} the first of them", missing.size(),
                recordings.size(), missing.front());
  }
  return found;
}

}  // namespace aver
