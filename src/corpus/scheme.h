#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"

namespace re2 {
class RE2;
}

namespace aver {

/// A part of a file name: a named group of the pattern.
struct SchemeField {
  std::string name;
  std::string title;                          ///< what messages call it
  std::string expected;                       ///< what messages say of its codes: "01 to 08"
  std::map<std::string, std::string> values;  ///< what each code means; empty = it means itself
  std::map<std::string, std::string> words;   ///< how tables show a meaning, where not as it is
  bool ignore_case = false;                   ///< codes are taken in lower case
  std::shared_ptr<const re2::RE2>
      codes;  ///< what a code may be; nullptr = one of `values`, or anything
};

/// Folds that somebody published: who is tested in which.
struct PublishedFolds {
  std::string name;  ///< of the protocol: "actor-5"
  std::string source;
  std::map<int, std::vector<std::string>> tested;  ///< speakers by number of the fold
};

/// How a synthetic corpus is named as this one: a path with places such as "{actor}", "{emotion}"
/// or "{take:3}" (three digits), and where a place holds codes, these in their order.
/// synthesis/scheme_names.h says which places there are.
struct SyntheticNames {
  std::string file;  ///< "" = nothing is said of it
  std::map<std::string, std::vector<std::string>> codes;
};

/// How the files of a corpus are named, and what is known of it: configs/corpora/NAME.toml, whose
/// keys docs/corpora.md explains.
class Scheme {
 public:
  /// Reads a description. Throws Error naming the source and the key that is wrong.
  Scheme(std::string_view toml, const std::string& source);

  const std::string& name() const { return name_; }      ///< "ravdess"
  const std::string& toml() const { return toml_; }      ///< the description, whole
  const std::string& called() const { return called_; }  ///< "RAVDESS", for messages
  const std::string& title() const { return title_; }
  const std::string& url() const { return url_; }
  const std::string& cite() const { return cite_; }
  const std::string& licence() const { return licence_; }
  const std::string& note() const { return note_; }
  const std::vector<std::string>& languages() const { return languages_; }
  const std::vector<PublishedFolds>& folds() const { return folds_; }
  /// The attributes clips of this corpus have, as columns of its tables, in their order.
  const std::vector<std::string>& attributes() const { return attributes_; }
  /// The attributes that tables are broken down by.
  const std::vector<std::string>& groups() const { return groups_; }
  /// How tables show the value of an attribute.
  std::string shown(const std::string& attribute, const std::string& value) const;
  /// Own spelling of each label, and the common name it has here.
  std::vector<std::pair<std::string, std::string>> labels() const;
  const SyntheticNames& synthetic() const { return synthetic_; }
  /// Whether labels are folders, of which the one counts whose name is known for a class.
  bool known_folders() const { return known_folders_; }
  /// Whether names of folders count.
  bool over_path() const { return over_path_; }
  /// What people are called: "actors" or "speakers".
  const std::string& people() const { return people_; }
  /// A sentence that tables of all speakers carry; "" = none.
  const std::string& people_note() const { return people_note_; }
  /// How many speakers the corpus has whose names are numbers from 1; 0 = they are no such numbers.
  int numbered() const { return numbered_; }

  /// What the file is whose path below the corpus's folder this is (its own `path` stays empty).
  /// `modality` is what it is when its name does not say. Throws Error that says what of the name
  /// is wrong.
  DatasetClip read(const fs::path& path, std::string_view modality) const;

  /// The clip that a name in a table means: its key, or a file name with or without folders,
  /// modality and extension. Nothing when it is none of this corpus.
  std::optional<Clip> find(std::string_view name) const;

 private:
  void require_known_places(const std::string& source) const;
  std::string toml_;
  using Codes = std::map<std::string, std::string>;
  std::optional<Codes> match(const re2::RE2& pattern, std::string_view text) const;
  std::string fill(const std::string& form, const Codes& codes, const Clip& clip) const;
  Clip clip_of(Codes& codes, std::string_view name) const;
  /// What is wrong with these codes, as a clause; "" when nothing is.
  std::string problem_of(const Codes& codes) const;
  std::string meaning(const std::string& field, const Codes& codes) const;

  struct SpeakerFacts {
    std::shared_ptr<const re2::RE2> who;
    std::map<std::string, std::string> attributes;
  };
  struct Impossible {
    Codes codes;
    std::string because;
  };

  std::string name_, called_, title_, url_, cite_, licence_, note_, people_, people_note_;
  int numbered_ = 0;
  std::vector<std::string> languages_;
  std::shared_ptr<const re2::RE2> pattern_, key_pattern_;
  bool over_path_ = false, known_folders_ = false;
  std::string expected_, key_, recording_, folder_, label_, speaker_, modality_;
  std::vector<SchemeField> fields_;  ///< in the order of the pattern's groups
  std::vector<std::string> attributes_, groups_;
  std::map<std::string, std::string> constants_;  ///< attributes that all clips have
  std::vector<SpeakerFacts> speakers_;
  std::vector<Impossible> impossible_;
  std::vector<PublishedFolds> folds_;
  SyntheticNames synthetic_;
};

}  // namespace aver
