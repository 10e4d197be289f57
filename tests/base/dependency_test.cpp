#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <set>

#include "aver/base/files.h"

// The layers of CONTRIBUTING.md, enforced: what a module's files may include.
namespace aver {
namespace {

const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"base", {}},
    {"ravdess", {"base"}},
    {"protocol", {"ravdess", "base"}},
    {"store", {"ravdess", "base"}},
    {"media", {"ravdess", "base"}},
    {"features", {"ravdess", "base"}},
    {"eval", {"base"}},
    {"nn", {"ravdess", "base"}},
    {"synthesis", {"ravdess", "base"}},
    {"train", {"nn", "media", "features", "eval", "protocol", "store", "ravdess", "base"}},
    {"report", {"media", "features", "eval", "protocol", "store", "ravdess", "base"}},
    {"pipeline",
     {"train", "report", "nn", "media", "features", "eval", "protocol", "store", "ravdess", "base",
      "synthesis"}},
    {"serve", {"pipeline", "media", "eval", "store", "base"}},
};
// Where LibTorch may be named: loading it costs half a second of every start.
const std::set<std::string> kWithTorch = {"nn", "train", "pipeline"};

std::vector<std::string> included(const fs::path& file, const std::regex& pattern) {
  std::vector<std::string> found;
  const std::string text = read_file(file);
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    found.push_back((*it)[1].str());
  }
  return found;
}

TEST(Layers, EveryIncludePointsDownwards) {
  const fs::path root = AVER_SOURCE_DIR;
  const std::regex own("#include \"aver/([a-z_]+)/");
  const std::regex torch("#include <((?:torch|ATen|c10)/)");
  std::size_t files = 0;
  for (const auto& tree : {root / "include/aver", root / "src"}) {
    for (const auto& file : list_files(tree)) {
      if (file.extension() != ".h" && file.extension() != ".cpp") continue;
      ++files;
      const std::string module = fs::relative(file, tree).begin()->string();
      ASSERT_TRUE(kMayInclude.contains(module)) << file << ": module unknown to the layer table";
      for (const auto& other : included(file, own)) {
        EXPECT_TRUE(other == module || kMayInclude.at(module).contains(other))
            << file << " includes " << other;
      }
      if (!kWithTorch.contains(module)) {
        EXPECT_THAT(included(file, torch), ::testing::IsEmpty()) << file << " includes LibTorch";
      }
    }
  }
  EXPECT_GT(files, 40u);
}

TEST(Layers, PublicHeadersShowNoCodecLibrary) {
  const fs::path root = fs::path(AVER_SOURCE_DIR) / "include/aver";
  const std::regex foreign("#include (?:<|\")((?:libav|sndfile|soxr|turbojpeg)[^>\"]*)");
  for (const auto& file : list_files(root)) {
    EXPECT_THAT(included(file, foreign), ::testing::IsEmpty()) << file;
  }
}

TEST(Layers, NothingBelowAppsPrintsOrExits) {
  const std::regex printing("(std::cout|std::cerr|[^_a-z:](?:printf|fprintf|exit|abort)\\()");
  const fs::path root = AVER_SOURCE_DIR;
  for (const auto& file : list_files(root / "src")) {
    if (file.extension() == ".cpp" || file.extension() == ".h") {
      EXPECT_THAT(included(file, printing), ::testing::IsEmpty()) << file;
    }
  }
}

}  // namespace
}  // namespace aver
