#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "nn/options.h"

namespace aver {

class Network;

/// One kind of network. A new one is a file like audio_net.h, with its options and how it is made,
/// and its row in architectures.cpp: the trainers' command lines, their help and errors, and what a
/// model file remembers read the rows.
struct Architecture {
  std::string_view name;      ///< on command lines and in files
  std::string_view modality;  ///< "audio", "visual" or "features": the kind of its models
  std::string_view title;     ///< over the table of its layers
  std::string_view help;      ///< one clause for --help
  /// A copy of these options; the defaults for null.
  std::unique_ptr<NetworkOptions> (*options)(const NetworkOptions* like) = nullptr;
  std::shared_ptr<Network> (*make)(const NetworkOptions& options, std::uint64_t seed) = nullptr;
};

/// All of them. The first of a modality is the paper's.
std::span<const Architecture> architectures();

/// Null when there is none of this name for the modality; "" is the paper's.
const Architecture* find_architecture(std::string_view modality, std::string_view name);

/// "paper-cnn, other-cnn"
std::string architecture_names(std::string_view modality);

/// Which network is to be made: its architecture, and that one's options. A value.
class NetworkChoice {
 public:
  /// The paper's network of a modality that has one.
  explicit NetworkChoice(std::string_view modality);
  explicit NetworkChoice(const Architecture& architecture);
  NetworkChoice(const NetworkChoice& other);
  NetworkChoice(NetworkChoice&& other) = default;
  NetworkChoice& operator=(NetworkChoice other);
  ~NetworkChoice() = default;

  const Architecture& architecture() const { return *architecture_; }
  bool is_papers() const;
  /// Another architecture of the same modality, with its defaults; the same one keeps its options.
  /// Comes before describe(). Throws UsageError that names those there are.
  void choose(std::string_view name);
  /// --architecture and the options of the chosen one.
  void describe(Options& options);

  /// Throws Error when they are no T.
  template <typename T>
  T& as() {
    return options_as<T>();
  }
  template <typename T>
  const T& as() const {
    return options_as<T>();
  }
  void set_classes(std::size_t classes) { options_->classes = static_cast<int>(classes); }

  /// Throws UsageError that lists everything that cannot work.
  void validate() const { require_valid(*options_); }
  /// What a model file says of its network: what the input brought and what a user chose.
  nlohmann::json to_json() const;
  /// Throws Error that names the key when one is missing or of another type.
  void from_json(const nlohmann::json& object);
  /// How many numbers its tensors would hold; see NetworkOptions::weights(). Throws UsageError when
  /// the options cannot work.
  std::optional<std::size_t> weights() const;
  /// Throws UsageError when the options cannot work.
  std::shared_ptr<Network> make(std::uint64_t seed) const;

 private:
  template <typename T>
  T& options_as() const {
    auto* options = dynamic_cast<T*>(options_.get());
    if (options == nullptr) refuse_options();
    return *options;
  }
  [[noreturn]] void refuse_options() const;

  const Architecture* architecture_;
  std::unique_ptr<NetworkOptions> options_;
};

}  // namespace aver
