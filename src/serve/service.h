#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "prediction/clip_fusion.h"
#include "prediction/recogniser.h"
#include "serve/answer.h"
#include "serve/estimate_queue.h"
#include "serve/guard.h"
#include "serve/live_recordings.h"
#include "serve/metrics.h"
#include "serve/serve_config.h"
#include "serve/slots.h"
#include "serve/upload.h"

namespace aver {

/// Hands over each window of a recording as soon as it is known; `bytes` waits for more of it, and
/// says 0 at the end.
using FollowWindows = std::function<void(std::function<std::size_t(std::span<std::byte>)> bytes,
                                         const MediaLimits& limits, const ReadOptions& options,
                                         const std::function<void(ClipInput)>& take)>;

/// The models as the server uses them. Tests put others in their place.
struct ServedModels {
  std::vector<std::string> classes;
  bool visual = false;
  bool audio = false;
  std::function<std::unique_ptr<ClipReader>()> make_reader;
  EstimateClips estimate;
  bool faces = false;  ///< whether every face of a picture can be asked for
  std::string name = kDefaultModels;
  FollowWindows follow = {};
};

/// Request line and headers. Names of headers are in lower case.
struct RequestHead {
  std::string method;
  std::string path;
  std::multimap<std::string, std::string> headers;
  std::multimap<std::string, std::string> query;

  /// The value of a header that is there once; "" when it is missing.
  std::string header(const std::string& name) const;
};

/// What became of a request's body.
enum class Arrival { whole, cut_off, too_slow, too_large };
/// Hands over a body part by part until it ends or the function wants no more.
using ReadBody = std::function<Arrival(const std::function<bool(std::string_view)>& take)>;

/// What the server answers to what, without any socket: the page, the API, and everything that is
/// refused. Thread-safe.
class Service {
 public:
  /// The first of the models answers whom names none; their order is that of config.all_models().
  Service(std::vector<ServedModels> models, const ServeConfig& config);
  Service(ServedModels models, const ServeConfig& config);

  /// The answer to everything but a prediction, and to predictions that can be refused before their
  /// body is read. Nothing for the others.
  std::optional<HttpAnswer> answer(const RequestHead& head);

  /// `POST /api/live/parts`; answer() has let it through.
  HttpAnswer take_part(const RequestHead& head, const ReadBody& read_body);
  /// Breaks off what is answered while it is made: the server ends.
  void end() { live_.end(); }

  /// `POST /api/predict`; answer() has let it through. `started` is when the connection was.
  HttpAnswer predict(const RequestHead& head, const ReadBody& read_body,
                     std::chrono::steady_clock::time_point started);

  Metrics& metrics() { return metrics_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::optional<HttpAnswer> refuse_stranger(const RequestHead& head);
  std::optional<HttpAnswer> refuse_body(const RequestHead& head);
  HttpAnswer refuse(int status, const std::string& reason, const std::string& sentence);
  HttpAnswer busy(const std::string& reason, const std::string& sentence, int status = 503);
  HttpAnswer refuse_arrival(const Upload& upload, Arrival arrival, const std::string& too_large);
  HttpAnswer or_refusal(const std::function<HttpAnswer()>& answer);

  /// Models with what stands by for them.
  struct Served {
    Served(ServedModels with, const RecogniserConfig& config, std::size_t slots);
    ServedModels models;
    ClipFusion fusion;
    std::vector<std::unique_ptr<ClipReader>> readers;  ///< one per slot
    EstimateQueue queue;
  };

  /// What a request asks for.
  struct Asked {
    Served* served = nullptr;
    ReadOptions options;
    std::string format;  ///< of the answer: "json", or one of answer_formats()
    std::string name;    ///< of the clip, in forms that name it
  };

  HttpAnswer look_at_all(const std::vector<FormFile>& files, const Asked& asked,
                         const Timing& timing, Clock::time_point started);
  HttpAnswer look_at(std::string_view clip, const Asked& asked, Timing timing,
                     Clock::time_point started);
  ClipInput decode(std::string_view clip, const Asked& asked, std::size_t reader, Timing& timing);
  HttpAnswer about_models() const;
  HttpAnswer metrics_answer() const;
  HttpAnswer description() const;
  Asked asked_in(const RequestHead& head) const;
  Asked asked_live(const RequestHead& head) const;
  /// What a request says of a recording that is being made.
  struct Part {
    std::string recording;
    bool last = false;
  };
  static Part part_in(const RequestHead& head);
  static HttpAnswer no_recording();
  std::optional<HttpAnswer> refuse_part(const RequestHead& head);
  /// Of media that are decoded for at most this long.
  MediaLimits limits(std::chrono::duration<double> time) const;
  HttpAnswer open_live(const RequestHead& head);
  HttpAnswer live_answers(const RequestHead& head);
  void follow(const Asked& asked, BytePipe& bytes, const LiveRecordings::Write& write);

  ServeConfig config_;
  HostGuard guard_;
  ByteBudget budget_;
  Slots uploads_;
  Slots slots_;
  LiveRecordings live_;
  std::vector<std::unique_ptr<Served>> served_;
  Metrics metrics_;
};

}  // namespace aver
