#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "features/extractor.h"

namespace aver {

/// One kind of features. A new one is a file like log_mel.h, with its options and its extractor,
/// and its row in extractors.cpp: command lines, their help and errors, what stage folders and
/// models remember, and what is computed on new clips read the rows.
struct FeatureKind {
  std::string_view name;  ///< on command lines and in files
  std::string_view help;  ///< one clause for --help
  /// A copy of these options; the defaults for null.
  std::unique_ptr<FeatureOptions> (*options)(const FeatureOptions* like) = nullptr;
  /// Throws UsageError for bad options, among them a sample rate of 0.
  std::unique_ptr<FeatureExtractor> (*make)(const FeatureOptions& options) = nullptr;
};

/// All of them. The first is the paper's.
std::span<const FeatureKind> feature_kinds();

/// Which features are to be computed: their kind, and its options. A value.
class FeatureChoice {
 public:
  /// The paper's, with their defaults.
  FeatureChoice();
  /// These options of this kind; the defaults for null. Throws UsageError that names the kinds
  /// there are.
  explicit FeatureChoice(std::string_view name, const FeatureOptions* options = nullptr);
  FeatureChoice(const FeatureChoice& other);
  FeatureChoice(FeatureChoice&& other) = default;
  FeatureChoice& operator=(FeatureChoice other);
  ~FeatureChoice() = default;

  /// What a stage folder or a model recorded; MFCCs where it names no kind. Throws Error when this
  /// build has no such kind, or a key is missing or of another type.
  static FeatureChoice recorded(const nlohmann::json& settings);

  std::string_view name() const { return kind_->name; }
  /// Another kind, with its defaults; the same one keeps its options. Comes before describe().
  /// Throws UsageError as the constructor does.
  void choose(std::string_view name);
  /// --features and the options of the chosen kind.
  void describe(Options& options);

  /// Whether it computes with a file, the speaker encoder, and where that is: no record says so.
  bool needs_encoder() const { return options_->file() != nullptr; }
  void take_encoder(const fs::path& path);

  /// The rate of the samples that an extractor of this choice takes, for a sound of `own_hz`.
  int rate_for(int own_hz) const;
  /// Throws UsageError for options that do not work at this rate.
  std::unique_ptr<FeatureExtractor> make(int rate_hz) const;

 private:
  const FeatureKind* kind_;
  std::unique_ptr<FeatureOptions> options_;
};

}  // namespace aver
