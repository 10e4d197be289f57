#include "serve/service.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <nlohmann/json.hpp>
#include <span>

#include "aver/version.h"
#include "base/error.h"
#include "base/json_bytes.h"
#include "base/json_text.h"
#include "base/option_value.h"
#include "base/parallel.h"
#include "base/printable.h"
#include "base/text.h"
#include "prediction/answer_formats.h"
#include "prediction/estimate_output.h"
#include "prediction/live_lines.h"
#include "serve/limits.h"
#include "serve/page.h"
#include "serve/process_gauges.h"

namespace aver {
namespace {

const std::map<std::string, std::string> kApi = {
    {"/api/predict", "POST"},     {"/api/live", "POST"},   {"/api/live/parts", "POST"},
    {"/api/live/answers", "GET"}, {"/api/models", "GET"},  {"/healthz", "GET"},
    {"/metrics", "GET"},          {"/openapi.json", "GET"}};

/// The method a path takes; nothing for a path that is not there.
std::optional<std::string> method_for(const std::string& path) {
  if (const auto found = kApi.find(path); found != kApi.end()) return found->second;
  if (page_file(path)) return "GET";
  return std::nullopt;
}

std::size_t slots_of(const ServeConfig& config) {
  return config.slots > 0 ? config.slots : 2 * available_cpus();
}

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The form of an answer that comes unless another is asked for.
constexpr const char* kJson = "json";

std::vector<std::string> served_formats() {
  std::vector<std::string> names = {kJson};
  for (const AnswerFormat& format : answer_formats()) {
    if (!format.media_type.empty()) names.emplace_back(format.name);
  }
  return names;
}

/// A number of seconds that is 0 or within [shortest, longest].
double seconds_of(const std::string& name, const std::string& text, double shortest,
                  double longest) {
  const auto value = parse_double(text);
  if (value && (*value == 0 || (*value >= shortest && *value <= longest))) return *value;
  throw UsageError("{} must be a number of seconds from {} to {}", name, shortest, longest);
}

/// How long a recording that is being made may take, with what its connections need.
std::chrono::milliseconds longest_recording(const ServeConfig& config) {
  return std::chrono::milliseconds(std::llround(1000 * config.max_seconds)) + 2 * kLivePatience;
}

/// Whether a request has no body, by its headers.
bool is_empty(const RequestHead& head) {
  const std::string length = trim(head.header("content-length"));
  return !head.headers.contains("transfer-encoding") && (length.empty() || length == "0");
}

}  // namespace

std::string RequestHead::header(const std::string& name) const {
  const auto [begin, end] = headers.equal_range(name);
  return begin != end && std::next(begin) == end ? begin->second : std::string();
}

Service::Served::Served(ServedModels with, const RecogniserConfig& config, std::size_t slots)
    : models(std::move(with)), fusion(config, models.classes), queue(models.estimate) {
  for (std::size_t i = 0; i < slots; ++i) readers.push_back(models.make_reader());
}

Service::Service(std::vector<ServedModels> models, const ServeConfig& config)
    : config_(config),
      guard_(config.host, config.allow_hosts),
      budget_(kBodiesInMemory * (config.max_megabytes << 20)),
      uploads_(kUploads),
      slots_(slots_of(config)),
      live_(kLiveRecordings,
            {kLiveRoom, config.max_megabytes << 20, kLivePatience, longest_recording(config)}) {
  for (ServedModels& one : models) {
    served_.push_back(std::make_unique<Served>(std::move(one), config.models, slots_.count()));
  }
}

Service::Service(ServedModels models, const ServeConfig& config)
    : Service(std::vector{std::move(models)}, config) {}

HttpAnswer Service::refuse(int status, const std::string& reason, const std::string& sentence) {
  metrics_.count_rejected(reason);
  return error_answer(status, sentence);
}

HttpAnswer Service::busy(const std::string& reason, const std::string& sentence, int status) {
  HttpAnswer answer = refuse(status, reason, sentence);
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

std::optional<HttpAnswer> Service::refuse_stranger(const RequestHead& head) {
  const std::string host = head.header("host");
  if (!guard_.knows(host)) {
    return refuse(403, "host",
                  "this server does not answer under that name; start it with --allow-host NAME "
                  "when the name is its own");
  }
  // GET has no effects; a POST of a page that another site sent has (it costs time).
  if (head.method != "GET" && head.method != "HEAD" && head.headers.contains("origin") &&
      !same_origin(head.header("origin"), host)) {
    return refuse(403, "origin", "requests from pages of other sites are not answered");
  }
  return std::nullopt;
}

/// Decides by the headers alone whether a body is worth reading.
std::optional<HttpAnswer> Service::refuse_body(const RequestHead& head) {
  const auto lengths = head.headers.count("content-length");
  const auto codings = head.headers.count("transfer-encoding");
  if (lengths + codings > 1) {
    return refuse(400, "framing", "the request gives the length of its body twice");
  }
  if (head.headers.contains("content-encoding")) {
    return refuse(415, "encoding", "send the clip as it is, without Content-Encoding");
  }
  if (codings == 1) {
    if (to_lower(trim(head.header("transfer-encoding"))) == "chunked") return std::nullopt;
    return refuse(400, "framing", "of transfer codings only chunked is taken");
  }
  const std::string length = trim(head.header("content-length"));
  if (is_empty(head)) return refuse(400, "empty", "the body is empty: send a clip");
  if (!std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return refuse(400, "framing", "Content-Length is not a number");
  }
  const auto bytes = parse_integer(length);
  if (!bytes || static_cast<std::size_t>(*bytes) > body_limit(config_)) {
    return refuse(413, "size", fmt::format("the clip is larger than {} MB", config_.max_megabytes));
  }
  return std::nullopt;
}

std::optional<HttpAnswer> Service::answer(const RequestHead& head) {
  if (auto refused = refuse_stranger(head)) return refused;
  const auto method = method_for(head.path);
  if (!method) return error_answer(404, "there is nothing here");
  if (head.method != *method && !(head.method == "HEAD" && *method == "GET")) {
    HttpAnswer answer = error_answer(405, fmt::format("this takes {} only", *method));
    answer.headers.emplace_back("Allow", *method == "GET" ? "GET, HEAD" : *method);
    return answer;
  }
  if (head.path == "/api/predict") {
    try {
      asked_in(head);
    } catch (const UsageError& error) {
      return refuse(400, "parameter", error.what());
    }
    return refuse_body(head);
  }
  if (head.path == "/api/live") return open_live(head);
  if (head.path == "/api/live/parts") return refuse_part(head);
  if (head.path == "/api/live/answers") return live_answers(head);
  if (head.path == "/healthz") return HttpAnswer{200, "text/plain; charset=utf-8", "ok\n"};
  if (head.path == "/metrics") return metrics_answer();
  if (head.path == "/api/models") return about_models();
  if (head.path == "/openapi.json") return description();
  const auto file = page_file(head.path);
  return HttpAnswer{200, std::string(file->type), std::string(file->content)};
}

HttpAnswer Service::about_models() const {
  nlohmann::ordered_json json = {{"version", AVER_VERSION}};
  const auto about = [](const Served& served) {
    return nlohmann::ordered_json{{"classes", served.models.classes},
                                  {"visual", served.models.visual},
                                  {"audio", served.models.audio},
                                  {"faces", served.models.faces},
                                  {"rule", served.fusion.rule()}};
  };
  json.update(about(*served_.front()));
  json["models"] = nlohmann::ordered_json::array();
  for (const auto& served : served_) {
    nlohmann::ordered_json one = {{"name", served->models.name}};
    one.update(about(*served));
    json["models"].push_back(std::move(one));
  }
  json.update(nlohmann::ordered_json{
      {"formats", served_formats()},
      {"limits",
       {{"megabytes", config_.max_megabytes},
        {"seconds", config_.max_seconds},
        {"shortest_window", kShortestWindow},
        {"shortest_hop", kShortestHop}}},
  });
  return {200, "application/json", json.dump() + "\n"};
}

HttpAnswer Service::metrics_answer() const {
  const auto number = [](std::size_t value) { return static_cast<double>(value); };
  std::vector<Metrics::Gauge> gauges = process_gauges();
  gauges.insert(gauges.end(),
                {{"aver_slots", "Clips that can be decoded at a time.", number(slots_.count())},
                 {"aver_slots_in_use", "Clips being decoded.", number(slots_.in_use())},
                 {"aver_uploads_in_use", "Clips being received, decoded or looked at.",
                  number(uploads_.in_use())},
                 {"aver_live_recordings", "Recordings that are answered while they are made.",
                  number(live_.count())}});
  return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text(gauges)};
}

HttpAnswer Service::description() const {
  auto json = parse_ordered_json(openapi_text());
  json["info"]["version"] = AVER_VERSION;
  for (const char* path : {"/api/predict", "/api/live"}) {
    for (auto& parameter : json["paths"][path]["post"]["parameters"]) {
      auto& schema = parameter["schema"];
      if (parameter["name"] == "model") {
        schema["enum"] = nlohmann::ordered_json::array();
        for (const auto& served : served_) schema["enum"].push_back(served->models.name);
        schema["default"] = served_.front()->models.name;
      } else if (parameter["name"] == "format") {
        schema["enum"] = served_formats();
      } else if (parameter["name"] == "window" || parameter["name"] == "hop") {
        schema["maximum"] = config_.max_seconds;
      }
    }
  }
  return {200, "application/json", json.dump() + "\n"};
}

// POST /api/predict: receive, decode, estimate, answer.

Service::Asked Service::asked_in(const RequestHead& head) const {
  Asked asked{served_.front().get(), {}, kJson, "clip"};
  ReadOptions& options = asked.options;
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
    } else if (name == "faces") {
      if (value != "largest" && value != "all") throw UsageError("faces must be largest or all");
      options.every_face = value == "all";
    } else if (name == "model") {
      const auto found = std::ranges::find_if(
          served_, [&](const auto& served) { return served->models.name == value; });
      if (found == served_.end()) throw UsageError("there is no model of that name");
      asked.served = found->get();
    } else if (name == "format") {
      const auto formats = served_formats();
      if (std::ranges::count(formats, value) == 0) {
        throw UsageError("format must be {}", one_of_text(formats));
      }
      asked.format = value;
    } else if (name == "name") {
      asked.name = fs::path(value).filename().string();
    } else {
      throw UsageError("the parameters are modality, window, hop, faces, model, format and name");
    }
  }
  const ServedModels& models = asked.served->models;
  if (modality != "both" && modality != "audio" && modality != "visual") {
    throw UsageError("modality must be both, audio or visual");
  }
  if (modality == "audio" && !models.audio) throw UsageError("there is no audio model here");
  if (modality == "visual" && !models.visual) throw UsageError("there is no visual model here");
  if (options.every_face && modality != "visual") {
    throw UsageError("faces=all is answered with modality=visual: nothing tells whose voice it is");
  }
  if (options.every_face && !models.faces) {
    throw UsageError(
        "this server crops no pictures to faces: start it with --face haar or --face yunet");
  }
  if (options.every_face && asked.format != kJson && !answer_format(asked.format).of_faces) {
    throw UsageError("format={} has no place for faces=all", asked.format);
  }
  if (options.window > 0 && options.hop == 0) throw UsageError("hop must be more than 0");
  if (options.window > 0 && options.hop > options.window) {
    throw UsageError("hop must not be longer than the window");
  }
  if (options.window == 0) options.hop = 0;
  options.picture = models.visual && modality != "audio";
  options.sound = models.audio && modality != "visual";
  options.look_for_face = options.picture;
  return asked;
}

HttpAnswer Service::or_refusal(const std::function<HttpAnswer()>& answer) {
  try {
    return answer();
  } catch (const LimitError& error) {
    return refuse(413, "limit", error.what());
  } catch (const Error& error) {
    return refuse(422, "clip", error.what());
  } catch (const std::bad_alloc&) {
    return busy("memory", "there is not enough memory for this clip at the moment");
  }
}

HttpAnswer Service::predict(const RequestHead& head, const ReadBody& read_body,
                            Clock::time_point started) {
  const auto place = uploads_.take(std::chrono::milliseconds(0));
  if (!place) return busy("uploads", "too many clips arrive at the moment; try again in a second");
  return or_refusal([&] {
    Upload upload(body_limit(config_), budget_);
    const Arrival arrival = read_body([&](std::string_view part) { return upload.append(part); });
    metrics_.count_bytes(upload.bytes().size());
    if (arrival != Arrival::whole || upload.too_large() || upload.out_of_memory()) {
      return refuse_arrival(upload, arrival,
                            fmt::format("the clip is larger than {} MB", config_.max_megabytes));
    }
    std::vector<FormFile> files = {{"", upload.bytes()}};
    const std::string type = head.header("content-type");
    if (to_lower(type).starts_with("multipart/form-data")) {
      try {
        files = files_in_form(upload.bytes(), type, kFormFiles);
      } catch (const UsageError& error) {
        return refuse(400, "form", error.what());
      }
      if (files.empty()) return refuse(400, "empty", "the form holds no file");
    }
    Timing timing;
    timing.receive_ms = milliseconds_since(started);
    const Asked asked = asked_in(head);
    if (files.size() == 1) return look_at(files.front().bytes, asked, timing, started);
    if (asked.format != kJson) {
      return refuse(400, "parameter", fmt::format("format={} is of one clip", asked.format));
    }
    return look_at_all(files, asked, timing, started);
  });
}

/// The one answer that has this distribution and not the other; nullptr when there are none or
/// more.
static const nlohmann::ordered_json* only_one(const nlohmann::ordered_json& answers,
                                              const char* with, const char* without) {
  const nlohmann::ordered_json* found = nullptr;
  for (const auto& answer : answers) {
    if (!answer.contains(with) || answer[with].is_null() || !answer[without].is_null()) continue;
    if (found != nullptr) return nullptr;
    found = &answer;
  }
  return found;
}

// One after the other: a form takes no more decoders than a clip.
HttpAnswer Service::look_at_all(const std::vector<FormFile>& files, const Asked& asked,
                                const Timing& timing, Clock::time_point started) {
  HttpAnswer all;
  auto answers = nlohmann::ordered_json::array();
  bool answered = false;
  for (const FormFile& file : files) {
    HttpAnswer one = or_refusal([&] { return look_at(file.bytes, asked, timing, started); });
    nlohmann::ordered_json entry = {{"file", printable(shortened(file.name))}};
    entry.update(parse_ordered_json(one.body));
    answers.push_back(std::move(entry));
    if (one.status == 200) answered = true;
    if (answers.size() == 1) all = std::move(one);
  }
  if (answered) all = {};
  nlohmann::ordered_json body;
  const auto* picture = only_one(answers, "visual", "audio");
  const auto* sound = only_one(answers, "audio", "visual");
  if (picture != nullptr && sound != nullptr) {
    body["together"] =
        fused_json(*picture, *sound, asked.served->fusion, asked.served->models.classes);
  }
  body["answers"] = std::move(answers);
  all.body = body.dump() + "\n";
  return all;
}

HttpAnswer Service::refuse_arrival(const Upload& upload, Arrival arrival,
                                   const std::string& too_large) {
  if (upload.out_of_memory()) {
    return busy("memory", "too many clips are in memory at the moment; try again in a second");
  }
  if (upload.too_large() || arrival == Arrival::too_large) {
    return refuse(413, "size", too_large);
  }
  if (arrival == Arrival::too_slow) return refuse(408, "slow", "the clip took too long to arrive");
  return refuse(400, "cut", "the clip did not arrive whole");
}

MediaLimits Service::limits(std::chrono::duration<double> time) const {
  return {.seconds = config_.max_seconds,
          .pixels = kPixels,
          .streams = kStreams,
          .pictures = static_cast<std::size_t>(config_.max_seconds) * kPicturesPerSecond,
          .deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(time),
          .have_options = false};
}

ClipInput Service::decode(std::string_view clip, const Asked& asked, std::size_t reader,
                          Timing& timing) {
  const auto begun = Clock::now();
  const MediaSource source(std::as_bytes(std::span(clip.data(), clip.size())), "the clip",
                           limits(std::chrono::duration<double>(config_.decode_seconds)));
  ClipInput input = asked.served->readers[reader]->read(source, asked.options);
  timing.decode_ms = milliseconds_since(begun);
  metrics_.observe_decoding(timing.decode_ms / 1000);
  return input;
}

HttpAnswer Service::look_at(std::string_view clip, const Asked& asked, Timing timing,
                            Clock::time_point started) {
  const Served& served = *asked.served;
  if (clip.empty()) return refuse(400, "empty", "the body is empty: send a clip");
  if (clip.size() > config_.max_megabytes << 20) {
    return refuse(413, "size", fmt::format("the clip is larger than {} MB", config_.max_megabytes));
  }
  // Kept until the networks have answered: what is decoded waits for them in memory.
  const auto before = Clock::now();
  const auto slot = slots_.take(kSlotPatience);
  timing.wait_ms = milliseconds_since(before);
  if (!slot) return busy("slots", "every decoder is busy at the moment; try again in a second");
  ClipInput input = decode(clip, asked, slot->number(), timing);
  EstimateQueue::Answer answer;
  try {
    answer = asked.served->queue.estimate(std::move(input));
  } catch (const std::exception& error) {
    spdlog::error("the networks failed on a clip: {}", error.what());
    return refuse(500, "networks", "the networks failed on this clip; the server's log says why");
  }
  metrics_.observe_networks(answer.network_seconds);
  if (answer.estimate.whole.fused.empty() && answer.estimate.every_face.empty()) {
    return refuse(422, "clip", "there is nothing in the clip that the models can look at");
  }
  timing.wait_ms += 1000 * answer.wait_seconds;
  timing.network_ms = 1000 * answer.network_seconds;
  timing.total_ms = milliseconds_since(started);
  if (asked.format != kJson) {
    const AnswerFormat& format = answer_format(asked.format);
    const AnswerShape shape{
        served.models.classes, served.fusion.makes_sets(), {}, asked.options.every_face};
    answer.estimate.name = asked.name;
    return {200, std::string(format.media_type),
            format.head(shape) + format.clip(answer.estimate, shape)};
  }
  auto json = to_json(answer.estimate, served.models.classes, timing);
  json["model"] = {{"version", AVER_VERSION},
                   {"name", served.models.name},
                   {"visual", served.models.visual},
                   {"audio", served.models.audio},
                   {"rule", served.fusion.rule()}};
  return {200, "application/json", shown_json(json) + "\n"};
}

// A recording that is answered while it is made: POST /api/live names it, POST /api/live/parts
// brings its parts, and GET /api/live/answers is the stream of what is said of it.

Service::Asked Service::asked_live(const RequestHead& head) const {
  for (const char* other : {"faces", "format", "name"}) {
    if (head.query.contains(other)) {
      throw UsageError("{} is not for a recording that is being made", other);
    }
  }
  RequestHead told = head;
  const auto seconds = [&](const char* name, double unless_told) {
    if (!told.query.contains(name)) told.query.emplace(name, fmt::format("{}", unless_told));
    return parse_double(told.query.find(name)->second).value_or(unless_told);
  };
  seconds("hop", std::min(1.0, seconds("window", std::min(3.0, config_.max_seconds))));
  Asked asked = asked_in(told);
  if (asked.options.window == 0) throw UsageError("window must be more than 0 here");
  asked.options.look_for_face = false;
  return asked;
}

HttpAnswer Service::open_live(const RequestHead& head) {
  if (!is_empty(head)) {
    return refuse(400, "parameter", "this takes no body: the recording goes to /api/live/parts");
  }
  try {
    const Asked asked = asked_live(head);
    const auto name = live_.open(
        [this, asked](BytePipe& bytes, const auto& write) { follow(asked, bytes, write); });
    if (!name) return busy("live", "too many recordings are answered at the moment", 429);
    return {201, "application/json", nlohmann::json{{"recording", *name}}.dump() + "\n"};
  } catch (const UsageError& error) {
    return refuse(400, "parameter", error.what());
  }
}

/// The recording that a request is of, and whether this is its last part.
Service::Part Service::part_in(const RequestHead& head) {
  Part part;
  for (const auto& [name, value] : head.query) {
    if (head.query.count(name) > 1) throw UsageError("a parameter is given twice");
    if (name == "recording") {
      part.recording = value;
    } else if (name == "last" && head.path == "/api/live/parts") {
      if (value != "0" && value != "1") throw UsageError("last must be 0 or 1");
      part.last = value == "1";
    } else {
      throw UsageError("there is no such parameter");
    }
  }
  return part;
}

std::optional<HttpAnswer> Service::refuse_part(const RequestHead& head) {
  try {
    const Part part = part_in(head);
    if (!live_.contains(part.recording)) return no_recording();
    if (part.last && is_empty(head)) return std::nullopt;
    return refuse_body(head);
  } catch (const UsageError& error) {
    return refuse(400, "parameter", error.what());
  }
}

HttpAnswer Service::no_recording() {
  return error_answer(404, "there is no such recording, or it is answered and forgotten");
}

HttpAnswer Service::take_part(const RequestHead& head, const ReadBody& read_body) {
  const auto place = uploads_.take(std::chrono::milliseconds(0));
  if (!place) return busy("uploads", "too many clips arrive at the moment; try again in a second");
  return or_refusal([&] {
    const Part part = part_in(head);
    Upload upload(kLiveRoom, budget_);
    const Arrival arrival =
        part.last && is_empty(head)
            ? Arrival::whole
            : read_body([&](std::string_view some) { return upload.append(some); });
    metrics_.count_bytes(upload.bytes().size());
    const std::string too_large = fmt::format("a part has at most {} MB, and a recording {} MB",
                                              kLiveRoom >> 20, config_.max_megabytes);
    if (arrival != Arrival::whole || upload.too_large() || upload.out_of_memory()) {
      return refuse_arrival(upload, arrival, too_large);
    }
    if (upload.bytes().empty() && !part.last) {
      return refuse(400, "empty", "the body is empty: send a part of the recording");
    }
    const auto took = live_.add(part.recording, upload.bytes(), part.last);
    if (!took) return no_recording();
    switch (*took) {
      case BytePipe::Took::all:
        return HttpAnswer{204, "application/json", ""};
      case BytePipe::Took::no_room:
        return busy("live", "what came of the recording is not looked at yet; try again", 429);
      case BytePipe::Took::too_large:
        return refuse(413, "size", too_large);
      case BytePipe::Took::ended:
        break;
    }
    return refuse(409, "live", "the recording has ended already");
  });
}

HttpAnswer Service::live_answers(const RequestHead& head) {
  try {
    const Part part = part_in(head);
    HttpAnswer answer{200, "text/event-stream", ""};
    if (head.method == "HEAD") return live_.contains(part.recording) ? answer : no_recording();
    answer.stream = live_.answer(part.recording);
    return answer.stream ? answer : no_recording();
  } catch (const UsageError& error) {
    return refuse(400, "parameter", error.what());
  }
}

/// Nobody listens any more.
struct Gone {};

/// Says what there is to say of each window as a server-sent event.
void Service::follow(const Asked& asked, BytePipe& bytes, const LiveRecordings::Write& write) {
  const Served& served = *asked.served;
  const auto say = [&](std::string_view event) {
    if (!write(event)) throw Gone();
  };
  LiveLines lines(served.models.classes, served.fusion.makes_sets(), {}, asked.options.hop,
                  [&](std::string_view line) { say(fmt::format("data: {}\n", line)); });
  std::string problem;
  try {
    served.models.follow([&](std::span<std::byte> into) { return bytes.read(into); },
                         limits(longest_recording(config_)), asked.options,
                         [&](ClipInput window) {
                           if (window.whole.end > config_.max_seconds) {
                             throw LimitError("the recording is longer than {:g} s",
                                              config_.max_seconds);
                           }
                           const auto answer = asked.served->queue.estimate(std::move(window));
                           metrics_.observe_networks(answer.network_seconds);
                           lines.add(answer.estimate.whole);
                         });
    say(fmt::format("event: end\ndata: {{\"windows\": {}}}\n\n", lines.windows()));
  } catch (const Gone&) {
    return;
  } catch (const Error& error) {
    problem = error.what();
  } catch (const std::exception& error) {
    spdlog::error("a recording that was being made failed: {}", error.what());
    problem = "something went wrong; the server's log says what";
  }
  if (problem.empty()) return;
  metrics_.count_rejected("live");
  write("event: problem\ndata: " + shown_json(nlohmann::json{{"error", problem}}) + "\n\n");
}

}  // namespace aver
