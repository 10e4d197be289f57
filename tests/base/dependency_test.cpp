#include <gmock/gmock.h>

#include <map>
#include <regex>
#include <set>

#include "base/files.h"
#include "base/text.h"

// The layers of CONTRIBUTING.md, enforced: what the files of a room include is what the room's
// CMakeLists.txt says in aver_room().
namespace aver {
namespace {

struct Room {
  std::set<std::string> uses;
  bool libtorch = false;  ///< loading it costs half a second of every start
};

const fs::path kRoot = AVER_SOURCE_DIR;

bool is_code(const fs::path& file) {
  return file.extension() == ".h" || file.extension() == ".cpp";
}

std::vector<std::string> matches_in(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
    found.push_back((*it)[1].str());
  }
  return found;
}

std::map<std::string, Room> stated_rooms() {
  std::map<std::string, Room> rooms;
  for (const auto& entry : fs::directory_iterator(kRoot / "src")) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename().string();
    const auto stated = matches_in(read_file(entry.path() / "CMakeLists.txt"),
                                   std::regex("aver_room\\(([^)]*)\\)"));
    EXPECT_EQ(stated.size(), 1U) << name << " says in its CMakeLists.txt whom it uses";
    Room room;
    bool named = false;
    for (const std::string& word : matches_in(stated.at(0), std::regex("(\\S+)"))) {
      if (!named) {
        EXPECT_EQ(word, name);
        named = true;
      } else if (word == "LIBTORCH") {
        room.libtorch = true;
      } else if (word != "USES") {
        room.uses.insert(word);
      }
    }
    rooms[name] = room;
  }
  return rooms;
}

/// What the files of each room include.
std::map<std::string, Room> found_rooms() {
  static const std::regex kOwn("#include \"([a-z_]+)/");
  static const std::regex kTorch("#include <((?:torch|ATen|c10)/)");
  std::map<std::string, Room> rooms;
  for (const auto& file : list_files(kRoot / "src")) {
    if (!is_code(file)) continue;
    const std::string name = file.lexically_relative(kRoot / "src").begin()->string();
    Room& room = rooms[name];
    const std::string text = read_file(file);
    for (const auto& other : matches_in(text, kOwn)) {
      if (other != name && other != "aver") room.uses.insert(other);
    }
    room.libtorch |= !matches_in(text, kTorch).empty();
  }
  return rooms;
}

TEST(Layers, ARoomIncludesWhatItsListSaysAndNothingElse) {
  const auto stated = stated_rooms();
  const auto found = found_rooms();
  EXPECT_GT(found.size(), 15U);
  for (const auto& [name, room] : found) {
    ASSERT_TRUE(stated.contains(name)) << name;
    EXPECT_EQ(stated.at(name).uses, room.uses) << name << ": aver_room(… USES …)";
    EXPECT_EQ(stated.at(name).libtorch, room.libtorch) << name << ": aver_room(… LIBTORCH)";
  }
}

TEST(Layers, ArrowsOnlyPointDownwards) {
  auto rooms = stated_rooms();
  while (!rooms.empty()) {
    std::vector<std::string> ground;
    for (const auto& [name, room] : rooms) {
      if (room.uses.empty()) ground.push_back(name);
    }
    ASSERT_FALSE(ground.empty()) << rooms.begin()->first << " is part of a circle of rooms";
    for (const std::string& name : ground) {
      rooms.erase(name);
      for (auto& [other, room] : rooms) room.uses.erase(name);
    }
  }
}

TEST(Layers, WhatASourceDefinesItsOwnHeaderDeclares) {
  for (const auto& file : list_files(kRoot / "src")) {
    if (file.extension() != ".cpp") continue;
    fs::path header = file;
    EXPECT_TRUE(fs::exists(header.replace_extension(".h"))) << file << " has no header of its name";
  }
}

TEST(Layers, NoRoomHoldsMoreThanAnEighthOfTheCode) {
  std::map<std::string, double> lines;
  double all = 0;
  for (const auto& file : list_files(kRoot / "src")) {
    if (!is_code(file)) continue;
    const auto count = static_cast<double>(split_text(read_file(file), '\n').size() - 1);
    lines[file.lexically_relative(kRoot / "src").begin()->string()] += count;
    all += count;
  }
  for (const auto& [name, count] : lines) EXPECT_LE(count / all, .12) << name;
}

TEST(Layers, InstalledHeadersShowNoOtherLibrary) {
  const std::regex foreign("#include (?:<|\")([^>\"]*[/.][^>\"]*)");
  for (const auto& file : list_files(kRoot / "include/aver")) {
    for (const auto& name : matches_in(read_file(file), foreign)) {
      EXPECT_TRUE(name.starts_with("aver/") || name.starts_with("std"))
          << file << " includes " << name;
    }
  }
}

TEST(Layers, NoHeaderShowsACodecLibrary) {
  const std::regex foreign("#include (?:<|\")((?:libav|sndfile|soxr|turbojpeg)[^>\"]*)");
  for (const auto& file : list_files(kRoot / "src")) {
    if (file.extension() != ".h") continue;
    // The raii headers are the places that may, and only media's own files include them.
    const std::string room = file.lexically_relative(kRoot / "src").begin()->string();
    if (room != "media") {
      EXPECT_THAT(matches_in(read_file(file), foreign), ::testing::IsEmpty()) << file;
    }
  }
}

TEST(Layers, NothingBelowAppsPrintsOrExits) {
  const std::regex printing("(std::cout|std::cerr|[^_a-z:](?:printf|fprintf|exit|abort)\\()");
  const std::regex comment("//[^\n]*");  // what a comment shows is for the programs of others
  for (const char* folder : {"src", "include"}) {
    for (const auto& file : list_files(kRoot / folder)) {
      if (!is_code(file)) continue;
      const std::string code = std::regex_replace(read_file(file), comment, "");
      EXPECT_THAT(matches_in(code, printing), ::testing::IsEmpty()) << file;
    }
  }
}

}  // namespace
}  // namespace aver
