#pragma once

#include <cstddef>
#include <string>

namespace aver {

/// What a model has seen of its test part: counts over all folds, and the words that follow from
/// them. audit.h has the whole audit, of which this is the short form.
struct LeakVerdict {
  std::size_t shared_groups = 0;  ///< actors both in training (or validation) and in test
  std::size_t shared_clips = 0;   ///< clips on both sides, whole or by their frames
  std::size_t shared_items = 0;   ///< the same item in two parts
  std::size_t shared_sounds =
      0;  ///< recordings (or pictures) that are there under another name; 0 when unknown
  std::size_t shared_versions = 0;  ///< test clips of which training has another version
  std::size_t test_groups = 0;      ///< actors of the test parts; 0 when nothing tells them
  std::size_t test_clips = 0;
  bool frames = false;            ///< items are frames, so that `shared_items` counts frames
  std::string people = "actors";  ///< what the corpus calls them, or "subjects"
  bool clips_known = true;        ///< the items are clips of a corpus, or frames of such
  bool pictures = false;          ///< what is there under another name are single pictures
  bool by_name = false;           ///< nobody looked whether two names hold the same
  bool validated = true;          ///< a part of its own served as validation
  // What that part shares with training.
  std::size_t validation_groups = 0, validation_clips = 0, validation_sounds = 0,
              validation_versions = 0;
  /// Clips that are tested or validate and that the weights that training began with had met, and
  /// further ones whose speakers they had.
  std::size_t begun_clips = 0, begun_speakers = 0;
  std::string unchecked;  ///< why nothing could be checked, as a clause; "" when it could

  bool checked() const { return unchecked.empty(); }
  bool leaks() const {
    return shared_groups + shared_clips + shared_items + shared_sounds + shared_versions +
               begun_clips + begun_speakers >
           0;
  }
  bool validation_leaks() const {
    return validation_groups + validation_clips + validation_sounds + validation_versions > 0;
  }

  /// "Training has seen 19 of 24 test actors, 0 of 288 test clips"
  std::string seen() const;
  /// What stands beside the word that says whether it leaks: "Training has seen 19 of 24 test
  /// actors, 0 of 288 test clips; expect lower figures on new people."
  std::string finding() const;
  /// The line below every table: "Leak check: LEAK. Training has seen 19 of 24 test actors, …"
  std::string sentence() const;
};

}  // namespace aver
