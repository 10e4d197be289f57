#include "serve/service.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "fusion_files.h"
#include "support.h"

namespace aver {
namespace {

using testing::HasSubstr;

/// Finds one clip of one class in everything.
class AnyReader final : public ClipReader {
 public:
  ClipInput read(const MediaSource&, const ReadOptions&) override { return {}; }
  ClipInput read(const RawClip&, const ReadOptions&) override { return {}; }
};

class ServiceTest : public testing::Test {
 protected:
  static ServeConfig config() {
    ServeConfig config;
    config.max_megabytes = 1;
    config.slots = 1;
    return config;
  }
  static ServedModels models() {
    return {{"happy"},
            true,
            true,
            [] { return std::make_unique<AnyReader>(); },
            [](const std::vector<ClipInput>& clips) {
              std::vector<ClipEstimate> estimates(clips.size());
              for (auto& estimate : estimates) estimate.whole.fused = {1.0};
              return estimates;
            }};
  }
  HttpAnswer predict(const ReadBody& body) {
    return service.predict({}, body, std::chrono::steady_clock::now());
  }
  /// A body of this size that ends like this.
  static ReadBody body_of(std::size_t bytes, Arrival arrival = Arrival::whole) {
    return [=](const std::function<bool(std::string_view)>& take) {
      return take(std::string(bytes, 'x')) ? arrival : Arrival::cut_off;
    };
  }

  Service service{models(), config()};
};

TEST_F(ServiceTest, HowABodyArrivedDecidesTheStatus) {
  EXPECT_EQ(predict(body_of(10)).status, 200);
  EXPECT_EQ(predict(body_of(10, Arrival::too_slow)).status, 408);
  EXPECT_EQ(predict(body_of(10, Arrival::cut_off)).status, 400);
  EXPECT_EQ(predict(body_of(10, Arrival::too_large)).status, 413);
  EXPECT_EQ(predict(body_of(2 << 20)).status, 413);
}

TEST_F(ServiceTest, BodiesTogetherStayWithinFourTimesTheLargest) {
  std::vector<int> statuses;
  // Each holds a megabyte while the next one arrives.
  std::function<HttpAnswer(int)> nested = [&](int depth) {
    return predict([&, depth](const std::function<bool(std::string_view)>& take) {
      if (!take(std::string(1 << 20, 'x'))) return Arrival::cut_off;
      if (depth > 1) statuses.push_back(nested(depth - 1).status);
      return Arrival::whole;
    });
  };
  statuses.push_back(nested(5).status);
  EXPECT_THAT(statuses, testing::ElementsAre(503, 200, 200, 200, 200));
  EXPECT_EQ(nested(4).status, 200) << "given back";
}

TEST_F(ServiceTest, BeyondItsUploadsItIsBusy) {
  int depth = 0;
  int status = 0;
  const std::function<Arrival(const std::function<bool(std::string_view)>&)> deeper =
      [&](const std::function<bool(std::string_view)>& take) {
        ++depth;
        const HttpAnswer inner = predict(deeper);
        if (inner.status == 503 && status == 0) {
          status = 503;
          EXPECT_THAT(inner.headers, testing::Contains(testing::Pair("Retry-After", "1")));
          EXPECT_THAT(inner.body, HasSubstr("too many clips arrive"));
        }
        return take("x") ? Arrival::whole : Arrival::cut_off;
      };
  EXPECT_EQ(predict(deeper).status, 200);
  EXPECT_EQ(depth, 48);
}

HttpAnswer answer_to(Service& service, const std::string& path,
                     const std::multimap<std::string, std::string>& query = {}) {
  const bool predict = path == "/api/predict";
  const RequestHead head{
      predict ? "POST" : "GET", path, {{"host", "localhost"}, {"content-length", "1"}}, query};
  if (auto answer = service.answer(head)) return *answer;
  return service.predict(
      head, [](const auto& take) { return take("x") ? Arrival::whole : Arrival::cut_off; },
      std::chrono::steady_clock::now());
}

/// Models whose only class is their name.
ServedModels models_called(const std::string& name) {
  return {{name},
          true,
          true,
          [] { return std::make_unique<AnyReader>(); },
          [](const std::vector<ClipInput>& clips) {
            std::vector<ClipEstimate> estimates(clips.size());
            for (auto& estimate : estimates) {
              estimate.seconds = estimate.whole.end = 1;
              estimate.whole.fused = {1.0};
              estimate.whole.emotion = "happy";
              estimate.checks = {"silent"};
            }
            return estimates;
          },
          false,
          name};
}

TEST(ServiceModels, AreChosenByTheirName) {
  ServeConfig config;
  config.slots = 1;
  Service service({models_called("first"), models_called("second")}, config);
  const auto classes = [&](const std::multimap<std::string, std::string>& query) {
    return nlohmann::json::parse(answer_to(service, "/api/predict", query).body)
        .at("classes")
        .at(0);
  };
  EXPECT_EQ(classes({}), "first");
  EXPECT_EQ(classes({{"model", "second"}}), "second");
  EXPECT_EQ(answer_to(service, "/api/predict", {{"model", "third"}}).status, 400);
  const auto about = nlohmann::json::parse(answer_to(service, "/api/models").body);
  EXPECT_EQ(about.at("models").size(), 2U);
  EXPECT_EQ(about.at("classes").at(0), "first");
  const auto description = nlohmann::json::parse(answer_to(service, "/openapi.json").body);
  EXPECT_EQ(description.at("openapi"), "3.1.0");
  bool listed = false;
  for (const auto& one : description["paths"]["/api/predict"]["post"]["parameters"]) {
    if (one["name"] == "model") {
      listed = one["schema"]["enum"] == std::vector<std::string>{"first", "second"};
    }
  }
  EXPECT_TRUE(listed);
}

TEST(ServiceModels, AreToldOnTheCommandLine) {
  ServeConfig config;
  config.models.audio = "a";
  config.more_models = {"faces=v,", "both=v,b"};
  const auto all = config.all_models();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "default");
  EXPECT_EQ(all[1].config.visual, "v");
  EXPECT_TRUE(all[1].config.audio.empty());
  EXPECT_EQ(all[2].config.audio, "b");
  for (const char* wrong : {"x", "=v,a", "x=v", "x=,", "a/b=v,a", "default=v,a"}) {
    config.more_models = {wrong};
    EXPECT_THAT(test::error_of([&] { config.all_models(); }), HasSubstr("--model")) << wrong;
  }
}

TEST(ServiceForms, AnAnswerComesInOthersThanJson) {
  ServeConfig config;
  config.slots = 1;
  Service service(models_called("happy"), config);
  const HttpAnswer csv =
      answer_to(service, "/api/predict", {{"format", "csv"}, {"name", "a/b.wav"}});
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(csv.type, "text/csv; charset=utf-8");
  EXPECT_THAT(csv.body, HasSubstr("\nb.wav,0,1,happy,"));
  const HttpAnswer srt = answer_to(service, "/api/predict", {{"format", "srt"}});
  EXPECT_EQ(srt.body, "1\n00:00:00,000 --> 00:00:01,000\nhappy 100 %\n\n");
  EXPECT_EQ(answer_to(service, "/api/predict", {{"format", "table"}}).status, 400);
  EXPECT_EQ(nlohmann::json::parse(answer_to(service, "/api/predict").body).at("checks").at(0),
            "silent");
}

TEST(ServiceMetrics, TellWhatEveryProcessDoes) {
  ServeConfig config;
  config.slots = 1;
  Service service(models_called("happy"), config);
  const std::string text = answer_to(service, "/metrics").body;
  for (const char* name : {"aver_build_info{version=\"", "\nprocess_cpu_seconds_total ",
                           "\nprocess_resident_memory_bytes ", "\nprocess_start_time_seconds ",
                           "\nprocess_open_fds "}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

TEST(ServiceFaces, EveryFaceIsAskedForWithPicturesAloneWhereTheyAreCropped) {
  ServeConfig config;
  config.slots = 1;
  ReadOptions asked;
  struct Reader final : ClipReader {
    explicit Reader(ReadOptions& options) : options_(options) {}
    ClipInput read(const RawClip&, const ReadOptions&) override { return {}; }
    ClipInput read(const MediaSource&, const ReadOptions& options) override {
      options_ = options;
      return {};
    }
    ReadOptions& options_;
  };
  const auto models = [&](bool faces) {
    return ServedModels{{"happy"},
                        true,
                        true,
                        [&] { return std::make_unique<Reader>(asked); },
                        [](const std::vector<ClipInput>& clips) {
                          FaceEstimate face;
                          face.pictures = 7;
                          face.box = {1, 2, 30, 40};
                          face.whole.visual = face.whole.fused = {1.0};
                          std::vector<ClipEstimate> estimates(clips.size());
                          for (auto& estimate : estimates) estimate.every_face = {face, face};
                          return estimates;
                        },
                        faces};
  };
  const auto answer = [](Service& service, const std::multimap<std::string, std::string>& query) {
    return answer_to(service, "/api/predict", query);
  };
  Service cropping(models(true), config), plain(models(false), config);
  const HttpAnswer faces = answer(cropping, {{"faces", "all"}, {"modality", "visual"}});
  ASSERT_EQ(faces.status, 200) << faces.body;
  const auto json = nlohmann::json::parse(faces.body);
  EXPECT_TRUE(asked.every_face);
  EXPECT_FALSE(asked.sound);
  ASSERT_EQ(json.at("every_face").size(), 2U);
  EXPECT_EQ(json.at("every_face")[1].at("face"), 1);
  EXPECT_EQ(json.at("every_face")[1].at("h"), 40);
  EXPECT_EQ(json.at("classes").size(), 1U);
  EXPECT_FALSE(json.contains("emotion"));
  const HttpAnswer voice = answer(cropping, {{"faces", "all"}});
  EXPECT_EQ(voice.status, 400);
  EXPECT_THAT(voice.body, HasSubstr("whose voice"));
  EXPECT_EQ(answer(cropping, {{"faces", "two"}, {"modality", "visual"}}).status, 400);
  const HttpAnswer whole = answer(plain, {{"faces", "all"}, {"modality", "visual"}});
  EXPECT_EQ(whole.status, 400);
  EXPECT_THAT(whole.body, HasSubstr("--face haar"));
}

/// Looks at a form's first file and listens to its second.
ServedModels taking_turns() {
  return {{"calm", "happy"},
          true,
          true,
          [] { return std::make_unique<AnyReader>(); },
          [turn = 0](const std::vector<ClipInput>& clips) mutable {
            std::vector<ClipEstimate> estimates(clips.size());
            for (auto& estimate : estimates) {
              (turn++ % 2 == 0 ? estimate.whole.visual : estimate.whole.audio) = {.36, .64};
              estimate.whole.fused = {.36, .64};
              estimate.whole.top = 1;
            }
            return estimates;
          }};
}

TEST(ServiceFusion, OfAFileNamesItsRuleAndFusesFormsByIt) {
  const test::TemporaryFolder folder;
  ServeConfig config;
  config.slots = 1;
  config.models.fusion =
      test::written(folder / "fusion.json", test::calibrated({"calm", "happy"}, .3));
  Service service(taking_turns(), config);
  RequestHead head{"GET", "/api/models", {{"host", "localhost"}}, {}};
  EXPECT_EQ(nlohmann::json::parse(service.answer(head)->body).at("rule"), "calibrated-product");
  const std::string form =
      "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.jpg\"\r\n\r\none\r\n"
      "--x\r\nContent-Disposition: form-data; name=\"b\"; "
      "filename=\"b.wav\"\r\n\r\ntwo\r\n--x--\r\n";
  head = {"POST", "/api/predict", {{"content-type", "multipart/form-data; boundary=x"}}, {}};
  const HttpAnswer answer = service.predict(
      head, [&](const auto& take) { return take(form) ? Arrival::whole : Arrival::cut_off; },
      std::chrono::steady_clock::now());
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto together = nlohmann::json::parse(answer.body).at("together");
  // The root of .36 · .36 : .64 · .64, so .36 and .64 again, and both are above .3.
  EXPECT_NEAR(together.at("fused").at("happy").get<double>(), .64, 1e-6);
  EXPECT_EQ(together.at("set"), (nlohmann::json{"happy", "calm"}));
}

TEST(ServiceFusion, OfOtherClassesIsRefusedAtTheStart) {
  const test::TemporaryFolder folder;
  ServeConfig config;
  config.models.fusion = test::written(folder / "fusion.json", test::calibrated({"a", "b"}, .3));
  EXPECT_THAT([&] { Service(taking_turns(), config); },
              testing::ThrowsMessage<Error>(HasSubstr("is of the classes a, b")));
}

/// Takes each byte of a recording for a window of a second.
ServedModels a_window_a_byte() {
  ServedModels models = models_called("happy");
  models.follow = [](auto bytes, const MediaLimits&, const ReadOptions&, const auto& take) {
    std::byte byte{};
    for (int second = 0; bytes(std::span(&byte, 1)) == 1; ++second) {
      if (byte == std::byte{'!'}) throw Error("the recording cannot be decoded");
      if (byte == std::byte{'?'}) throw std::runtime_error("secret /home/someone/model");
      ClipInput window;
      window.whole.end = second + 1;
      take(std::move(window));
    }
  };
  return models;
}

class ServiceLive : public testing::Test {
 protected:
  static ServeConfig config() {
    ServeConfig config;
    config.slots = 1;
    config.max_megabytes = 1;
    config.max_seconds = 5;
    return config;
  }
  using Query = std::multimap<std::string, std::string>;
  std::optional<HttpAnswer> ask(const std::string& method, const std::string& path,
                                const Query& query = {}, const std::string& length = "0") {
    return service.answer(
        {method, path, {{"host", "localhost"}, {"content-length", length}}, query});
  }
  std::string open(const Query& query = {}) {
    const auto opened = ask("POST", "/api/live", query);
    EXPECT_EQ(opened->status, 201) << opened->body;
    return nlohmann::json::parse(opened->body).at("recording");
  }
  int add(const std::string& name, const std::string& bytes, bool last = false) {
    const RequestHead head{
        "POST",
        "/api/live/parts",
        {{"host", "localhost"}, {"content-length", std::to_string(bytes.size())}},
        {{"recording", name}, {"last", last ? "1" : "0"}}};
    if (const auto refused = service.answer(head)) return refused->status;
    return service
        .take_part(
            head, [&](const auto& take) { return take(bytes) ? Arrival::whole : Arrival::cut_off; })
        .status;
  }
  /// All that is said of a recording whose parts are there.
  std::string said_of(const std::string& name) {
    const auto answer = ask("GET", "/api/live/answers", {{"recording", name}});
    EXPECT_EQ(answer->type, "text/event-stream");
    std::string said;
    answer->stream([&](std::string_view text) {
      said += text;
      return true;
    });
    return said;
  }

  Service service{a_window_a_byte(), config()};
};

TEST_F(ServiceLive, SaysOfEachWindowWhatItIsAndThenThatItEnds) {
  const std::string name = open();
  EXPECT_EQ(add(name, "ab"), 204);
  EXPECT_EQ(add(name, "", true), 204);
  EXPECT_EQ(add(name, "c"), 409) << "after its end";
  const std::string said = said_of(name);
  EXPECT_THAT(said, testing::StartsWith("data: {\"window\":0,\"start\":0.0,"));
  EXPECT_THAT(said, HasSubstr("\n\ndata: {\"window\":1,"));
  EXPECT_THAT(said, testing::EndsWith("\n\nevent: end\ndata: {\"windows\": 2}\n\n"));
  EXPECT_EQ(ask("GET", "/api/live/answers", {{"recording", name}})->status, 404) << "forgotten";
  EXPECT_EQ(add(name, "c"), 404);
}

TEST_F(ServiceLive, WhatGoesWrongIsSaidAndNothingOfTheMachine) {
  std::string name = open();
  add(name, "a!b", true);
  EXPECT_THAT(said_of(name), HasSubstr("event: problem\ndata: {\"error\":\"the recording cannot be "
                                       "decoded\"}"));
  name = open();
  add(name, "?", true);
  EXPECT_THAT(said_of(name),
              testing::AllOf(HasSubstr("event: problem"), testing::Not(HasSubstr("secret"))));
  name = open();
  add(name, "abcdefg", true);
  EXPECT_THAT(said_of(name), HasSubstr("longer than 5 s"));
}

TEST_F(ServiceLive, TakesNoLongerAWindowThanAClipMayBe) {
  ServeConfig short_clips = config();
  short_clips.max_seconds = 2;
  ReadOptions told;
  MediaLimits limits;
  ServedModels models = models_called("happy");
  models.follow = [&](auto, const MediaLimits& within, const ReadOptions& options, const auto&) {
    told = options;
    limits = within;
  };
  Service briefly(std::move(models), short_clips);
  const auto ask = [&](const Query& query) {
    const auto opened = briefly.answer(
        {"POST", "/api/live", {{"host", "localhost"}, {"content-length", "0"}}, query});
    EXPECT_EQ(opened->status, 201) << opened->body;
    const std::string name = nlohmann::json::parse(opened->body).at("recording");
    const auto answer = briefly.answer(
        {"GET", "/api/live/answers", {{"host", "localhost"}}, {{"recording", name}}});
    answer->stream([](std::string_view) { return true; });
  };
  ask({});
  EXPECT_EQ(told.window, 2);
  EXPECT_EQ(told.hop, 1);
  EXPECT_EQ(limits.pictures, 60U) << "as many as of a clip";
  EXPECT_LT(limits.deadline, std::chrono::steady_clock::now() + std::chrono::minutes(1));
  ask({{"window", "0.5"}});
  EXPECT_EQ(told.hop, .5);
}

TEST_F(ServiceLive, EndsWhenNobodyListens) {
  const std::string name = open();
  add(name, "abc");
  const auto answer = ask("GET", "/api/live/answers", {{"recording", name}});
  int lines = 0;
  answer->stream([&](std::string_view) { return ++lines < 2; });
  EXPECT_EQ(lines, 2) << "although no last part has come";
}

TEST_F(ServiceLive, RefusesWhatItCannotDo) {
  for (const Query& query : {Query{{"faces", "all"}},
                             {{"format", "csv"}},
                             {{"window", "0"}},
                             {{"window", "x"}},
                             {{"model", "other"}},
                             {{"colour", "red"}}}) {
    EXPECT_EQ(ask("POST", "/api/live", query)->status, 400) << query.begin()->first;
  }
  EXPECT_EQ(ask("POST", "/api/live", {}, "7")->status, 400) << "a body";
  EXPECT_EQ(ask("GET", "/api/live")->status, 405);
  EXPECT_EQ(add("unknown", "x"), 404);
  const std::string name = open();
  EXPECT_EQ(add(name, ""), 400) << "empty and not the last";
  const RequestHead chunked{"POST",
                            "/api/live/parts",
                            {{"host", "localhost"}, {"transfer-encoding", "chunked"}},
                            {{"recording", name}}};
  EXPECT_FALSE(service.answer(chunked)) << "nobody knows yet that it is empty";
  EXPECT_EQ(service.take_part(chunked, [](const auto&) { return Arrival::whole; }).status, 400);
  EXPECT_EQ(add(name, std::string((1 << 20) + 1, 'x')), 413);
  EXPECT_EQ(ask("GET", "/api/live/answers", {{"recording", name}, {"last", "1"}})->status, 400);
  const auto head = ask("HEAD", "/api/live/answers", {{"recording", name}});
  EXPECT_EQ(head->status, 200);
  EXPECT_FALSE(head->stream);
  for (int more = 0; more < 7; ++more) open();
  const auto full = ask("POST", "/api/live");
  EXPECT_EQ(full->status, 429);
  EXPECT_THAT(full->headers, testing::Contains(testing::Pair("Retry-After", "1")));
  service.end();
  EXPECT_EQ(add(name, "x"), 409) << "the server ends";
}

}  // namespace
}  // namespace aver
