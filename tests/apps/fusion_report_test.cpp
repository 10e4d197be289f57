#include <gmock/gmock.h>

#include "base/files.h"
#include "markup.h"
#include "support.h"

namespace aver {
namespace {

using test::markup_problem;
using test::run_command;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Two tables: four actors, the last of them held out; audio right 3 times of 4, visual 2.
/// Audio lacks a clip.
struct Tables {
  explicit Tables(const std::string& third_class = "sad", const std::string& clip_of_table = "") {
    std::string head = "clip,fold,role,label,neutral,happy,\"" + third_class + "\"\n";
    std::string audio = head, visual = head;
    const std::array<std::string, 3> codes = {"01", "03", "04"};
    const std::array<std::string, 3> labels = {"neutral", "happy", "\"" + third_class + "\""};
    const std::array<std::string, 3> sure = {"0.8,0.1,0.1", "0.1,0.8,0.1", "0.1,0.1,0.8"};
    const std::array<std::string, 3> wrong = {"0.3,0.6,0.1", "0.3,0.1,0.6", "0.6,0.3,0.1"};
    int i = 0;
    for (const std::string actor : {"01", "02", "03", "04"}) {
      for (std::size_t c = 0; c < 3; ++c) {
        for (const std::string statement : {"01", "02"}) {
          const std::string role = actor == "04" ? "test" : actor == "03" ? "validation" : "train";
          const std::string row = "01-" + codes[c] + "-01-" + statement + "-01-" + actor + ",0," +
                                  role + "," + labels[c];
          if (i > 0) audio += row + "," + (i % 4 == 3 ? wrong : sure)[c] + "\n";
          visual += row + "," + (i % 2 == 1 ? wrong : sure)[c] + "\n";
          ++i;
        }
      }
    }
    if (!clip_of_table.empty()) {
      audio += "\"" + clip_of_table + "\",0,test,happy," + wrong[1] + "\n";
      visual += "\"" + clip_of_table + "\",0,test,happy," + sure[1] + "\n";
    }
    write_file(folder / "audio.csv", audio);
    write_file(folder / "visual.csv", visual);
  }

  /// The page an evaluation writes.
  std::string report(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"aver-evaluate-fusion",           "--audio-posteriors",
                                          (folder / "audio.csv").string(),  "--visual-posteriors",
                                          (folder / "visual.csv").string(), "--output",
                                          (folder / "out").string(),        "--no-figures"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run_command(arguments);
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return read_file(folder / "out" / "report.html");
  }

  TemporaryFolder folder;
};

/// From the heading of a section to the next section.
std::string section(const std::string& page, const std::string& id) {
  const auto begin = page.find("<section id=\"" + id + "\"");
  EXPECT_NE(begin, std::string::npos) << id;
  return begin == std::string::npos ? ""
                                    : page.substr(begin, page.find("</section>", begin) - begin);
}

TEST(FusionReport, SaysFirstWhetherItLeaks) {
  const std::string page = Tables().report();
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_EQ(page.find("<section id=\"leakage\""), page.find("<section "));
  const std::string verdict = section(page, "leakage");
  EXPECT_THAT(verdict, HasSubstr("<h2 id=\"leakage-title\">Leakage: no leak found</h2>"));
  const auto held_out = verdict.find("no leak found</p>"), all = verdict.find("LEAK</p>");
  ASSERT_NE(held_out, std::string::npos);
  ASSERT_NE(all, std::string::npos);
  EXPECT_LT(held_out, all);  // of the headline scope, then of all clips
  EXPECT_THAT(verdict,
              HasSubstr("Of these clips, audio trained on 11 of 23 and visual on 12 of 24"));
}

TEST(FusionReport, NamesALeakAndWhatCannotBeChecked) {
  const Tables tables;
  std::string everything_seen = read_file(tables.folder / "audio.csv");
  for (std::size_t at; (at = everything_seen.find(",test,")) != std::string::npos;) {
    everything_seen.replace(at, 6, ",train,");
  }
  write_file(tables.folder / "audio.csv", everything_seen);
  const std::string leak = section(tables.report(), "leakage");
  EXPECT_THAT(leak,
              AllOf(HasSubstr("Leakage: LEAK</h2>"), HasSubstr("No table of held-out clips")));

  const std::string bare =
      "clip,neutral,happy\n01-01-01-01-01-01,0.8,0.2\n01-03-01-01-01-01,0.3,0.7\n";
  write_file(tables.folder / "audio.csv", bare);
  write_file(tables.folder / "visual.csv", bare);
  EXPECT_THAT(section(tables.report(), "leakage"), HasSubstr("Leakage: cannot be checked</h2>"));
}

TEST(FusionReport, HoldsEverySection) {
  const std::string page = Tables().report({"--caption", "Small tables"});
  EXPECT_THAT(page, HasSubstr("Small tables"));
  // Of the six held-out clips, audio has 4 right, visual 3.
  EXPECT_THAT(section(page, "accuracy"),
              AllOf(HasSubstr("66.67"), HasSubstr("50.00"), HasSubstr("95\u00a0%"),
                    HasSubstr("10000 draws over"), HasSubstr("The 6 clips that are test clips"),
                    HasSubstr("All 24 clips")));
  EXPECT_THAT(section(page, "confusion"),
              AllOf(HasSubstr("Audio, 6 clips"), HasSubstr("Visual, 6 clips"),
                    HasSubstr("Both (maximum confidence), 6 clips"), HasSubstr("class=\"s8\""),
                    HasSubstr("Audio, 23 clips")));
  EXPECT_THAT(section(page, "fusion"),
              AllOf(HasSubstr("product"), HasSubstr("McNemar"), HasSubstr("bootstrap p"),
                    HasSubstr("Against audio alone"), HasSubstr("audio decided")));
  EXPECT_THAT(section(page, "reliability"),
              AllOf(HasSubstr("Audio: ECE"), HasSubstr("Both: ECE"), HasSubstr("Risk and coverage"),
                    HasSubstr("role=\"img\"")));
  EXPECT_THAT(section(page, "groups"),
              AllOf(HasSubstr("<th scope=\"row\">04</th>"), HasSubstr("gender: female"),
                    HasSubstr("statement: kids")));
  EXPECT_THAT(section(page, "settings"),
              AllOf(HasSubstr("audio.csv (table of posteriors), 23 clips"), HasSubstr("seed 42"),
                    HasSubstr("maximum confidence"), HasSubstr("aver-evaluate-fusion ")));
}

TEST(FusionReport, ListsTheClipsThatFusionChanged) {
  // Of the three held-out clips that visual has wrong (with .6), audio has one right (with .8).
  const std::string clips = section(Tables().report(), "clips");
  EXPECT_THAT(
      clips,
      AllOf(HasSubstr("Against audio alone, fusion repaired 0 and broke 0 of its answers (±0)"),
            HasSubstr("Against visual alone, fusion repaired 1 and broke 0"),
            HasSubstr("1 answer of visual that fusion repaired"), HasSubstr("<td>80.0</td>"),
            HasSubstr("<td>60.0</td>")));
}

TEST(FusionReport, ListsWhatWasFitted) {
  const std::string settings = section(Tables().report({"--rule", "weighted"}), "settings");
  EXPECT_THAT(settings,
              AllOf(HasSubstr("weighted"), HasSubstr("What was fitted"),
                    HasSubstr("the validation clips"), HasSubstr("temperature of audio")));
}

TEST(FusionReport, NamesRunsByFolderWithTheirProtocolAndSeed) {
  const Tables tables;
  for (const std::string run : {"audio-run", "visual-run"}) {
    const fs::path folder = tables.folder / run;
    write_file(folder / "predictions.csv",
               read_file(tables.folder / (run == "audio-run" ? "audio.csv" : "visual.csv")));
    write_file(folder / "split.csv",
               std::string_view("fold,clip,role\n0,01-01-01-01-01-01,train\n"));
    write_file(folder / "split.json",
               std::string_view(R"({"format": 1, "protocol": "actor-5", "seed": 7})"));
  }
  const auto result =
      run_command({"aver-evaluate-fusion", "--audio", (tables.folder / "audio-run").string(),
                   "--visual", (tables.folder / "visual-run").string(), "--output",
                   (tables.folder / "out").string(), "--no-figures"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const std::string page = read_file(tables.folder / "out" / "report.html");
  EXPECT_THAT(section(page, "settings"),
              AllOf(HasSubstr("audio-run (run folder), 23 clips; split: actor-5, seed 7"),
                    HasSubstr("visual-run (run folder), 24 clips; split: actor-5, seed 7")));
  EXPECT_THAT(page, Not(HasSubstr(tables.folder.path().string())));
}

TEST(FusionReport, EscapesWhatTablesAndCaptionsHold) {
  const Tables tables("<i>sad</i> & 'blue'", "<img src=x onerror=alert(1)>");
  const std::string page = tables.report({"--caption", "</title><script>alert(\"1\")</script>"});
  EXPECT_EQ(markup_problem(page), "");
  for (const char* raw : {"<script", "<img", "<i>", "alert(\"1\")"}) {
    EXPECT_THAT(page, Not(HasSubstr(raw)));
  }
  EXPECT_THAT(page, AllOf(HasSubstr("&lt;script&gt;alert(&quot;1&quot;)"),
                          HasSubstr("&lt;i&gt;sad&lt;/i&gt; &amp; &#39;blue&#39;"),
                          HasSubstr("&lt;img src=x onerror=alert(1)&gt;")));
}

TEST(FusionReport, NeedsNothingBesideItAndNamesNoPlace) {
  const Tables tables;
  const std::string page = tables.report();
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* outside : {"http://", "https://", "src=", "<script", "<link", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(outside)));
  }
  EXPECT_THAT(page, Not(HasSubstr(tables.folder.path().string())));
}

TEST(FusionReport, IsTheSameForAnyNumberOfWorkers) {
  const Tables tables;
  const std::string page = tables.report({"--workers", "0"});
  EXPECT_EQ(tables.report({"--workers", "0"}), page);
  EXPECT_EQ(tables.report({"--workers", "1"}), page);
  EXPECT_EQ(tables.report({"--workers", "4"}), page);
}

TEST(FusionReport, StandsWithoutIntervals) {
  const std::string page = Tables().report({"--draws", "0"});
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_THAT(section(page, "accuracy"), Not(HasSubstr("bootstrap")));
  EXPECT_THAT(section(page, "settings"), HasSubstr("<th scope=\"row\">bootstrap</th>"
                                                   "<td class=\"text\">none</td>"));
}

TEST(FusionReport, StandsForNamesThatAreNotRavdess) {
  const Tables tables;
  const std::string table = "clip,label,yes,no\na,yes,0.9,0.1\nb,no,0.2,0.8\n";
  write_file(tables.folder / "audio.csv", table);
  write_file(tables.folder / "visual.csv", table);
  const std::string page = tables.report();
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_THAT(section(page, "groups"), HasSubstr("nothing tells who speaks"));
}

}  // namespace
}  // namespace aver
