#include <spdlog/spdlog.h>

#include <new>
#include <span>

#include "aver/base/text.h"
#include "aver/serve/service.h"
#include "limits.h"

// POST /api/predict: receive, decode, estimate, answer.
namespace aver {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// A number of seconds that is 0 or within [shortest, longest].
double seconds_of(const std::string& name, const std::string& text, double shortest,
                  double longest) {
  const auto value = parse_double(text);
  if (value && (*value == 0 || (*value >= shortest && *value <= longest))) return *value;
  throw UsageError("{} must be a number of seconds from {} to {}", name, shortest, longest);
}

}  // namespace

ReadOptions Service::options_of(const RequestHead& head) const {
  ReadOptions options;
  options.hop = 1;
  std::string modality = "both";
  for (const auto& [name, value] : head.query) {
    if (head.query.count(name) > 1) throw UsageError("a parameter is given twice");
    if (name == "modality") {
      modality = value;
    } else if (name == "window") {
      options.window = seconds_of(name, value, kShortestWindow, config_.max_seconds);
    } else if (name == "hop") {
      options.hop = seconds_of(name, value, kShortestHop, config_.max_seconds);
    } else {
      throw UsageError("the parameters are modality, window and hop");
    }
  }
  if (modality != "both" && modality != "audio" && modality != "visual") {
    throw UsageError("modality must be both, audio or visual");
  }
  if (modality == "audio" && !models_.audio) throw UsageError("this server has no model of sound");
  if (modality == "visual" && !models_.visual) {
    throw UsageError("this server has no model of pictures");
  }
  if (options.window > 0 && options.hop == 0) throw UsageError("hop must be more than 0");
  if (options.window > 0 && options.hop > options.window) {
    throw UsageError("hop must not be longer than the window");
  }
  if (options.window == 0) options.hop = 0;
  options.picture = models_.visual && modality != "audio";
  options.sound = models_.audio && modality != "visual";
  return options;
}

HttpAnswer Service::predict(const RequestHead& head, const ReadBody& read_body,
                            Clock::time_point started) {
  const auto place = uploads_.take(std::chrono::milliseconds(0));
  if (!place) return busy("uploads", "too many clips arrive at the moment; try again in a second");
  try {
    Upload upload(body_limit(config_), budget_);
    const Arrival arrival = read_body([&](std::string_view part) { return upload.append(part); });
    metrics_.count_bytes(upload.bytes().size());
    if (arrival != Arrival::whole || upload.too_large() || upload.out_of_memory()) {
      return refuse_arrival(upload, arrival);
    }
    std::string_view clip = upload.bytes();
    const std::string type = head.header("content-type");
    if (to_lower(type).starts_with("multipart/form-data")) {
      clip = file_in_form(clip, type);
      if (clip.empty()) return refuse(400, "empty", "the form holds no file");
    }
    if (clip.empty()) return refuse(400, "empty", "the body is empty: send a clip");
    if (clip.size() > config_.max_megabytes << 20) {
      return refuse(413, "size",
                    fmt::format("the clip is larger than {} MB", config_.max_megabytes));
    }
    Timing timing;
    timing.receive_ms = milliseconds_since(started);
    return look_at(clip, options_of(head), timing, started);
  } catch (const LimitError& error) {
    return refuse(413, "limit", error.what());
  } catch (const Error& error) {
    return refuse(422, "clip", error.what());
  } catch (const std::bad_alloc&) {
    return busy("memory", "there is not enough memory for this clip at the moment");
  }
}

HttpAnswer Service::refuse_arrival(const Upload& upload, Arrival arrival) {
  if (upload.out_of_memory()) {
    return busy("memory", "too many clips are in memory at the moment; try again in a second");
  }
  if (upload.too_large() || arrival == Arrival::too_large) {
    return refuse(413, "size", fmt::format("the clip is larger than {} MB", config_.max_megabytes));
  }
  if (arrival == Arrival::too_slow) return refuse(408, "slow", "the clip took too long to arrive");
  return refuse(400, "cut", "the clip did not arrive whole");
}

ClipInput Service::decode(std::string_view clip, const ReadOptions& options, std::size_t reader,
                          Timing& timing) {
  const auto begun = Clock::now();
  MediaLimits limits;
  limits.seconds = config_.max_seconds;
  limits.pixels = kPixels;
  limits.streams = kStreams;
  limits.pictures = static_cast<std::size_t>(config_.max_seconds) * kPicturesPerSecond;
  limits.deadline = begun + std::chrono::duration_cast<Clock::duration>(
                                std::chrono::duration<double>(config_.decode_seconds));
  const MediaSource source(std::as_bytes(std::span(clip.data(), clip.size())), "the clip", limits);
  ClipInput input = readers_[reader]->read(source, options);
  timing.decode_ms = milliseconds_since(begun);
  metrics_.observe_decoding(timing.decode_ms / 1000);
  return input;
}

HttpAnswer Service::look_at(std::string_view clip, const ReadOptions& options, Timing timing,
                            Clock::time_point started) {
  // Kept until the networks have answered: what is decoded waits for them in memory.
  const auto asked = Clock::now();
  const auto slot = slots_.take(kSlotPatience);
  timing.wait_ms = milliseconds_since(asked);
  if (!slot) return busy("slots", "every decoder is busy at the moment; try again in a second");
  ClipInput input = decode(clip, options, slot->number(), timing);
  EstimateQueue::Answer answer;
  try {
    answer = queue_.estimate(std::move(input));
  } catch (const std::exception& error) {
    spdlog::error("the networks failed on a clip: {}", error.what());
    return refuse(500, "networks", "the networks failed on this clip; the server's log says why");
  }
  metrics_.observe_networks(answer.network_seconds);
  if (answer.estimate.whole.fused.empty()) {
    return refuse(422, "clip", "there is nothing in the clip that the models can look at");
  }
  timing.wait_ms += 1000 * answer.wait_seconds;
  timing.network_ms = 1000 * answer.network_seconds;
  timing.total_ms = milliseconds_since(started);
  auto json = to_json(answer.estimate, models_.classes, timing);
  json["model"] = {{"version", AVER_VERSION},
                   {"visual", models_.visual},
                   {"audio", models_.audio},
                   {"rule", name_of(config_.models.rule)}};
  return {200, "application/json",
          json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

}  // namespace aver
