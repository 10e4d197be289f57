#include <spdlog/spdlog.h>

#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "cli.h"
#include "interrupt.h"
#include "media/ffmpeg_library.h"
#include "media/opencv_library.h"
#include "prediction/boxed_model.h"
#include "prediction/live_windows.h"
#include "prediction/recogniser.h"
#include "serve/server.h"
#include "train/runtime.h"

namespace {

using namespace aver;

/// How many threads LibTorch uses is a setting of the thread that calls it, so the thread of the
/// estimates gets models of its own when it first comes here.
EstimateClips on_its_own_thread(const Recogniser& recogniser, std::size_t threads) {
  auto own = std::make_shared<std::optional<Recogniser>>();
  return [own, threads, &recogniser](const std::vector<ClipInput>& clips) {
    if (!*own) own->emplace(recogniser.for_this_thread(threads));
    return (*own)->estimate(clips);
  };
}

ServedModels served(const Recogniser& recogniser, const std::string& name, std::size_t threads) {
  return {recogniser.classes(),
          recogniser.has_visual(),
          recogniser.has_audio(),
          [&] { return recogniser.make_reader(); },
          on_its_own_thread(recogniser, threads),
          recogniser.sees_faces(),
          name,
          [settings = recogniser.reader_settings()](auto bytes, const MediaLimits& limits,
                                                    const ReadOptions& options, const auto& take) {
            follow_windows(std::move(bytes), "the recording", limits, settings, options, take);
          }};
}

}  // namespace

int main(int argc, char** argv) {
  quiet_ffmpeg();
  keep_opencv_on_one_thread();
  cli::Tool tool(
      "aver-serve",
      "Serve a web page and an HTTP API on this machine: record a clip or upload one, and "
      "see what the trained models make of it (without a model that of voices which comes with "
      "aver). Ctrl-C ends it.");
  ServeConfig config;
  config.describe(tool.options());
  tool.example("The demo's models, at http://127.0.0.1:8080/",
               "aver-serve --visual demo-work/runs/visual --audio demo-work/runs/audio");
  tool.example("Audio alone, on any free port, for short clips",
               "aver-serve --audio demo-work/runs/audio --port 0 --max-seconds 10");
  tool.library("LibTorch " + libtorch_version());
  tool.library(ffmpeg_version());
  tool.library(opencv_version());

  return tool.run(argc, argv, [&] {
    if (config.more_models.empty()) use_boxed_model(config.models);
    config.validate();
    cli::catch_interrupts();
    const std::size_t threads =
        config.models.threads > 0 ? config.models.threads : available_cpus();
    std::deque<Recogniser> recognisers;
    std::vector<ServedModels> models;
    for (const auto& [name, files] : config.all_models()) {
      models.push_back(served(recognisers.emplace_back(files), name, threads));
    }
    Service service(std::move(models), config);
    Server server(service, config);
    if (!is_loopback(config.host)) {
      spdlog::warn(
          "listening on {}: everyone who reaches it can use the models; browsers give "
          "camera and microphone only to https pages and to this machine's own",
          config.host);
    }
    if (tool.json()) {
      fmt::print("{}\n", nlohmann::json{{"url", server.url()}}.dump());
    } else {
      fmt::print("aver-serve: {}\n", server.url());
    }
    std::fflush(stdout);
    server.run(cli::interrupted);
    const auto requests = service.metrics().requests();
    return cli::Outcome{fmt::format("ended after {} requests", requests), {{"requests", requests}}};
  });
}
