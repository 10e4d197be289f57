#include "curation/corpus_lists.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/output_place.h"
#include "base/printable.h"
#include "base/text.h"
#include "curation/exchange_formats.h"
#include "curation/measure.h"
#include "store/cleared_folder.h"

namespace aver {
namespace {

bool lies_below(const fs::path& relative) {
  return !relative.empty() && *relative.begin() != "..";
}

/// The path relative to `root`, where it lies below it.
std::string path_below(const fs::path& path, const fs::path& root) {
  const fs::path relative = path.lexically_normal().lexically_relative(root.lexically_normal());
  return lies_below(relative) ? relative.generic_string() : path.generic_string();
}

void count_into(ListReport& report, const std::vector<DatasetClip>& files, ChosenClips& chosen) {
  std::set<std::string> keys;
  for (const auto& file : files) keys.insert(file.recording.clip.key);
  report.files = files.size();
  report.clips = keys.size();
  std::ranges::move(chosen.left_out_of_all(), std::back_inserter(report.remarks));
  std::ranges::move(chosen.labels_against_names(), std::back_inserter(report.remarks));
}

/// Writes a file unless another one is there.
void write_unless_other(const fs::path& path, const std::string& text, bool force,
                        ListReport& report) {
  const FolderLock lock = turn_to_write(path);
  if (!force && fs::exists(path) && read_file(path) != text) {
    throw Error("{} is there and differs from what would be written; use --force to replace it",
                path.string());
  }
  write_file(path, text);
  report.written.push_back(path);
}

/// Those who read it decode the whole list, and would fail at the first such name.
void refuse_other_than_utf8(const std::vector<DatasetClip>& files) {
  for (const DatasetClip& file : files) {
    const Clip& clip = file.recording.clip;
    if (is_utf8(file.path) && is_utf8(clip.label) && is_utf8(clip.speaker)) continue;
    throw Error(
        "{}: its name, label or speaker is no UTF-8, which this format has to be; rename it",
        file.path);
  }
}

/// Makes the values of a column the labels; what they were stays beside them.
void take_labels_from(const std::string& column, std::vector<DatasetClip>& files,
                      ListReport& report) {
  std::set<std::string> columns;
  for (const DatasetClip& file : files) {
    for (const auto& [name, value] : file.recording.clip.attributes) columns.insert(name);
  }
  if (!columns.contains(column)) {
    throw UsageError("--label-column: no clip has a column '{}'; their columns are {}", column,
                     fmt::join(columns, ", "));
  }
  const auto all = files.size();
  std::erase_if(files,
                [&](const DatasetClip& file) { return file.recording.clip.value(column).empty(); });
  if (files.size() < all) {
    report.remarks.push_back(
        fmt::format("left out {} that have no {}", counted(all - files.size(), "clips"), column));
  }
  for (DatasetClip& file : files) {
    Clip& clip = file.recording.clip;
    clip.attributes[kLabelBefore] = clip.label;
    clip.label = clip.value(column);
    clip.attributes.erase(column);
  }
}

}  // namespace

std::vector<DatasetClip> list_corpus(const Corpus& corpus, const fs::path& root,
                                     ChosenClips& chosen, ListReport& report, Doubles doubles) {
  Catalog catalog = corpus.scan(root, media_extensions(), chosen, doubles);
  report.twins = std::move(catalog.twins);
  report.remarks = std::move(catalog.remarks);
  const auto is_picture = [](const fs::path& path) {
    return has_extension(path, picture_extensions());
  };
  if (std::ranges::none_of(catalog.clips,
                           [&](const auto& clip) { return is_picture(clip.path); })) {
    std::erase_if(catalog.unnamed, [&](const auto& file) { return is_picture(file.path); });
  }
  for (std::size_t i = 0; i < catalog.clips.size(); ++i) {
    DatasetClip& clip = catalog.clips[i];
    clip.path = path_below(clip.path, root);
    if (clip.line == 0) clip.line = i + 2;  // of the table that make writes of them
  }
  count_into(report, catalog.clips, chosen);
  report.left_out = std::move(catalog.unnamed);
  return std::move(catalog.clips);
}

ListReport run_make(const CurationConfig& config) {
  ListReport report;
  ChosenClips chosen(config.choice);
  auto files = list_corpus(Corpus(config.corpus), config.input, chosen, report,
                           doubles_of(config.keep_first));
  if (!config.label_column.empty()) take_labels_from(config.label_column, files, report);
  if (files.empty()) {  // a table of nothing would only be in the way of the next attempt
    report.remarks.emplace_back(
        "nothing is written: no file is named as the files of --corpus are");
    return report;
  }
  write_unless_other(output_place(config.output), corpus_table_text(files), config.force, report);
  return report;
}

ListReport run_import(const CurationConfig& config) {
  ListReport report;
  ChosenClips chosen(config.choice);
  std::vector<DatasetClip> files;
  for (DatasetClip& file : exchange_format(config.format).read(config.input)) {
    auto taken = chosen.take(file.recording.clip, file.path);
    if (!taken) continue;
    file.recording.clip = std::move(*taken);
    if (!config.root.empty() && fs::path(file.path).is_absolute()) {
      file.path = path_below(file.path, fs::absolute(config.root));
    }
    files.push_back(std::move(file));
  }
  chosen.require_known_columns();
  if (files.empty()) {
    throw Error("{} lists no clip that is taken{}", config.input.string(), chosen.why_none());
  }
  name_recordings(files, config.input.string());
  count_into(report, files, chosen);
  write_unless_other(output_place(config.output), corpus_table_text(files), config.force, report);
  return report;
}

ListReport run_export(const CurationConfig& config, Progress& progress) {
  const ExchangeFormat& format = exchange_format(config.format);
  ListReport report;
  ChosenClips chosen(config.choice);
  const Corpus corpus(config.corpus);
  ExportedCorpus exported;
  exported.files = list_corpus(corpus, config.input, chosen, report);
  if (!format.any_bytes) refuse_other_than_utf8(exported.files);
  exported.root = fs::absolute(config.input).lexically_normal();
  exported.scheme = corpus.scheme();
  exported.name = corpus.scheme() != nullptr ? corpus.scheme()->name()
                                             : fs::path(config.corpus).stem().string();
  if (format.measures) {
    exported.measured =
        measure(exported.files, config.input, config.limits, config.workers, progress);
    for (const auto& [path, measured] : exported.measured) {
      if (!measured.failure.empty()) throw Error("{}", measured.failure);
    }
  }
  for (const auto& [name, text] : format.write(exported)) {
    write_unless_other(config.output / name, text, config.force, report);
  }
  return report;
}

}  // namespace aver
