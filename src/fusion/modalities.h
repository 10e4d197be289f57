#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace aver {

/// One system of every table: a modality alone, or all of them fused, which comes last.
struct SystemName {
  std::string key;    ///< in files: "audio", "visual"…, "fused"
  std::string words;  ///< in tables for people: "audio", "visual"…, "both" or "all"
  std::size_t series =
      0;  ///< of drawings: the fused one looks the same for any number of modalities
};

/// The systems over these modalities.
std::vector<SystemName> system_names(const std::vector<std::string>& modalities);

/// The series of one modality alone, and of what is fused.
std::size_t series_of_modality(std::size_t modality);
inline constexpr std::size_t kFusedSeries = 2;

/// What several modalities are together: "both" or "all".
std::string together(std::size_t modalities);
/// Who decides where several do: "both", or "together" where it may be only some of them.
std::string deciding_together(std::size_t modalities);
/// "the other" of two, "another" of more.
std::string the_other(std::size_t modalities);

}  // namespace aver
