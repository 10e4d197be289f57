#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "corpus/catalog.h"
#include "corpus/clip.h"
#include "corpus/clip_table.h"
#include "corpus/corpus_table.h"
#include "corpus/label_map.h"
#include "corpus/labels_against_names.h"
#include "corpus/scheme.h"

namespace aver {

enum class Effect;
class Options;

/// Which clips a program works on, whatever folder they come from.
struct ClipChoice {
  ChannelFilter channel = ChannelFilter::speech;
  /// "column=value", or "column=value,value": one value of each column that is named must hold.
  std::vector<std::string> filter;
  fs::path labels;  ///< a label map; "" = labels stay as they are

  /// `effect`: what a changed choice changes, which differs between stages and trainers.
  void describe(Options& options, Effect effect);
};

/// The column that tells of a clip what --labels changed its label from, where the new one is
/// another than its name says, so that nobody takes it for a mistake.
inline constexpr const char* kLabelBefore = "label-before";

/// A choice, ready to be asked.
class ChosenClips {
 public:
  /// Throws UsageError for a filter that is none and a label map that cannot be read.
  explicit ChosenClips(const ClipChoice& choice);

  /// The clip with the label that it has by the map; nothing when it is not chosen. Counts what is
  /// left out, and for which reason. `file` may tell by its name what the clip's key does not.
  std::optional<Clip> take(const Clip& clip, const fs::path& file = {});
  /// Whether --channel leaves this clip out.
  bool is_other_channel(const Clip& clip) const { return !takes(channel_, clip); }
  /// "--filter leaves out 40 clips", "--labels drops 12 clips of surprised": one sentence for each
  /// reason but the channel.
  std::vector<std::string> left_out() const;
  /// The same, and for each other channel "left out 2 clips: song (see --channel)".
  std::vector<std::string> left_out_of_all() const;
  /// What is odd about the labels and speakers of what was taken, and about --labels, a sentence
  /// each; that of labels_against_names() among them.
  std::vector<std::string> remarks() const;
  /// "the label contradicts the name in 60 of 60 clips (…)": of what was taken, RAVDESS's names,
  /// but where --labels made the label. At most one sentence.
  std::vector<std::string> labels_against_names() const;
  /// " of the speech channel": what of a folder is looked at, where that is not all.
  std::string channel_words() const;
  /// ": 2 clips are song, which --channel song or --channel all takes; --filter leaves out 40
  /// clips": where nothing is left; "" when nothing was left out.
  std::string why_none() const;
  /// Throws UsageError when a filter names a column that no clip had that was seen.
  void require_known_columns() const;

 private:
  ChannelFilter channel_;
  std::map<std::string, std::vector<std::string>> filter_;  ///< column -> values
  LabelMap labels_;
  std::map<std::string, std::size_t> dropped_;  ///< by label
  std::map<std::pair<std::string, std::string>, std::size_t>
      renamed_;                                       ///< by label, before and now
  std::map<std::string, std::size_t> other_channel_;  ///< by channel
  std::size_t filtered_ = 0;
  std::map<std::string, bool> columns_;  ///< those seen
  std::set<std::string> seen_labels_, taken_labels_, taken_speakers_;
  LabelsAgainstNames names_;
};

/// Says that a folder holds no file that was looked for.
class NoClips : public Error {
 public:
  using Error::Error;
};

/// What `--corpus` names: how files are named, or a table that lists them.
class Corpus {
 public:
  /// A corpus that comes with aver, a description (.toml) or a table (.csv). Throws UsageError
  /// naming those that are known. Rows of a table that cannot be used are an Error, or with `bad`
  /// added there.
  explicit Corpus(const std::string& named = "ravdess", std::vector<BadRow>* bad = nullptr);

  const Scheme* scheme() const { return scheme_.get(); }
  /// What the table lists; nothing where there is none.
  const std::vector<DatasetClip>& listed() const { return files_; }
  /// Where a file of the table is, when `root` is the folder of the data.
  static fs::path place_of(const fs::path& root, const std::string& listed);
  /// "RAVDESS", for messages; of a table its path.
  const std::string& called() const { return scheme_ ? scheme_->called() : source_; }

  /// The media files below `root` with one of `extensions` that the corpus has, as scan_dataset
  /// finds them. Of a table, files that are not there and those whose format is not read are
  /// `unnamed`. Throws NoClips where there are none at all.
  Catalog scan(const fs::path& root, const std::vector<std::string>& extensions,
               ChosenClips& chosen, Doubles doubles = Doubles::refuse) const;
  /// The clip that a name means; nothing when it is none of this corpus.
  std::optional<Clip> find(std::string_view name) const;
  /// What is known of its clips: of a description what names say, of a table what it lists. That of
  /// the default corpus is what tables are read with where nothing else is known.
  ClipTable clips() const;

 private:
  std::string source_;
  std::shared_ptr<const Scheme> scheme_;
  std::vector<DatasetClip> files_;
  std::map<std::string, std::size_t, std::less<>>
      by_name_;  ///< key, name and path -> place in files_
};

/// What is `known`, and what the clips.csv of a run or stage folder says, where there is one.
ClipTable clips_of_folder(const fs::path& folder, ClipTable known = Corpus().clips());

/// The line of --corpus.
void describe_corpus(Options& options, std::string& corpus);

}  // namespace aver
