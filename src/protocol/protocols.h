#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/scheme.h"
#include "protocol/split.h"

namespace aver {

/// What a protocol makes a split of.
struct ProtocolRequest {
  const std::vector<SplitItem>& items;
  double test_share = .20;        ///< of all clips, where they are drawn
  double validation_share = .15;  ///< of the training clips, where they are drawn
  std::uint64_t seed = 42;
  bool stratified = false;              ///< protocol paper
  const Scheme* corpus = nullptr;       ///< whose published folds are known
  std::vector<int>* skipped = nullptr;  ///< gets the folds without test clips
  int copies = 0;  ///< protocol paper-augmented: versions of each clip; 0 = all there are
  /// Protocol lists: the items that each list tests.
  const std::vector<std::vector<std::string>>* tested = nullptr;
};

/// A way of dealing clips into train, validation and test. A new one is a function, in a file of
/// its own where it is long, and a row in protocols.cpp.
struct Protocol {
  std::string_view form;  ///< as --help has it: "group-K:COLUMN"
  std::string_view help;
  /// Whether a name is one of this protocol's.
  bool (*matches)(std::string_view name);
  /// Throws UsageError for a name that makes no sense, Error when the items do not allow it.
  Split (*make)(const std::string& name, const ProtocolRequest& request);
  /// True when the training (or validation) part and the test part share speakers, by design.
  bool (*shares_speakers)(std::string_view name);
  /// The column that the parts keep apart; "" for none but speakers.
  std::string (*column)(std::string_view name);
};

const std::vector<Protocol>& protocols();

/// The row of a name; nothing when none is. Published folds have no row.
const Protocol* protocol_named(std::string_view name);

/// Makes a split by name: a protocol, or the published folds of the corpus. Throws UsageError that
/// names those that are known.
Split make_split(const std::string& name, const ProtocolRequest& request);

/// What is wrong with a name, as a clause that lists the known ones; "" when nothing is.
std::string problem_with_protocol(const std::string& name, const Scheme* corpus);

/// "paper (…); clip (…); …; actor-5 (published folds: …)": for --help.
std::string protocols_help(const Scheme* corpus);

}  // namespace aver
