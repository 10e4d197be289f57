#include "stages/synthetic_folder.h"

#include <vector>

#include "base/error.h"
#include "base/inner_path.h"
#include "base/json_bytes.h"
#include "base/json_text.h"

namespace aver {
namespace {

constexpr const char* kRecordName = "corpus.json";

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  if (!fs::exists(folder)) return entries;
  try {
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      entries.push_back(entry.path());
  } catch (const fs::filesystem_error& error) {
    throw Error("cannot read folder {}: {}", folder.string(), error.code().message());
  }
  return entries;
}

nlohmann::json read_record(const fs::path& path) {
  auto record = restore_bytes(parse_json(read_file(path)));
  if (!record.is_object() || record.value("tool", nlohmann::json()) != "aver-synthesize" ||
      !record.contains("files") || !record["files"].is_array()) {
    throw Error("{} is no record of aver-synthesize; give --output another folder", path.string());
  }
  for (const auto& file : record["files"]) {
    inner_path(path.parent_path(), file.is_string() ? file.get<std::string>() : "", path.string(),
               "give --output another folder");
  }
  return record;
}

}  // namespace

void prepare_synthetic_folder(const fs::path& output, const nlohmann::json& record, bool force) {
  const fs::path path = output / kRecordName;
  if (!fs::exists(path)) {
    for (const auto& entry : entries_of(output)) {
      if (!is_temporary_name(entry)) {
        throw Error(
            "{} holds files that aver-synthesize did not make ({}); give --output another folder",
            output.string(), entry.filename().string());
      }
    }
  } else if (const auto old = read_record(path); old != record) {
    if (!force) {
      throw Error(
          "{} holds a corpus made with other settings; give --force to replace it, or "
          "--output another folder",
          output.string());
    }
    for (const auto& file : old["files"]) remove_inner(output, file.get<std::string>());
  }
  remove_temporaries(output);
  if (!fs::exists(path) || read_record(path) != record) {
    write_file(path, dump_keeping_bytes(record, 2) + "\n");
  };
}

}  // namespace aver
