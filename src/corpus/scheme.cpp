#include "corpus/scheme.h"

#include <re2/re2.h>

#include <algorithm>
#include <sstream>

#include "base/csv.h"
#include "base/error.h"
#include "base/text.h"
#include "corpus/known_corpora.h"
#include "corpus/name_regex.h"
#include "corpus/toml_section.h"

namespace aver {
namespace {

using Regex = std::shared_ptr<const re2::RE2>;

Regex compile(const std::string& pattern, const std::string& where) {
  auto regex = name_regex(pattern);
  if (!regex->ok()) {
    throw Error("{} '{}' is no regular expression: {}", where, pattern, regex->error());
  }
  return regex;
}

std::vector<std::string> keys_of(const std::map<std::string, std::string>& values) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values) keys.push_back(key);
  return keys;
}

SchemeField read_field(Section section, const std::string& name) {
  SchemeField field;
  field.name = name;
  field.title = section.text("title", name);
  field.values = section.pairs("values");
  for (const auto& [code, meaning] : field.values) {
    if (!meaning.empty()) continue;
    throw Error("{}: values: '{}' means nothing; clips are left out by --filter and --labels",
                section.where(), code);
  }
  field.expected =
      section.text("expected", fmt::format("{}", fmt::join(keys_of(field.values), ", ")));
  field.words = section.pairs("words");
  field.ignore_case = section.flag("ignore-case");
  if (const std::string codes = section.text("codes"); !codes.empty()) {
    field.codes = compile(codes, section.where() + ": codes");
  }
  if (field.expected.empty()) field.expected = "what matches " + section.text("codes");
  section.no_others();
  return field;
}

PublishedFolds read_folds(Section section, const std::string& name, const std::string& scheme) {
  PublishedFolds folds;
  folds.name = name;
  folds.source = section.required("source");
  const std::string file = section.text("file");
  Section tested(section.sub("tested"), section.where() + ", tested");
  for (const auto& [key, speakers] : section.sub("tested")) {
    const std::string fold(key.str());
    const auto number = parse_integer(fold);
    if (!number || *number < 0) throw Error("{}: the fold '{}' is no number", tested.where(), fold);
    folds.tested[static_cast<int>(*number)] = tested.texts(fold.c_str());
  }
  section.no_others();
  if (file.empty() == folds.tested.empty()) {
    throw Error("{}: either a file or tested says who is tested in which fold", section.where());
  }
  if (!file.empty()) {
    const CsvTable table = parse_csv(folds_text(file, scheme), file);
    const std::size_t fold = table.column("fold"), speaker = table.column("speaker");
    for (const auto& row : table.rows) {
      const auto number = parse_integer(row[fold]);
      if (!number || *number < 0) throw Error("{}: the fold '{}' is no number", file, row[fold]);
      folds.tested[static_cast<int>(*number)].push_back(row[speaker]);
    }
  }
  std::map<std::string, int> seen;
  for (const auto& [number, speakers] : folds.tested) {
    for (const std::string& speaker : speakers) {
      const auto [first, fresh] = seen.emplace(speaker, number);
      if (fresh) continue;
      throw Error("{}: {} is tested in fold {} and in fold {}",
                  file.empty() ? section.where() : file, speaker, first->second, number);
    }
  }
  return folds;
}

/// The description with the folds that lie in files beside it written out, for it travels alone.
std::string with_folds_inside(toml::table content, const std::vector<PublishedFolds>& folds) {
  for (const PublishedFolds& published : folds) {
    toml::table& section = *content["folds"][published.name].as_table();
    toml::table tested;
    for (const auto& [number, speakers] : published.tested) {
      toml::array names;
      for (const std::string& speaker : speakers) names.push_back(speaker);
      tested.insert(std::to_string(number), std::move(names));
    }
    section.erase("file");
    section.insert_or_assign("tested", std::move(tested));
  }
  std::ostringstream text;
  text << content << "\n";
  return text.str();
}

/// The parts between slashes that are not empty.
std::string without_empty_parts(const std::string& path) {
  std::vector<std::string> parts = split_text(path, '/');
  std::erase(parts, "");
  return fmt::format("{}", fmt::join(parts, "/"));
}

}  // namespace

Scheme::Scheme(std::string_view toml, const std::string& source) : toml_(toml) {
  const toml::table content = parse_toml(toml, source);
  Section top(content, source);
  name_ = top.required("name");
  // Folders carry the description in a file of this name.
  constexpr const char* kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-_.";
  if (name_.find_first_not_of(kLetters) != std::string::npos || name_.starts_with('.')) {
    throw Error("{}: the name '{}' may have letters, digits and + - _ . alone", source, name_);
  }
  called_ = top.text("called", name_);
  title_ = top.text("title", called_);
  url_ = top.text("url");
  cite_ = top.text("cite");
  licence_ = top.text("licence");
  note_ = top.text("note");
  people_ = top.text("people", "speakers");
  people_note_ = top.text("people-note");
  numbered_ = top.count("numbered");
  languages_ = top.texts("languages");

  Section file(top.sub("file"), source + ", [file]");
  const std::string pattern = file.required("pattern");
  pattern_ = compile(pattern, file.where() + ": pattern");
  if (const std::string key = file.text("key_pattern"); !key.empty()) {
    key_pattern_ = compile(key, file.where() + ": key_pattern");
  }
  const std::string over = file.text("over", "name");
  if (over != "name" && over != "path") {
    throw Error("{}: over is '{}': name or path expected", file.where(), over);
  }
  over_path_ = over == "path";
  known_folders_ = file.flag("known-folders");
  expected_ = file.text("expected", fmt::format("a name that matches {}", pattern));
  recording_ = file.text("recording", "{name}");
  key_ = file.text("key", "{recording}");
  label_ = file.required("label");
  speaker_ = file.text("speaker");
  modality_ = file.text("modality");
  folder_ = file.text("folder", "{speaker}/{label}");
  attributes_ = file.texts("attributes");
  groups_ = file.texts("groups");
  file.no_others();

  constants_ = top.pairs("constants");
  constants_.emplace("corpus", name_);
  if (languages_.size() == 1) constants_.emplace("language", languages_.front());
  std::map<int, std::string> groups;
  for (const auto& [group, index] : pattern_->NamedCapturingGroups()) groups[index] = group;
  Section described(top.sub("fields"), source + ", [fields]");
  for (const auto& [index, group] : groups) {
    fields_.push_back(read_field(
        Section(described.sub(group.c_str()), fmt::format("{}, [fields.{}]", source, group)),
        group));
  }
  described.no_others();
  for (const std::string& field : {label_, speaker_, modality_}) {
    if (!field.empty() &&
        std::ranges::none_of(fields_, [&](const auto& known) { return known.name == field; })) {
      throw Error("{}: the pattern has no group named '{}'", source, field);
    }
  }
  for (const toml::table* table : top.list("impossible")) {
    Section section(*table, source + ", [[impossible]]");
    const std::string because = section.required("because");
    impossible_.push_back({section.rest(), because});
  }
  for (const toml::table* table : top.list("speakers")) {
    Section section(*table, source + ", [[speakers]]");
    const std::string who = section.required("who");
    speakers_.push_back({compile(who, section.where() + ": who"), section.rest()});
  }
  Section folds(top.sub("folds"), source + ", [folds]");
  for (const auto& [name, node] : top.sub("folds")) {
    const std::string key(name.str());
    folds_.push_back(read_folds(
        Section(folds.sub(key.c_str()), fmt::format("{}, [folds.{}]", source, key)), key, source));
  }
  if (!folds_.empty()) toml_ = with_folds_inside(content, folds_);
  Section synthetic(top.sub("synthetic"), source + ", [synthetic]");
  synthetic_.file = synthetic.text("file");
  for (const auto& [name, node] : top.sub("synthetic")) {
    const std::string key(name.str());
    if (key != "file") synthetic_.codes[key] = synthetic.texts(key.c_str());
  }
  top.no_others();
  require_known_places(source);
}

void Scheme::require_known_places(const std::string& source) const {
  std::vector<std::string> known = {"name", "recording", "label", "speaker"};
  for (const SchemeField& field : fields_) known.push_back(field.name);
  for (const std::string& name : keys_of(constants_)) known.push_back(name);
  for (const SpeakerFacts& facts : speakers_) {
    for (const std::string& name : keys_of(facts.attributes)) known.push_back(name);
  }
  const auto require = [&](const std::string& where, const std::string& name) {
    if (std::ranges::find(known, name) != known.end()) return;
    const auto guess = nearest(name, known);
    throw Error(
        "{}: {} names '{}', which is no group of the pattern, no constant and nothing that "
        "is known of speakers{}",
        source, where, name, guess ? fmt::format("; did you mean {}?", *guess) : "");
  };
  for (const auto& [where, form] :
       {std::pair("recording", &recording_), {"key", &key_}, {"folder", &folder_}}) {
    for (std::size_t at = form->find('{'); at != std::string::npos; at = form->find('{', at + 1)) {
      const auto end = form->find('}', at);
      if (end == std::string::npos) throw Error("{}: {} has a {{ without a }}", source, where);
      require(where, form->substr(at + 1, end - at - 1));
    }
  }
  for (const std::string& name : attributes_) require("attributes", name);
  for (const std::string& name : groups_) require("groups", name);
}

std::vector<std::pair<std::string, std::string>> Scheme::labels() const {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& field : fields_) {
    if (field.name != label_) continue;
    for (const auto& [code, meaning] : field.values) result.emplace_back(code, meaning);
  }
  return result;
}

std::string Scheme::shown(const std::string& attribute, const std::string& value) const {
  for (const SchemeField& field : fields_) {
    if (field.name != attribute) continue;
    const auto words = field.words.find(value);
    if (words != field.words.end()) return words->second;
  }
  return value;
}

std::optional<Scheme::Codes> Scheme::match(const re2::RE2& pattern, std::string_view text) const {
  const int groups = pattern.NumberOfCapturingGroups();
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups) + 1);
  const re2::StringPiece piece(text.data(), text.size());
  if (!pattern.Match(piece, 0, piece.size(), re2::RE2::ANCHOR_BOTH, found.data(), groups + 1)) {
    return std::nullopt;
  }
  Codes codes;
  for (const auto& [name, index] : pattern.NamedCapturingGroups()) {
    const auto& group = found[static_cast<std::size_t>(index)];
    codes[name] = group.data() == nullptr ? std::string() : std::string(group.data(), group.size());
  }
  for (const SchemeField& field : fields_) {
    if (field.ignore_case) codes[field.name] = to_lower(codes[field.name]);
  }
  return codes;
}

std::string Scheme::problem_of(const Codes& codes) const {
  for (const SchemeField& field : fields_) {
    const auto code = codes.find(field.name);
    if (code == codes.end()) continue;  // a key lacks the modality
    const bool right = !field.values.empty() ? field.values.contains(code->second)
                       : field.codes         ? match(*field.codes, code->second).has_value()
                                             : true;
    if (right) continue;
    const auto guess = nearest(code->second, keys_of(field.values));
    return fmt::format("its {} field is '{}', expected {}{}", field.title, code->second,
                       field.expected,
                       guess && guess->size() > 2 ? fmt::format("; did you mean {}?", *guess) : "");
  }
  for (const Impossible& impossible : impossible_) {
    const bool so = std::ranges::all_of(impossible.codes, [&](const auto& entry) {
      const auto code = codes.find(entry.first);
      return code != codes.end() && code->second == entry.second;
    });
    if (so) return impossible.because;
  }
  return {};
}

std::string Scheme::meaning(const std::string& name, const Codes& codes) const {
  const auto code = codes.find(name);
  if (code == codes.end()) return {};
  for (const SchemeField& field : fields_) {
    if (field.name != name) continue;
    const auto value = field.values.find(code->second);
    if (value != field.values.end()) return value->second;
  }
  return code->second;
}

std::string Scheme::fill(const std::string& form, const Codes& codes, const Clip& clip) const {
  std::string result;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const auto end = form[i] == '{' ? form.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      result += form[i];
      continue;
    }
    const std::string name = form.substr(i + 1, end - i - 1);
    const auto code = codes.find(name);
    result += name == "label"       ? clip.label
              : name == "speaker"   ? clip.speaker
              : code != codes.end() ? code->second
                                    : clip.value(name);
    i = end;
  }
  return result;
}

// The recording's own name joins the codes: the key may be made of it.
Clip Scheme::clip_of(Codes& codes, std::string_view name) const {
  Clip clip;
  clip.label = meaning(label_, codes);
  clip.speaker = meaning(speaker_, codes);
  clip.attributes = constants_;
  for (const std::string& attribute : attributes_) {
    if (std::string value = meaning(attribute, codes); !value.empty()) {
      clip.attributes[attribute] = std::move(value);
    }
  }
  std::map<std::string, std::string> told;
  for (const SpeakerFacts& facts : speakers_) {
    if (!match(*facts.who, clip.speaker)) continue;
    for (const auto& [key, value] : facts.attributes) {
      const auto [place, fresh] = told.emplace(key, value);
      if (!fresh && place->second != value) {
        throw Error("[[speakers]] say of {} that {} is {} and that it is {}", clip.speaker, key,
                    place->second, value);
      }
      clip.attributes[key] = value;
    }
  }
  codes["name"] = name;
  std::string recording = fill(recording_, codes, clip);
  std::ranges::replace(recording, '/', '_');
  codes["recording"] = std::move(recording);
  clip.key = fill(key_, codes, clip);
  return clip;
}

DatasetClip Scheme::read(const fs::path& path, std::string_view modality) const {
  const std::string name =
      over_path_ ? fs::path(path).replace_extension().generic_string() : path.stem().string();
  auto codes = match(*pattern_, name);
  const std::string problem = codes ? problem_of(*codes) : expected_ + " expected";
  if (!problem.empty()) throw Error("'{}' is not a {} name: {}", name, called_, problem);
  DatasetClip file;
  Recording& recording = file.recording;
  recording.clip = clip_of(*codes, name);
  recording.name = codes->at("recording");
  recording.modality = modality_.empty() ? std::string(modality) : meaning(modality_, *codes);
  file.folder = without_empty_parts(fill(folder_, *codes, recording.clip));
  return file;
}

std::optional<Clip> Scheme::find(std::string_view text) const {
  if (!over_path_) {
    const auto slash = text.find_last_of("/\\");
    if (slash != std::string_view::npos) text.remove_prefix(slash + 1);
  }
  for (const auto dot : {text.rfind('.'), std::string_view::npos, text.find('.')}) {
    const std::string_view name = text.substr(0, dot);
    for (const auto& pattern : {pattern_, key_pattern_}) {
      auto codes = pattern ? match(*pattern, name) : std::nullopt;
      if (codes && problem_of(*codes).empty()) return clip_of(*codes, name);
    }
  }
  return std::nullopt;
}

}  // namespace aver
