#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "features_fixture.h"
#include "raw_client.h"

namespace aver::test {
namespace {

/// The port of the address that a server has printed; 0 while it has not.
int port_in(const fs::path& said) {
  if (!fs::exists(said)) return 0;
  const std::string text = read_file(said);
  return text.ends_with('\n') ? std::stoi(text.substr(text.rfind(':') + 1)) : 0;
}

TEST(LogMelModel, AnswersOverHttpAsOnTheCommandLine) {
  const auto& sounds = Sounds::get();
  const fs::path sound = sounds.path("audio/Actor_01/happy/01-01-03-01-01-01-01.wav");
  const auto told =
      quiet({"aver-predict", "--audio", sounds.path("model"), "--format", "jsonl", sound.string()});
  ASSERT_EQ(told.exit_status, 0) << told.err;

  const TemporaryFolder folder;
  const fs::path said = folder / "said.txt";
  RawAnswer answer;
  const auto served =
      run_and_kill({"sh", "-c",
                    "exec \"${AVER_BIN_DIR:+$AVER_BIN_DIR/}aver-serve\" --audio \"$1\" --port 0 "
                    "--threads 1 > \"$2\"",
                    "sh", sounds.path("model"), said.string()},
                   SIGINT, [&] {
                     const int port = port_in(said);
                     if (port == 0) return false;
                     answer = post(port, "/api/predict", read_file(sound));
                     return true;
                   });
  EXPECT_EQ(served.exit_status, 0) << served.err;
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto audio = nlohmann::json::parse(answer.body)["audio"];
  EXPECT_EQ(audio.size(), 8u);
  EXPECT_EQ(audio, nlohmann::json::parse(told.out)["audio"]);
}

}  // namespace
}  // namespace aver::test
