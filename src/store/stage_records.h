#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "store/stage.h"

// What a stage folder says of itself, file by file. A shard keeps the same files below shards/.
namespace aver {

inline constexpr auto kHeaderFile = "stage.json";
inline constexpr auto kManifestFile = "manifest.csv";
inline constexpr auto kClipsFile = "clips.csv";
inline constexpr auto kJournalFile = "journal.jsonl";
inline constexpr auto kRunning = "running";
inline constexpr auto kComplete = "complete";

/// Sorted by the recordings' names.
using StageClips = std::map<std::string, StageClip>;

StageCounts sum_of_counts(const StageClips& clips);

/// manifest.csv: a row for each output.
void write_manifest(const fs::path& path, const StageClips& clips);
/// clips.csv: what is known of each clip.
void write_clips(const fs::path& path, const StageClips& clips);
/// The descriptions of their corpora beside that file, where they have changed.
void write_descriptions_of(const fs::path& path, const StageClips& clips);
/// Both, of a folder. In format 1 there is no clips.csv, and the names are RAVDESS's.
StageClips read_manifest(const fs::path& folder);

/// Lines of the journal: a finished clip, and one that failed and has no outputs any more. They
/// begin with a line end, which closes a line that a kill cut off.
std::string journal_line(const StageClip& clip);
std::string journal_line_of_failure(const std::string& recording);

/// Adds what a journal says; a last line cut off by a kill is ignored.
void read_journal(const fs::path& path, StageClips& clips);

/// What the manifest and, where there is one, the journal of a folder say.
StageClips read_clips(const fs::path& folder);

/// Sorted.
nlohmann::json remarks_json(std::vector<StageRemark> remarks);
std::vector<StageRemark> remarks_from_json(const nlohmann::json& list);

/// "every is 5 there and 3 now; resize is …"
std::string settings_difference(const nlohmann::json& there, const nlohmann::json& now,
                                const char* in_that = "there", const char* in_this = "now");

/// Throws Error that says that the stage.json of a folder is damaged, and what to do.
[[noreturn]] void refuse_damaged(const fs::path& folder);

/// The stage.json of a folder. Throws Error when it is damaged or of a newer format.
nlohmann::json read_header(const fs::path& folder);

/// The name of the executable that makes a stage: "aver-extract-audio".
std::string maker_of(const std::string& stage);

}  // namespace aver
