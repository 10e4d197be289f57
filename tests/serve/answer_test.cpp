#include "serve/answer.h"

#include <gmock/gmock.h>

#include "serve/metrics.h"

namespace aver {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kClasses = {"neutral", "happy"};

EmotionEstimate estimate_of(std::vector<double> visual, std::vector<double> audio,
                            std::vector<double> fused, const std::string& by) {
  EmotionEstimate estimate;
  estimate.visual = std::move(visual);
  estimate.audio = std::move(audio);
  estimate.fused = std::move(fused);
  estimate.decided_by = by;
  estimate.top = 1;
  return estimate;
}

TEST(Answer, NamesTheEmotionWhoDecidedAndTheDistributionsByClass) {
  ClipEstimate clip;
  clip.seconds = 3.5;
  clip.pictures = 21;
  clip.whole = estimate_of({.6, .4}, {.1234567, .8765433}, {.1234567, .8765433}, "audio");
  clip.remarks = {"the sound is cut"};
  const auto json = to_json(clip, kClasses, {1, 2, 3.25, 4, 10});
  EXPECT_EQ(json["emotion"], "happy");
  EXPECT_EQ(json["confidence"], 0.876543);
  EXPECT_EQ(json["decided_by"], "audio");
  EXPECT_EQ(json["visual"].dump(), R"({"neutral":0.6,"happy":0.4})");
  EXPECT_EQ(json["fused"].dump(), R"({"neutral":0.123457,"happy":0.876543})");
  EXPECT_EQ(json["seconds"], 3.5);
  EXPECT_EQ(json["pictures"], 21);
  EXPECT_EQ(json["classes"], kClasses);
  EXPECT_EQ(json["remarks"][0], "the sound is cut");
  EXPECT_EQ(json["timing_ms"].dump(),
            R"({"receive":1.0,"wait":2.0,"decode":3.3,"network":4.0,"total":10.0})");
}

TEST(Answer, AMissingModalityAndAnEmptyWindowAreNull) {
  ClipEstimate clip;
  clip.whole = estimate_of({}, {.1, .9}, {.1, .9}, "audio");
  EmotionEstimate nothing;
  nothing.start = 1;
  nothing.end = 4;
  clip.windows = {nothing};
  const auto json = to_json(clip, kClasses, {});
  EXPECT_TRUE(json["visual"].is_null());
  const auto& window = json["windows"][0];
  EXPECT_EQ(window["start"], 1.0);
  EXPECT_EQ(window["end"], 4.0);
  EXPECT_TRUE(window["emotion"].is_null());
  EXPECT_TRUE(window["decided_by"].is_null());
  EXPECT_TRUE(window["fused"].is_null());
}

TEST(Answer, ErrorsAreOneSentenceInJsonWhateverBytesAreInIt) {
  const HttpAnswer answer = error_answer(422, "the clip \"\xff\" is no clip");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(nlohmann::json::parse(answer.body)["error"], "the clip \"\\xFF\" is no clip");
}

TEST(Metrics, CountByStatusAndReasonAndSortTimesIntoBuckets) {
  Metrics metrics;
  metrics.count_request(200);
  metrics.count_request(200);
  metrics.count_request(413);
  metrics.count_rejected("size");
  metrics.count_bytes(1000);
  metrics.observe_decoding(0.03);
  metrics.observe_decoding(100);
  const std::string text = metrics.text({{"aver_slots", "Slots.", 4}});
  EXPECT_THAT(text, HasSubstr("# TYPE aver_requests_total counter\n"
                              "aver_requests_total{status=\"200\"} 2\n"
                              "aver_requests_total{status=\"413\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("aver_rejected_total{reason=\"size\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("aver_received_bytes_total 1000\n"));
  EXPECT_THAT(text, HasSubstr("aver_decode_seconds_bucket{le=\"0.025\"} 0\n"
                              "aver_decode_seconds_bucket{le=\"0.05\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("aver_decode_seconds_bucket{le=\"30\"} 1\n"
                              "aver_decode_seconds_bucket{le=\"+Inf\"} 2\n"
                              "aver_decode_seconds_sum 100.03\naver_decode_seconds_count 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE aver_slots gauge\naver_slots 4\n"));
  EXPECT_EQ(metrics.requests(), 3U);
}

}  // namespace
}  // namespace aver
