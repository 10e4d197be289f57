#include "corpus/corpus.h"

#include <algorithm>

#include "base/archives.h"
#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "corpus/class_folders.h"
#include "corpus/known_corpora.h"
#include "corpus/spelling.h"

namespace aver {

void ClipChoice::describe(Options& options, Effect effect) {
  const auto add = [&](const char* name, auto& field, const char* help) -> Option& {
    return options.add(effect, name, option_value(field), help);
  };
  add("channel", channel, kChannelHelp).may_change_on_resume();
  add("filter", filter,
      "Only clips with this value (or one of several) in a column of clips.csv, such as "
      "gender=female or level=high,low; may be given several times")
      .may_change_on_resume();
  add("labels", labels, "TOML file whose [labels] rename, merge or drop (\"\") labels")
      .may_change_on_resume();
}

void describe_corpus(Options& options, std::string& corpus) {
  options
      .place("corpus", corpus,
             fmt::format("What the files are: {}, a description of your own (.toml) or a table "
                         "of files (.csv); see docs/corpora.md",
                         fmt::join(known_corpora(), ", ")))
      .suggests(known_corpora())
      .names_files();
}

ChosenClips::ChosenClips(const ClipChoice& choice) : channel_(choice.channel) {
  for (const std::string& text : choice.filter) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError("--filter is '{}': COLUMN=VALUE expected, such as gender=female", text);
    }
    auto& values = filter_[text.substr(0, equals)];
    for (auto& value : split_text(text.substr(equals + 1), ',')) {
      if (value.find('=') != std::string::npos) {
        throw UsageError("--filter is '{}': one column at a time, so give {} a --filter of its own",
                         text, value);
      }
      values.push_back(std::move(value));
    }
  }
  if (!choice.labels.empty()) labels_ = LabelMap(choice.labels);
}

std::optional<Clip> ChosenClips::take(const Clip& clip, const fs::path& file) {
  for (const char* name : {"clip", "label", "speaker"}) columns_[name] = true;
  seen_labels_.insert(clip.label);
  for (const auto& [name, value] : clip.attributes) columns_[name] = true;
  if (!takes(channel_, clip)) {
    ++other_channel_[clip.value("channel")];
    return std::nullopt;
  }
  for (const auto& [column, values] : filter_) {
    if (std::ranges::find(values, clip.value(column)) != values.end()) continue;
    ++filtered_;
    return std::nullopt;
  }
  const auto label = labels_.name(clip.label);
  if (!label) {
    ++dropped_[clip.label];
    return std::nullopt;
  }
  if (*label != clip.label) ++renamed_[{clip.label, *label}];
  Clip taken = clip;
  taken.label = *label;
  std::string name = clip.key.substr(clip.key.rfind('/') + 1);  // folders of classes come first
  if (!label_in_name(name)) name = file.stem().string();
  const auto by_name = label_in_name(name);
  if (by_name && clip.label != *label && !are_one_class(*by_name, *label)) {
    taken.attributes.emplace(kLabelBefore, clip.label);
  }
  if (!taken.attributes.contains(kLabelBefore)) names_.compare(name, *label);
  taken_labels_.insert(*label);
  taken_speakers_.insert(clip.speaker);
  return taken;
}

std::vector<std::string> ChosenClips::left_out() const {
  std::vector<std::string> sentences;
  if (filtered_ > 0)
    sentences.push_back(fmt::format("--filter leaves out {}", counted(filtered_, "clips")));
  for (const auto& [label, count] : dropped_) {
    sentences.push_back(fmt::format("--labels drops {} of {}", counted(count, "clips"), label));
  }
  for (const auto& [names, count] : renamed_) {
    sentences.push_back(fmt::format("--labels takes {} of {} for {}", counted(count, "clips"),
                                    names.first, names.second));
  }
  return sentences;
}

std::vector<std::string> ChosenClips::remarks() const {
  std::vector<std::string> sentences = spelled_twice({taken_labels_.begin(), taken_labels_.end()});
  if (sentences.empty()) {
    std::vector<std::string> odd;
    for (const std::string& label : taken_labels_) {
      const std::string meant = class_meant_by(label);
      // A short word is near to many.
      if (meant.empty() || (label.size() < 5 && class_spelled(label).empty())) continue;
      odd.push_back(fmt::format("{} ({})", label, meant));
    }
    if (!odd.empty()) {
      sentences.push_back(fmt::format(
          "labels that other corpora call otherwise: {}; --labels names them so (docs/corpora.md)",
          fmt::join(odd, ", ")));
    }
  }
  const std::vector<std::string> seen(seen_labels_.begin(), seen_labels_.end());
  for (const auto& [label, name] : labels_.names()) {
    // A closed map is one for several corpora; an earlier stage may have named them already.
    if (labels_.closed() || seen_labels_.contains(label) || seen_labels_.contains(name)) continue;
    const auto guess = nearest(label, seen);
    sentences.push_back(fmt::format("--labels names '{}', which no clip has{}", label,
                                    guess ? fmt::format("; did you mean {}?", *guess) : ""));
  }
  std::map<std::string, std::set<std::string>> speakers;
  for (const std::string& speaker : taken_speakers_) speakers[to_lower(speaker)].insert(speaker);
  for (const auto& [lower, names] : speakers) {
    if (names.size() < 2) continue;
    sentences.push_back(fmt::format("the speakers {} differ in case alone, and are taken as {}",
                                    fmt::join(names, ", "), names.size()));
  }
  std::ranges::move(labels_against_names(), std::back_inserter(sentences));
  return sentences;
}

std::vector<std::string> ChosenClips::labels_against_names() const {
  const std::string found = names_.found("clips");
  if (found.empty()) return {};
  return {fmt::format("the label contradicts the name {}", found)};
}

std::vector<std::string> ChosenClips::left_out_of_all() const {
  std::vector<std::string> sentences = left_out();
  for (const auto& [channel, count] : other_channel_) {
    sentences.push_back(
        fmt::format("left out {}: {}", counted(count, "clips"), other_channel_reason(channel)));
  }
  return sentences;
}

std::string ChosenClips::why_none() const {
  std::vector<std::string> reasons;
  for (const auto& [channel, count] : other_channel_) {
    const bool takes_it =
        channel == name_of(ChannelFilter::speech) || channel == name_of(ChannelFilter::song);
    reasons.push_back(fmt::format("{} {} {}, which {}--channel all takes", counted(count, "clips"),
                                  count == 1 ? "is" : "are", channel,
                                  takes_it ? fmt::format("--channel {} or ", channel) : ""));
  }
  std::ranges::move(left_out(), std::back_inserter(reasons));
  return reasons.empty() ? std::string() : fmt::format(": {}", fmt::join(reasons, "; "));
}

std::string ChosenClips::channel_words() const {
  if (channel_ == ChannelFilter::all) return {};
  return fmt::format(" of the {} channel", name_of(channel_));
}

void ChosenClips::require_known_columns() const {
  if (columns_.empty()) return;
  if (channel_ == ChannelFilter::song && !columns_.contains("channel")) {
    throw UsageError("--channel {}: no clip has a channel, which is RAVDESS's", name_of(channel_));
  }
  for (const auto& [column, values] : filter_) {
    if (columns_.contains(column)) continue;
    std::vector<std::string> names;
    for (const auto& [name, seen] : columns_) names.push_back(name);
    throw UsageError("--filter: no clip has a column '{}'; their columns are {}", column,
                     fmt::join(names, ", "));
  }
}

/// What a table's clips are of when no column says it: its own name, or its folder's where it is
/// called as every table is.
static std::string name_of_table(const fs::path& table) {
  std::string name = table.stem().string();
  if (name == "corpus") name = fs::absolute(table).parent_path().filename().string();
  return shipped_scheme(name) ? name + ".csv" : name;
}

Corpus::Corpus(const std::string& named, std::vector<BadRow>* bad) : source_(named) {
  if (fs::path(named).extension() != ".csv") {
    scheme_ = scheme_named(named);
    return;
  }
  files_ = read_corpus_table(named, bad);
  for (DatasetClip& clip : files_) {
    clip.recording.clip.attributes.emplace("corpus", name_of_table(named));
  }
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const DatasetClip& clip = files_[i];
    for (const std::string& name : {clip.recording.clip.key, clip.recording.name, clip.path}) {
      by_name_.emplace(name, i);
    }
  }
}

fs::path Corpus::place_of(const fs::path& root, const std::string& listed) {
  return fs::path(listed).is_absolute() ? fs::path(listed) : root / listed;
}

std::optional<Clip> Corpus::find(std::string_view name) const {
  if (scheme_) return scheme_->find(name);
  for (const auto dot : {std::string_view::npos, name.rfind('.')}) {
    const auto found = by_name_.find(name.substr(0, dot));
    if (found != by_name_.end()) return files_[found->second].recording.clip;
  }
  return std::nullopt;
}

ClipTable Corpus::clips() const {
  ClipTable table(scheme_);
  for (const DatasetClip& file : files_) table.add(file.recording);
  return table;
}

ClipTable clips_of_folder(const fs::path& folder, ClipTable known) {
  const fs::path path = folder / "clips.csv";
  if (fs::exists(path)) read_clip_table(path, known);
  return known;
}

/// Which other corpus's names the files have, where none has this one's: "" when none fits.
static std::string other_names_hint(const fs::path& root, const std::vector<UnnamedFile>& files,
                                    const Scheme& scheme) {
  std::string best;
  std::size_t most = 0;
  for (const std::string& name : known_corpora()) {
    // Any name in a folder is one of these.
    if (name == scheme.name() || name == "folders") continue;
    const auto other = shipped_scheme(name);
    const auto fitting =
        static_cast<std::size_t>(std::ranges::count_if(files, [&](const UnnamedFile& file) {
          try {
            other->read(file.path.lexically_relative(root), modality_by_extension(file.path));
            return true;
          } catch (const Error&) {
            return false;
          }
        }));
    if (fitting > most) {
      most = fitting;
      best = name;
    }
  }
  if (most == 0) {
    return fmt::format(
        "no file is named as {} names its own: --corpus says what they are "
        "(aver-corpus --help)",
        scheme.called());
  }
  return fmt::format(
      "no file is named as {} names its own, and {} of {} are as {} does: --corpus {}",
      scheme.called(), most, files.size(), best, best);
}

/// Gives clips the label of the folder that classes_by_folder() takes; says what was not plain.
static std::vector<std::string> label_by_folders(std::vector<DatasetClip>& clips,
                                                 const fs::path& root) {
  std::vector<fs::path> paths;
  for (const DatasetClip& clip : clips)
    paths.push_back(fs::path(clip.path).lexically_relative(root));
  const ClassFolders classes = classes_by_folder(root, paths);
  for (std::size_t i = 0; i < clips.size(); ++i) {
    Clip& clip = clips[i].recording.clip;
    clips[i].folder = clip.label = to_lower(classes.pictures[i].label);
    if (const auto part = classes.pictures[i].part) {
      clip.attributes.emplace("part", name_of(*part));
    }
  }
  return classes.remarks;
}

Catalog Corpus::scan(const fs::path& root, const std::vector<std::string>& extensions,
                     ChosenClips& chosen, Doubles doubles) const {
  const auto take = [&](Catalog& catalog, DatasetClip clip) {
    const std::string before = clip.recording.clip.label;
    auto taken = chosen.take(clip.recording.clip, clip.path);
    if (!taken) {
      if (chosen.is_other_channel(clip.recording.clip)) {
        catalog.other_channel.push_back(
            {clip.path, other_channel_reason(clip.recording.clip.value("channel"))});
      }
      return;
    }
    // The folder of an output is named after the label.
    if (taken->label != before && clip.folder.ends_with(before)) {
      clip.folder.replace(clip.folder.size() - before.size(), before.size(), taken->label);
    }
    clip.recording.clip = std::move(*taken);
    catalog.clips.push_back(std::move(clip));
  };
  Catalog catalog;
  if (scheme_) {
    Catalog found = scan_dataset(root, extensions, *scheme_, doubles);
    catalog.twins = std::move(found.twins);
    catalog.unnamed = std::move(found.unnamed);
    catalog.unread = std::move(found.unread);
    catalog.remarks = std::move(found.remarks);
    if (found.clips.empty() && !catalog.unnamed.empty()) {
      catalog.remarks.push_back(other_names_hint(root, catalog.unnamed, *scheme_));
    }
    if (scheme_->known_folders()) {
      std::ranges::move(label_by_folders(found.clips, root), std::back_inserter(catalog.remarks));
    }
    for (auto& clip : found.clips) take(catalog, std::move(clip));
  } else {
    for (DatasetClip clip : files_) {
      const fs::path path = place_of(root, clip.path);
      clip.path = path.string();
      if (!has_extension(path, extensions)) {
        if (!has_extension(path, media_extensions())) {
          catalog.unnamed.push_back(
              {path, fmt::format("{}, line {}, lists it, and no format that is "
                                 "read ends in {}",
                                 source_, clip.line, path.extension().string())});
        }
        continue;
      }
      std::error_code error;
      if (!fs::is_regular_file(path, error)) {
        catalog.unnamed.push_back(
            {path, fmt::format("{}, line {}, lists it, and it is not there", source_, clip.line)});
        continue;
      }
      take(catalog, std::move(clip));
    }
    std::sort(catalog.clips.begin(), catalog.clips.end(),
              [](const DatasetClip& a, const DatasetClip& b) {
                return a.recording.name < b.recording.name;
              });
  }
  chosen.require_known_columns();
  if (catalog.clips.empty() && catalog.unnamed.empty()) {
    const bool channels = scheme_ && std::ranges::find(scheme_->attributes(), "channel") !=
                                         scheme_->attributes().end();
    throw NoClips("no {} files{} found below {}{}{}", fmt::join(extensions, " or "),
                  channels ? chosen.channel_words() : "", root.string(), chosen.why_none(),
                  archive_hint(root));
  }
  return catalog;
}

}  // namespace aver
