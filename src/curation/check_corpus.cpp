#include "curation/check_corpus.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "corpus/emotions.h"
#include "corpus/label_map.h"
#include "corpus/spelling.h"
#include "curation/corpus_lists.h"
#include "curation/measure.h"

namespace aver {
namespace {

/// A part may end a little behind its file, for times in tables are rounded.
constexpr double kRounding = .05;

void count_clips(CheckReport& report, const std::vector<DatasetClip>& files) {
  std::map<std::string, const DatasetClip*> seen;
  std::vector<std::string> labels;
  for (const auto& file : files) {
    const Clip& clip = file.recording.clip;
    const auto [first, fresh] = seen.emplace(clip.key, &file);
    const Clip& other = first->second->recording.clip;
    if (!fresh && (clip.label != other.label || clip.speaker != other.speaker)) {
      report.contradicted.push_back(fmt::format(
          "the clip {} is {} of speaker '{}' in {} and {} of '{}' in {}", clip.key, other.label,
          other.speaker, first->second->path, clip.label, clip.speaker, file.path));
    }
    if (!fresh) continue;
    ++report.counts[clip.speaker][clip.label];
    labels.push_back(clip.label);
  }
  report.labels = in_class_order(labels);
}

void find_unknown_labels(CheckReport& report, const CurationConfig& config, const Scheme* scheme) {
  std::set<std::string> known = class_names();
  // A description or a map may have classes of its own, and none that is a class misspelt.
  const auto vouch = [&](const std::string& name) {
    if (class_meant_by(name).empty()) known.insert(name);
  };
  if (scheme != nullptr) {
    for (const auto& [code, meaning] : scheme->labels()) vouch(meaning);
  }
  if (!config.choice.labels.empty()) {
    const LabelMap map(config.choice.labels);
    for (const auto& [label, name] : map.names()) vouch(name);
  }
  for (const std::string& label : report.labels) {
    if (known.contains(label)) continue;
    UnknownLabel unknown{label, 0, class_meant_by(label)};
    for (const auto& [speaker, counts] : report.counts) {
      const auto found = counts.find(label);
      if (found != counts.end()) unknown.clips += found->second;
    }
    report.unknown.push_back(std::move(unknown));
  }
}

/// Media files below the folder that no line of the table names. Kinds of files that the table has
/// none of do not count, for pictures may lie beside their sounds.
void find_unlisted(CheckReport& report, const CurationConfig& config, const Corpus& corpus) {
  std::set<fs::path> listed;
  std::vector<std::string> kinds;
  for (const auto& file : corpus.listed()) {
    listed.insert(Corpus::place_of(config.input, file.path).lexically_normal());
    for (const auto* some : {&sound_extensions(), &video_extensions(), &picture_extensions()}) {
      if (has_extension(file.path, *some)) kinds.insert(kinds.end(), some->begin(), some->end());
    }
  }
  for_each_media_file(config.input, kinds, [&](const fs::path& path) {
    if (!listed.contains(path.lexically_normal())) {
      report.unlisted.push_back(path.lexically_relative(config.input).generic_string());
    }
  });
  std::sort(report.unlisted.begin(), report.unlisted.end());
}

double seconds_of_clip(const DatasetClip& clip, const Measured& measured) {
  const double end = clip.end == 0 ? measured.seconds() : std::min(clip.end, measured.seconds());
  return std::max(0.0, end - clip.start);
}

void spread_lengths(CheckReport& report, const std::vector<DatasetClip>& files,
                    const std::map<std::string, Measured>& measured) {
  std::vector<double> seconds;
  for (const auto& clip : files) {
    const Measured& file = measured.at(clip.path);
    if (file.samples == 0) continue;
    seconds.push_back(seconds_of_clip(clip, file));
    if (clip.start >= file.seconds() || clip.end > file.seconds() + kRounding) {
      report.beyond.push_back(
          fmt::format("line {}: the part of {} from {} to {} s reaches beyond its {:.2f} s",
                      clip.line, clip.path, clip.start, clip.end, file.seconds()));
    }
  }
  if (seconds.empty()) return;
  std::sort(seconds.begin(), seconds.end());
  report.lengths = {seconds.size(), seconds.front(), seconds[seconds.size() / 2], seconds.back(),
                    0};
  for (const double length : seconds) report.lengths.all += length;
}

void open_files(CheckReport& report, const std::vector<DatasetClip>& files,
                const CurationConfig& config, Progress& progress) {
  report.opened = true;
  const auto measured = measure(files, config.input, config.limits, config.workers, progress);
  std::map<std::string, std::set<std::string>> clips;  // of each file
  for (const auto& file : files) clips[file.path].insert(file.recording.clip.key);
  std::map<std::string, std::vector<std::string>> alike;
  for (const auto& [path, file] : measured) {
    if (!file.failure.empty()) {
      report.unreadable.push_back(file.failure);
      continue;
    }
    if (file.sample_rate_hz > 0) {
      ++report.sample_rates[file.sample_rate_hz];
      ++report.channels[file.channels];
    }
    if (file.width > 0) ++report.pictures[fmt::format("{}x{}", file.width, file.height)];
    if (file.identity.empty()) {
      report.silent.push_back(path);
    } else {
      alike[file.identity].push_back(path);
    }
  }
  for (const auto& [identity, paths] : alike) {
    std::set<std::string> keys;
    for (const std::string& path : paths) keys.insert(clips[path].begin(), clips[path].end());
    if (paths.size() > 1 && keys.size() > 1) report.equal.push_back(paths);
  }
  std::sort(report.equal.begin(), report.equal.end());
  spread_lengths(report, files, measured);
}

}  // namespace

bool CheckReport::faulty() const {
  for (const auto* faults :
       {&bad_rows, &missing, &unnamed, &twins, &unlisted, &contradicted, &unreadable, &beyond}) {
    if (!faults->empty()) return true;
  }
  return !unknown.empty() || !equal.empty();
}

CheckReport run_check(const CurationConfig& config, Progress& progress) {
  CheckReport report;
  std::vector<BadRow> bad;
  const Corpus corpus(config.corpus, &bad);
  const bool is_table = corpus.scheme() == nullptr;
  report.corpus = is_table ? config.corpus : corpus.scheme()->called();
  if (!is_table) {
    const Scheme& scheme = *corpus.scheme();
    report.about = {scheme.title(), scheme.licence(), scheme.cite(), scheme.url(), scheme.note()};
    std::erase(report.about, "");
  }
  for (const BadRow& row : bad) report.bad_rows.push_back(row.reason);
  if (is_table && corpus.listed().empty()) return report;  // no row is left to look at

  ChosenClips chosen(config.choice);
  ListReport list;
  const auto files = list_corpus(corpus, config.input, chosen, list, Doubles::list);
  report.twins = list.twins;
  report.files = list.files;
  report.clips = list.clips;
  report.remarks = list.remarks;
  for (const auto& [path, reason] : list.left_out) {
    (is_table ? report.missing : report.unnamed)
        .push_back(fmt::format("{}: {}", path.string(), reason));
  }
  count_clips(report, files);
  find_unknown_labels(report, config, corpus.scheme());
  if (is_table) find_unlisted(report, config, corpus);
  if (config.content) open_files(report, files, config, progress);
  return report;
}

}  // namespace aver
