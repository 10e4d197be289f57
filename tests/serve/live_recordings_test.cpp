#include "serve/live_recordings.h"

#include <gmock/gmock.h>

#include <array>
#include <thread>

#include "base/error.h"
#include "support.h"

namespace aver {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Took = BytePipe::Took;

std::string read(BytePipe& pipe, std::size_t most = 100) {
  std::string text(most, ' ');
  text.resize(pipe.read(std::as_writable_bytes(std::span(text))));
  return text;
}

TEST(BytePipe, GivesOutWhatCameInOrderAndThenTheEnd) {
  BytePipe pipe({10, 100, 10s, 10s});
  EXPECT_EQ(pipe.add("one", false), Took::all);
  EXPECT_EQ(pipe.add("two", false), Took::all);
  EXPECT_EQ(read(pipe, 4), "onet");
  EXPECT_EQ(pipe.add("", true), Took::all);
  EXPECT_EQ(pipe.add("three", false), Took::ended);
  EXPECT_EQ(read(pipe), "wo");
  EXPECT_EQ(read(pipe), "");
  EXPECT_EQ(read(pipe), "");
}

TEST(BytePipe, TakesAllOfAPartOrNothing) {
  BytePipe pipe({10, 25, 10s, 10s});
  EXPECT_EQ(pipe.add(std::string(11, 'x'), false), Took::too_large) << "more than the room";
  EXPECT_EQ(pipe.add(std::string(10, 'x'), false), Took::all);
  EXPECT_EQ(pipe.add("y", false), Took::no_room);
  EXPECT_EQ(read(pipe), std::string(10, 'x'));
  EXPECT_EQ(pipe.add(std::string(10, 'y'), false), Took::all);
  EXPECT_EQ(read(pipe), std::string(10, 'y'));
  EXPECT_EQ(pipe.add(std::string(6, 'z'), false), Took::too_large) << "more than altogether";
  EXPECT_EQ(pipe.add(std::string(5, 'z'), false), Took::all);
}

TEST(BytePipe, AReaderWaitsForAPartAndNotForEver) {
  BytePipe pipe({10, 100, 10s, 10s});
  std::jthread later([&] {
    std::this_thread::sleep_for(20ms);
    pipe.add("late", false);
  });
  EXPECT_EQ(read(pipe), "late");
  BytePipe left({10, 100, 10ms, 10s});
  EXPECT_THAT(test::error_of([&] { read(left); }), HasSubstr("nothing of the recording has come"));
  EXPECT_TRUE(left.abandoned());
  EXPECT_FALSE(pipe.abandoned());
}

TEST(BytePipe, EndsARecordingThatGoesOnForTooLong) {
  BytePipe pipe({10, 100, 10s, 30ms});
  EXPECT_EQ(pipe.add("a", false), Took::all);
  EXPECT_EQ(read(pipe), "a");
  EXPECT_THAT(test::error_of([&] { read(pipe); }), HasSubstr("has gone on for more than 0.03 s"));
  pipe.add("b", false);
  EXPECT_THAT(test::error_of([&] { read(pipe); }), HasSubstr("has gone on"));
}

TEST(BytePipe, BrokenOffAWaitingReaderIsTold) {
  BytePipe pipe({10, 100, 10s, 10s});
  std::jthread later([&] {
    std::this_thread::sleep_for(20ms);
    pipe.break_off();
  });
  EXPECT_THAT(test::error_of([&] { read(pipe); }), HasSubstr("broken off"));
  EXPECT_EQ(pipe.add("more", false), Took::ended);
}

/// Says each part that it reads.
void echo(BytePipe& pipe, const LiveRecordings::Write& write) {
  for (std::string part = read(pipe); !part.empty(); part = read(pipe)) write(part);
}

TEST(LiveRecordings, AreAnsweredOnceByTheirName) {
  LiveRecordings recordings(2, {10, 100, 10s, 10s});
  const auto name = recordings.open(echo);
  ASSERT_TRUE(name);
  EXPECT_THAT(*name, testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_NE(recordings.open(echo), name);
  EXPECT_FALSE(recordings.open(echo)) << "a third";
  EXPECT_EQ(recordings.add("another", "x", false), std::nullopt);
  EXPECT_EQ(recordings.answer("another"), nullptr);
  EXPECT_EQ(recordings.add(*name, "part", true), Took::all);
  std::string said;
  auto answer = recordings.answer(*name);
  ASSERT_TRUE(answer);
  EXPECT_EQ(recordings.answer(*name), nullptr) << "once";
  answer([&](std::string_view text) {
    said += text;
    return true;
  });
  EXPECT_EQ(said, "part");
  EXPECT_TRUE(recordings.contains(*name));
  answer = nullptr;
  EXPECT_FALSE(recordings.contains(*name)) << "it is answered and forgotten";
  EXPECT_TRUE(recordings.open(echo));
}

TEST(LiveRecordings, OneThatWasLeftMakesRoom) {
  LiveRecordings recordings(1, {10, 100, 10ms, 10s});
  const auto left = recordings.open(echo);
  std::this_thread::sleep_for(20ms);
  const auto next = recordings.open(echo);
  ASSERT_TRUE(next);
  EXPECT_EQ(recordings.add(*left, "x", false), std::nullopt);
  EXPECT_EQ(recordings.count(), 1U);
}

TEST(LiveRecordings, OneThatGoesOnUnansweredForTooLongMakesRoom) {
  LiveRecordings recordings(1, {10, 100, 10s, 20ms});
  const auto held = recordings.open(echo);
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(recordings.add(*held, "x", false), Took::all) << "a sign of life";
  EXPECT_TRUE(recordings.open(echo));
  EXPECT_FALSE(recordings.contains(*held));
}

TEST(LiveRecordings, TheEndBreaksThemOffAndOpensNoMore) {
  LiveRecordings recordings(2, {10, 100, 10s, 10s});
  const auto name = recordings.open(echo);
  const auto answer = recordings.answer(*name);
  recordings.end();
  EXPECT_THAT(test::error_of([&] { answer([](std::string_view) { return true; }); }),
              HasSubstr("broken off"));
  EXPECT_FALSE(recordings.open(echo));
}

}  // namespace
}  // namespace aver
