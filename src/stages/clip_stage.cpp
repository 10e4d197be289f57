#include "stages/clip_stage.h"

#include <spdlog/spdlog.h>

#include <map>
#include <mutex>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/inner_path.h"
#include "base/parallel.h"
#include "base/printable.h"
#include "base/text.h"

namespace aver {
namespace {

struct ClipResult {
  StageClip clip;
  std::string failure;  ///< empty when the clip is done
  std::vector<std::string> remarks = {};
};

std::string relative_name(const fs::path& path, const fs::path& input) {
  return path.lexically_relative(input).generic_string();
}

/// Stage folders carry no absolute paths, so what a reason says of the source is cut to its name.
std::string without_folder(std::string reason, const fs::path& source, const std::string& name) {
  const std::string absolute = source.string();
  for (std::size_t at = 0; (at = reason.find(absolute, at)) != std::string::npos;) {
    reason.replace(at, absolute.size(), name);
    at += name.size();
  }
  return reason;
}

// glibc before 2.38 seldom fits an aligned block into the gap that another one left. Decoders take
// and free such blocks for every clip: over thousands of clips the gaps came to 100 MiB and more.
void return_free_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

void write_outputs(const fs::path& root, const Recording& recording,
                   const std::vector<StageFile>& files, const ClipStage& stage) {
  std::vector<fs::path> paths;
  for (const auto& file : files) {
    paths.push_back(inner_path(root, file.path, recording.name,
                               "its speaker and label become folders: give it others"));
  }
  try {
    for (std::size_t i = 0; i < files.size(); ++i) write_file(paths[i], files[i].bytes);
    if (stage.after_write) stage.after_write(recording, files);
  } catch (const Error& error) {
    // On a full disk half a clip only takes room: it is redone whole anyway.
    for (const auto& file : files) remove_inner(root, file.path);
    throw Error("{}; what is finished is kept: the same command continues there", error.what());
  }
}

}  // namespace

void keep_modalities(Catalog& catalog, const std::set<std::string_view>& wanted,
                     const fs::path& input, StageWriter& writer) {
  std::set<std::string> others;
  const std::size_t found = catalog.clips.size();
  std::erase_if(catalog.clips, [&](const DatasetClip& clip) {
    const std::string& modality = clip.recording.modality;
    if (wanted.contains(modality)) return false;
    const std::string kind = fmt::format("{} by its name", modality);
    others.insert(kind);
    writer.skip({relative_name(clip.path, input), kind});
    return true;
  });
  for (const auto* files : {&catalog.other_channel, &catalog.unread}) {
    for (const auto& [path, reason] : *files) writer.skip({relative_name(path, input), reason});
  }
  if (catalog.clips.empty() && catalog.unnamed.empty()) {
    throw Error("nothing to take from {}: each of its {} clips is {}", input.string(), found,
                fmt::join(others, " or "));
  }
}

static void warn_of_lost_sources(const StageWriter& writer, const std::vector<DatasetClip>& clips) {
  std::vector<std::string> seen;
  const auto kind_of = [](const Recording& recording) {
    return std::pair(recording.clip.value("channel"), recording.modality);
  };
  std::set<std::pair<std::string, std::string>> kinds;  // a folder may grow from speech to song
  for (const auto& clip : clips) {
    seen.push_back(clip.recording.name);
    kinds.insert(kind_of(clip.recording));
  }
  std::vector<const StageClip*> lonely = writer.without_source(std::move(seen));
  std::erase_if(lonely,
                [&](const StageClip* clip) { return !kinds.contains(kind_of(clip->recording)); });
  if (lonely.empty()) return;
  const bool one = lonely.size() == 1;
  spdlog::warn("{} of {} {} not in --input any more ({}{}); {} kept, --force drops {}",
               counted(lonely.size(), "clips"), writer.root().string(), one ? "is" : "are",
               lonely.front()->recording.name, one ? "" : ", …", one ? "it is" : "they are",
               one ? "it" : "them");
}

void run_clip_stage(StageWriter& writer, const fs::path& input,
                    const std::vector<DatasetClip>& clips, std::size_t workers, Progress& progress,
                    const ClipStage& stage) {
  const auto twin = std::ranges::adjacent_find(
      clips, {}, [](const DatasetClip& clip) { return std::string_view(clip.recording.name); });
  if (twin != clips.end()) {
    throw Error("{} and {} would both be written as {}: --modality takes one kind", twin->path,
                std::next(twin)->path, twin->recording.name);
  }
  warn_of_lost_sources(writer, clips);
  std::vector<StageSource> sources;
  for (const auto& clip : clips) sources.push_back({clip.recording.name, stamp_of(clip.path)});
  writer.deal(sources);
  std::vector<const DatasetClip*> pending;
  std::vector<std::string> changed;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const auto& [recording, stamp] = sources[i];
    if (!writer.owns(recording)) continue;
    // What is known of a clip may have changed, with its label the place of its outputs.
    const bool current = writer.is_current(recording, stamp) &&
                         writer.find(recording)->recording == clips[i].recording;
    const auto altered = current ? writer.changed_outputs(recording) : std::vector<std::string>();
    std::ranges::copy(altered, std::back_inserter(changed));
    if (!current || !altered.empty()) pending.push_back(&clips[i]);
  }
  if (!changed.empty()) {
    spdlog::warn("{} of {} changed since this stage made {} ({}{}): made again",
                 counted(changed.size(), "files"), writer.root().string(),
                 changed.size() == 1 ? "it" : "them", changed.front(),
                 changed.size() == 1 ? "" : ", …");
  }
  std::once_flag begun;
  const auto begin = [&] { std::call_once(begun, [&] { writer.begin(); }); };

  const auto make_worker = [&] {
    return [&, make = stage.make_worker()](std::size_t index) {
      const DatasetClip& source = *pending[index];
      const std::string name = relative_name(source.path, input);
      ClipResult result{{source.recording, name, {}, {}}, {}};
      std::vector<StageFile> files;
      try {
        result.clip.stamp = stamp_of(source.path);
        ClipProducts products = make(source);
        files = std::move(products.files);
        result.clip.counts = std::move(products.counts);
        result.remarks = std::move(products.remarks);
      } catch (const std::exception& error) {
        result.failure = without_folder(error.what(), source.path, name);
        return result;
      }
      begin();
      write_outputs(writer.root(), source.recording, files, stage);
      for (auto& file : files) {
        result.clip.outputs.push_back(
            {std::move(file.path), std::move(file.shape), content_mark(file.bytes)});
      }
      return result;
    };
  };

  progress.start(stage.what, pending.size());
  std::size_t failures = 0;
  parallel_map(pending.size(), workers, make_worker, [&](std::size_t index, ClipResult result) {
    for (const auto& remark : result.remarks) spdlog::warn("{}: {}", result.clip.source, remark);
    if (result.failure.empty()) {
      begin();
      writer.add(std::move(result.clip));
    } else {
      ++failures;
      spdlog::warn("{}: {}", result.clip.source, result.failure);
      const std::string& recording = result.clip.recording.name;
      if (writer.find(recording) != nullptr) begin();
      writer.fail(recording, {result.clip.source, result.failure});
    }
    if (index % 16 == 15) return_free_memory();
    progress.update(index + 1, failures == 0 ? "" : fmt::format("({} failed)", failures));
  });
  progress.finish();
}

StageSummary join_clip_stage(const fs::path& folder, const StageMaker& maker) {
  return StageWriter(folder, maker).complete();
}

void fail_unnamed(StageWriter& writer, const fs::path& input, const Catalog& catalog) {
  for (const std::string& remark : catalog.remarks) spdlog::warn(remark);
  for (const auto& file : catalog.unnamed) {
    writer.fail({relative_name(file.path, input), file.reason});
  }
}

void fail_contradictions(StageWriter& writer, const fs::path& input, Catalog& catalog) {
  std::map<std::string, DatasetClip> first;  // by key; erase_if moves what it looks at
  std::erase_if(catalog.clips, [&](const DatasetClip& clip) {
    if (clip.line == 0) return false;
    const Clip& facts = clip.recording.clip;
    const DatasetClip& other = first.emplace(facts.key, clip).first->second;
    const Clip& before = other.recording.clip;
    if (before.label == facts.label && before.speaker == facts.speaker) return false;
    writer.fail(
        {relative_name(clip.path, input),
         fmt::format("line {} of the table says that {} is {} of '{}', and line {} that it is "
                     "{} of '{}'",
                     clip.line, facts.key, facts.label, facts.speaker, other.line, before.label,
                     before.speaker)});
    return true;
  });
}

void say_left_out(const ChosenClips& chosen) {
  for (const std::string& sentence : chosen.left_out()) spdlog::info(sentence);
  for (const std::string& sentence : chosen.remarks()) spdlog::warn(sentence);
}

std::string summary_text(const StageSummary& summary, const fs::path& folder,
                         const std::string& noun) {
  std::string text = fmt::format("{}: {} of {} ({} made now, {} there before)\n", folder.string(),
                                 counted(summary.outputs, noun), counted(summary.clips, "clips"),
                                 summary.made, summary.clips - summary.made);
  std::map<std::string, std::size_t> reasons;
  for (const auto& skipped : summary.skipped) ++reasons[skipped.reason];
  for (const auto& [reason, count] : reasons) {
    text += fmt::format("skipped {}: {}\n", count, reason);
  }
  if (!summary.failed.empty()) text += fmt::format("failed {}:\n", summary.failed.size());
  for (const auto& failed : summary.failed) {
    text += fmt::format("  {}: {}\n", printable(failed.source), printable(failed.reason));
  }
  return text;
}

std::string next_step_text(const std::optional<Shard>& shard, const std::string& tool,
                           const fs::path& folder, bool failures) {
  if (!shard) return {};
  return fmt::format("shard {} is done{}; when all are done: {} --join --output {}\n",
                     shard->text(), failures ? " except for what failed" : "", tool,
                     folder.string());
}

nlohmann::json summary_json(const StageSummary& summary, const fs::path& folder) {
  nlohmann::json failed = nlohmann::json::array();
  for (const auto& remark : summary.failed) {
    failed.push_back({{"source", remark.source}, {"reason", remark.reason}});
  }
  return {{"output", folder.string()},
          {"clips", summary.clips},
          {"made", summary.made},
          {"outputs", summary.outputs},
          {"skipped", summary.skipped.size()},
          {"failed", failed}};
}

int exit_status(const StageSummary& summary, bool keep_going) {
  return summary.failed.empty() || keep_going ? 0 : 1;
}

}  // namespace aver
