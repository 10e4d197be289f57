#include "curation/emobox.h"

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "corpus/catalog.h"

namespace aver {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() || value.is_structured() ? std::string() : value.dump();
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? std::string() : text_of(*found);
}

double number_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return 0;
  if (!found->is_number()) throw Error("{} is no number", key);
  return found->get<double>();
}

/// Of the file and how it was counted, which a table need not repeat.
bool is_known_key(const std::string& key) {
  static const std::set<std::string> kKeys = {"key",       "wav",        "type",     "sample_rate",
                                              "num_frame", "task",       "length",   "emo",
                                              "channel",   "start_time", "end_time", "speaker",
                                              "spk",       "modality",   "clip",     "dataset"};
  return kKeys.contains(key);
}

/// Behind an attribute that has the name of one of them, such as RAVDESS's channel.
constexpr char kMark = '_';

std::string without_mark(const std::string& key) {
  return key.substr(0, key.size() - 1);
}

bool is_set_aside(const std::string& key) {
  return key.ends_with(kMark) && is_known_key(without_mark(key));
}

/// The one list in a folder.
fs::path list_in(const fs::path& folder) {
  std::vector<fs::path> lists = list_files(folder, false);
  std::erase_if(lists, [](const fs::path& path) { return path.extension() != ".jsonl"; });
  if (lists.size() != 1) {
    throw Error("{} holds {} .jsonl files; give --input one of EmoBox's lists", folder.string(),
                lists.empty() ? "no" : "several");
  }
  return lists.front();
}

DatasetClip file_of(const Json& object) {
  DatasetClip clip;
  Clip& facts = clip.recording.clip;
  clip.path = text_at(object, "wav");
  if (clip.path.empty()) throw Error("wav, the path of the file, is missing");
  const std::string task = text_at(object, "task");
  if (!task.empty() && task != "category") {
    throw Error("its task is '{}'; labels are told by 'category' only", task);
  }
  facts.label = text_at(object, "emo");
  if (facts.label.empty()) throw Error("emo, the label, is missing");
  facts.key = text_at(object, object.contains("clip") ? "clip" : "key");
  facts.speaker = text_at(object, object.contains("speaker") ? "speaker" : "spk");
  clip.recording.modality = text_at(object, "modality");
  if (const std::string dataset = text_at(object, "dataset"); !dataset.empty()) {
    facts.attributes["corpus"] = dataset;
  }
  clip.start = number_at(object, "start_time");
  clip.end = number_at(object, "end_time");
  for (const auto& [key, value] : object.items()) {
    if (is_known_key(key)) continue;
    const std::string text = text_of(value);
    if (!text.empty()) facts.attributes[is_set_aside(key) ? without_mark(key) : key] = text;
  }
  return clip;
}

Json object_of(const DatasetClip& clip, const ExportedCorpus& corpus) {
  const Clip& facts = clip.recording.clip;
  const Measured& measured = corpus.measured.at(clip.path);
  const double end = clip.end == 0 ? measured.seconds() : clip.end;
  Json object = {{"key", clip.recording.name},
                 {"dataset", corpus.name},
                 {"wav", clip.path},
                 {"type", "raw"},
                 {"sample_rate", measured.sample_rate_hz},
                 {"num_frame", measured.samples},
                 {"task", "category"},
                 {"length", end - clip.start},
                 {"emo", facts.label},
                 {"channel", measured.channels}};
  if (clip.start != 0 || clip.end != 0) {
    object["start_time"] = clip.start;
    object["end_time"] = end;
  }
  if (facts.key != clip.recording.name) object["clip"] = facts.key;
  if (clip.recording.modality != modality_by_extension(clip.path)) {
    object["modality"] = clip.recording.modality;
  }
  if (!facts.speaker.empty()) object["speaker"] = facts.speaker;
  for (const auto& [name, value] : facts.attributes) {
    if (name == "corpus" && value == corpus.name) continue;
    object[is_known_key(name) ? name + kMark : name] = value;
  }
  return object;
}

}  // namespace

std::vector<DatasetClip> read_emobox(const fs::path& path) {
  std::vector<DatasetClip> files;
  if (fs::is_directory(path)) return read_emobox(list_in(path));
  std::istringstream lines(read_file(path));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json object = parse_ordered_json(line);
    try {
      if (!object.is_object()) throw Error("a JSON object per line expected");
      files.push_back(file_of(object));
      files.back().line = number;
    } catch (const Error& error) {
      throw Error("{}, line {}: {}", path.string(), number, error.what());
    }
  }
  if (files.empty()) throw Error("{} lists no file", path.string());
  return files;
}

std::vector<ExchangeFile> write_emobox(const ExportedCorpus& corpus) {
  std::string lines;
  Json labels = Json::object();
  for (const DatasetClip& file : corpus.files) {
    lines += object_of(file, corpus).dump() + "\n";
    const std::string& label = file.recording.clip.label;
    labels[label] = label;
  }
  return {{corpus.name + ".jsonl", lines}, {"label_map.json", shown_json(labels, 2) + "\n"}};
}

}  // namespace aver
