#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"
#include "features/mfcc_input.h"
#include "runs/second_head.h"
#include "store/safetensors.h"

namespace aver {

/// Version of the metadata that this build writes; newer ones are refused.
inline constexpr int kModelFormat = 1;

/// A trained model as it is stored: everything that is needed to use it on new input. Plain data in
/// a safetensors file; loading it never executes anything in it.
struct ModelFile {
  std::string kind;                  ///< "visual" or "audio"
  std::vector<std::string> classes;  ///< in the order of the output units
  nlohmann::json input;  ///< what the stage was made with: the MFCC settings; or the picture size,
                         ///< and of frames as "frames" the settings of their stage
  std::string architecture;     ///< of the network; "" = the paper's of this kind
  nlohmann::json network;       ///< its options
  nlohmann::json training;      ///< seed, protocol, epoch of the weights… for the record
  Normalisation normalisation;  ///< audio; empty when not normalised
  std::map<std::string, TensorBytes> weights;  ///< by their names in the network
  int members = 1;  ///< networks of which the model is the mean; each has its weights behind
                    ///< member_prefix() where there are several
  SecondHead second_head = {};  ///< none of most
  /// Columns of its network's output in front of those of the second head: where the levels are
  /// asked, `classes` are these levels, and this says how many classes it has.
  std::size_t class_columns = 0;  ///< 0 = as many as `classes`
  bool mirrored_answers = false;  ///< of pictures: it answers with the mean of two, one mirrored
};

/// The same model with the levels of its second head in the place of its classes. Throws UsageError
/// that names it by `path` where it has none.
ModelFile answering_levels(ModelFile model, const fs::path& path);

/// What stands in front of the names of one member's weights: "member0."
std::string member_prefix(std::size_t member);

/// The content of a model file; `path` is what errors call it.
std::string model_bytes(const ModelFile& model, const fs::path& path);
void write_model(const fs::path& path, const ModelFile& model);

/// Whether a safetensors file says that it is a model of aver.
bool is_model(const Safetensors& content);
/// The model in a file that was read from `path`. Throws Error as read_model() does.
ModelFile model_in(const Safetensors& content, const fs::path& path, const std::string& kind);

/// Reads a model file, or the `model.safetensors` of a run folder. Throws Error naming the file:
/// missing, no model of aver, a newer format, or another `kind` than asked for ("" = any).
ModelFile read_model(const fs::path& path, const std::string& kind);

}  // namespace aver
