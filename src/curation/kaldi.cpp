#include "curation/kaldi.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "base/error.h"
#include "base/text.h"
#include "corpus/catalog.h"

namespace aver {
namespace {

constexpr const char* kPrefix = "utt2";

struct Entry {
  std::string value;
  std::size_t line = 0;
};
/// First word of each line -> the rest.
using Entries = std::map<std::string, Entry>;

Entries read_entries(const fs::path& path) {
  Entries entries;
  std::istringstream lines(read_file(path));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = trim(line);
    if (line.empty()) continue;
    const auto end = line.find_first_of(" \t");
    if (end == std::string::npos) {
      throw Error("{}, line {}: '{}' has nothing behind it", path.string(), number, line);
    }
    const std::string key = line.substr(0, end);
    const auto [place, fresh] = entries.emplace(key, Entry{trim(line.substr(end)), number});
    if (!fresh) {
      throw Error("{}, line {}: {} is in line {} already", path.string(), number, key,
                  place->second.line);
    }
  }
  return entries;
}

Entries read_if_there(const fs::path& path) {
  return fs::exists(path) ? read_entries(path) : Entries();
}

std::string value_of(const Entries& entries, const std::string& key) {
  const auto found = entries.find(key);
  return found == entries.end() ? std::string() : found->second.value;
}

std::string path_of(const Entry& recording, const fs::path& list) {
  if (recording.value.ends_with('|') || recording.value == "-") {
    throw Error(
        "{}, line {}: a command makes the recording; write it to a file first and name that",
        list.string(), recording.line);
  }
  return recording.value;
}

/// Where an utterance lies: the clip with its path and times.
DatasetClip part_of(const Entry& segment, const Entries& recordings, const fs::path& folder) {
  std::istringstream words(segment.value);
  std::string recording, start, end;
  words >> recording >> start >> end;
  const auto found = recordings.find(recording);
  const auto from = parse_double(start), to = parse_double(end);
  if (found == recordings.end() || !from || !to) {
    throw Error("{}, line {}: a recording of wav.scp, its start and its end in seconds expected",
                (folder / "segments").string(), segment.line);
  }
  DatasetClip clip;
  clip.path = path_of(found->second, folder / "wav.scp");
  clip.start = *from;
  clip.end = std::max(*to, 0.0);  // -1 is the end of the recording
  return clip;
}

/// The further utt2NAME, by NAME.
std::map<std::string, Entries> read_attributes(const fs::path& folder) {
  std::map<std::string, Entries> attributes;
  for (const fs::path& path : list_files(folder, false)) {
    const std::string name = path.filename().string();
    if (!name.starts_with(kPrefix) || name == "utt2spk" || name == "utt2emo") continue;
    attributes[name.substr(std::string_view(kPrefix).size())] = read_entries(path);
  }
  return attributes;
}

void require_word(const std::string& text, const std::string& path) {
  if (text.find_first_of(" \t\r\n") != std::string::npos) {
    throw Error("{}: '{}' has a space in it, which separates words in Kaldi's files", path, text);
  }
}

void add_line(std::map<std::string, std::string>& lines, const std::string& key,
              const std::string& value) {
  std::string& line = lines[key];
  if (!line.empty()) return;
  std::string one_line = value;
  std::ranges::replace(one_line, '\n', ' ');
  line = key + " " + one_line + "\n";
}

std::string joined(const std::map<std::string, std::string>& lines) {
  std::string text;
  for (const auto& [key, line] : lines) text += line;
  return text;
}

}  // namespace

std::vector<DatasetClip> read_kaldi(const fs::path& folder) {
  const Entries recordings = read_entries(folder / "wav.scp");
  const Entries segments = read_if_there(folder / "segments");
  const Entries speakers = read_if_there(folder / "utt2spk");
  const Entries genders = read_if_there(folder / "spk2gender");
  const fs::path label_file = fs::exists(folder / "utt2emo") ? folder / "utt2emo" : folder / "text";
  const Entries labels = read_entries(label_file);
  const auto attributes = read_attributes(folder);
  std::vector<DatasetClip> files;
  for (const auto& [utterance, entry] : segments.empty() ? recordings : segments) {
    DatasetClip clip;
    if (segments.empty()) {
      clip.path = path_of(entry, folder / "wav.scp");
    } else {
      clip = part_of(entry, recordings, folder);
    }
    clip.line = entry.line;
    Clip& facts = clip.recording.clip;
    facts.key = utterance;
    facts.label = value_of(labels, utterance);
    if (facts.label.empty()) {
      throw Error("{} says nothing of {} ({}, line {})", label_file.string(), utterance,
                  segments.empty() ? "wav.scp" : "segments", entry.line);
    }
    if (const std::string who = value_of(speakers, utterance); who != utterance) {
      facts.speaker = who;
    }
    for (const auto& [name, values] : attributes) {
      std::string value = value_of(values, utterance);
      if (value.empty()) continue;
      (name == "clip"       ? facts.key
       : name == "modality" ? clip.recording.modality
                            : facts.attributes[name]) = std::move(value);
    }
    const std::string gender = value_of(genders, facts.speaker);
    if (!gender.empty()) {
      facts.attributes.emplace("gender", gender == "m"   ? "male"
                                         : gender == "f" ? "female"
                                                         : gender);
    }
    files.push_back(std::move(clip));
  }
  return files;
}

std::vector<ExchangeFile> write_kaldi(const ExportedCorpus& corpus) {
  std::map<std::string, std::map<std::string, std::string>> files;  // name -> lines by first word
  std::map<std::string, std::string> utterances;                    // of each speaker
  std::map<std::string, std::string> genders;
  const bool parts = std::ranges::any_of(
      corpus.files, [](const auto& file) { return file.start != 0 || file.end != 0; });
  for (const auto& clip : corpus.files) {
    const Clip& facts = clip.recording.clip;
    const std::string& utterance = clip.recording.name;
    const std::string speaker = facts.speaker.empty() ? utterance : facts.speaker;
    for (const std::string& word : {utterance, speaker}) require_word(word, clip.path);
    std::string recording = utterance;
    if (parts) {
      recording = fs::path(clip.path).replace_extension().generic_string();
      std::ranges::replace(recording, '/', '_');
      require_word(recording, clip.path);
      add_line(files["segments"], utterance,
               fmt::format("{} {} {}", recording, clip.start, clip.end == 0 ? -1 : clip.end));
    }
    add_line(files["wav.scp"], recording, (corpus.root / clip.path).string());
    add_line(files["utt2spk"], utterance, speaker);
    add_line(files["utt2emo"], utterance, facts.label);
    utterances[speaker] += " " + utterance;
    const std::string gender = facts.value("gender");
    if (gender == "male" || gender == "female") add_line(genders, speaker, gender.substr(0, 1));
    if (facts.key != utterance) add_line(files["utt2clip"], utterance, facts.key);
    if (clip.recording.modality != modality_by_extension(clip.path)) {
      add_line(files["utt2modality"], utterance, clip.recording.modality);
    }
    for (const auto& [name, value] : facts.attributes) {
      require_word(name, clip.path);
      add_line(files[kPrefix + name], utterance, value);
    }
  }
  std::vector<ExchangeFile> result;
  for (const auto& [name, lines] : files) result.emplace_back(name, joined(lines));
  std::string spk2utt;
  if (!genders.empty()) result.emplace_back("spk2gender", joined(genders));
  for (const auto& [speaker, names] : utterances) spk2utt += speaker + names + "\n";
  result.emplace_back("spk2utt", spk2utt);
  return result;
}

}  // namespace aver
