#pragma once

#include <cstdint>
#include <string>

#include "corpus/corpus.h"
#include "store/stage.h"

namespace aver {

/// "by-actor/Actor_01/happy/01-01-03-01-01-01-01_frame_0005.jpg"
std::string frame_path(const DatasetClip& clip, std::int64_t index);

/// The two trees of a frames folder. The manifest lists the by-actor tree; by-emotion is its
/// mirror.
class FramesTree {
 public:
  /// `corpus` reads the names of frames whose clip the folder no longer has.
  FramesTree(fs::path root, Corpus corpus) : root_(std::move(root)), corpus_(std::move(corpus)) {}

  /// Gives a frame that was just written its name in the other tree.
  void renew_twin(const Recording& recording, const std::string& by_actor_path) const;

  /// Restores missing by-emotion names of the writer's clips.
  void restore_twins(const StageWriter& writer) const;

  /// Does that, and removes frames (in both trees) that no clip of the
  /// folder owns any more: another interval or a broken source leaves such behind. Other files
  /// stay.
  void make_consistent(const StageWriter& writer) const;

 private:
  fs::path root_;
  Corpus corpus_;
};

}  // namespace aver
