#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "corpus/clip.h"
#include "corpus/scheme.h"

namespace aver {

/// Whatever is known of clips, by key. Tables name clips and nothing else; who speaks, what is said
/// and how is looked up here.
class ClipTable {
 public:
  /// Knows nothing but what `names` reads off a name; without them nothing at all.
  explicit ClipTable(std::shared_ptr<const Scheme> names = nullptr) : names_(std::move(names)) {}

  /// Adds a clip. One that is there already stays.
  void add(const Clip& clip) { clips_.emplace(clip.key, clip); }

  /// The clip of this key, or of this name as the scheme reads it.
  std::optional<Clip> find(std::string_view name) const;
  /// The key of the clip that a table's name means; the name itself when it means none that is
  /// known.
  std::string key(std::string_view name) const;

  const std::map<std::string, Clip, std::less<>>& clips() const { return clips_; }
  /// The attributes that some clip has, sorted.
  std::vector<std::string> attributes() const;

 private:
  std::map<std::string, Clip, std::less<>> clips_;
  std::shared_ptr<const Scheme> names_;
};

/// clips.csv: `clip,label,speaker` and a column for each attribute that some clip has, sorted by
/// clip.
void write_clip_table(const fs::path& path, const ClipTable& table);
/// Reads such a table, columns in any order, into `table`. Throws Error naming the file and line.
void read_clip_table(const fs::path& path, ClipTable& table);

}  // namespace aver
