#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"
#include "corpus/scheme.h"

namespace aver {

/// Whatever is known of clips, by key. Tables name clips and nothing else; who speaks, what is said
/// and how is looked up here. Corpus::clips() gives the table of a corpus, clips_of_folder() that
/// of a run or stage folder.
class ClipTable {
 public:
  /// Knows nothing but what `names` reads off a name; without them nothing at all.
  explicit ClipTable(std::shared_ptr<const Scheme> names = nullptr);

  /// Adds a clip. One that is there already stays. From then on names are read as its corpus names
  /// files, too, where that comes with aver.
  void add(const Clip& clip);
  /// The same; the recording's name means the clip as its key does.
  void add(const Recording& recording);

  /// The clip that a table's name means: its key, the name of a recording, with or without folders
  /// and extension, or what the corpora of the clips read off the name. A name of version_name() is
  /// a version of the clip that its beginning means.
  std::optional<Clip> find(std::string_view name) const;
  /// The key of the clip that a table's name means; the name itself when it means none that is
  /// known.
  std::string key(std::string_view name) const;
  /// The recording that a name means, where it says of which modality; nothing for the name of a
  /// clip.
  std::optional<Recording> recording(std::string_view name) const;

  /// Who speaks in a clip of this table; where it has clips of several corpora with the corpus in
  /// front, "emo-db 03", for number 03 of another is somebody else.
  std::string speaker(const Clip& clip) const;

  const std::map<std::string, Clip, std::less<>>& clips() const { return clips_; }
  /// The attributes that some clip has, sorted.
  std::vector<std::string> attributes() const;
  /// Those that its clips are of.
  const std::set<std::string>& corpora() const { return corpora_; }

 private:
  const Clip* known(std::string_view name) const;

  std::map<std::string, Clip, std::less<>> clips_;
  std::map<std::string, std::string, std::less<>> recordings_;  ///< name -> key, where they differ
  std::set<std::string> corpora_;                               ///< of the clips
  std::vector<std::shared_ptr<const Scheme>> schemes_;          ///< in the order they are asked
};

/// clips.csv (and beside it NAME.corpus.toml, the description of a corpus that does not come with
/// aver): `clip,label,speaker` and a column for each attribute that some clip has, sorted by
/// clip.
void write_clip_table(const fs::path& path, const ClipTable& table);
/// The descriptions of these corpora alone, beside such a table, where they are others than those
/// there: folds, or what a corpus calls its people, may have changed without a change to any clip.
void write_descriptions(const fs::path& path, const std::set<std::string>& corpora);
/// Reads such a table, columns in any order, into `table`. Throws Error naming the file and line.
void read_clip_table(const fs::path& path, ClipTable& table);

/// Whether a folder holds the description of a corpus that does not come with aver.
bool brings_description(const fs::path& folder);

}  // namespace aver
