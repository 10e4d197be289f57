#include "base/printable.h"
#include "cli.h"
#include "curation/check_corpus.h"
#include "curation/check_text.h"
#include "curation/corpus_lists.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "media/sound_libraries.h"

namespace {

using namespace aver;

constexpr int kFaults = 1;

cli::Outcome outcome_of(const ListReport& report) {
  std::vector<std::string> written;
  for (const auto& path : report.written) written.push_back(path.string());
  cli::Outcome outcome;
  if (!written.empty()) {
    outcome.text = fmt::format("{}: {} clips in {} lines\n", fmt::join(written, ", "), report.clips,
                               report.files);
  }
  nlohmann::json left_out = nlohmann::json::array();
  for (const auto& remark : report.remarks) outcome.text += remark + "\n";
  for (const auto& [path, reason] : report.left_out) {
    outcome.text += fmt::format("left out {}: {}\n", printable(path.string()), reason);
    left_out.push_back({{"file", path.string()}, {"reason", reason}});
  }
  outcome.json = {{"written", written},
                  {"clips", report.clips},
                  {"lines", report.files},
                  {"remarks", report.remarks},
                  {"left_out", left_out}};
  outcome.exit_status = report.left_out.empty() && !written.empty() ? 0 : kFaults;
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  cli::Tool tool("aver-corpus",
                 "Make a table of a folder of recordings (make), say what a corpus holds and what "
                 "is wrong with it (check; exit status 1 when something is), and read and write "
                 "the lists of other programs (import, export).");
  CurationConfig config;
  config.describe(tool.options());
  tool.example("A table of the demo's clips, which --corpus of all programs takes",
               "aver-corpus make -i demo-work/corpus -o demo-work/corpus.csv");
  tool.example("What the table lists and what is in the files",
               "aver-corpus check -i demo-work/corpus --corpus demo-work/corpus.csv");
  tool.library(ffmpeg_version());
  tool.library(libsndfile_version());
  tool.library(opencv_version());

  return tool.run(argc, argv, [&] {
    config.validate();
    if (config.action == "check") {
      const auto report = run_check(config, tool.progress());
      return cli::Outcome{check_text(report), check_json(report), report.faulty() ? kFaults : 0};
    }
    if (config.action == "make") return outcome_of(run_make(config));
    if (config.action == "import") return outcome_of(run_import(config));
    return outcome_of(run_export(config, tool.progress()));
  });
}
