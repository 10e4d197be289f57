#include "base/archives.h"

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

enum class Packing { none, zip, gzip, bzip2, xz, zstd, seven_zip, rar, tar };

/// The mark of a tar stands behind the name and the numbers of its first file (POSIX ustar), one of
/// which is the sum of all bytes with blanks in its own place: a sound may hold the mark by chance.
bool begins_a_tar(std::string_view head) {
  constexpr std::size_t kBlock = 512, kSum = 148, kDigits = 8;
  if (head.size() < kBlock || head.substr(257, 5) != "ustar") return false;
  unsigned long sum = kDigits * ' ';
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (i < kSum || i >= kSum + kDigits) sum += static_cast<unsigned char>(head[i]);
  }
  return std::strtoul(std::string(head.substr(kSum, kDigits)).c_str(), nullptr, 8) == sum;
}

Packing packing_of(std::string_view head) {
  constexpr std::array<std::pair<std::string_view, Packing>, 7> kBeginnings{
      {{"PK\x03\x04", Packing::zip},
       {"\x1F\x8B", Packing::gzip},
       {"BZh", Packing::bzip2},
       {"\xFD"
        "7zXZ",
        Packing::xz},
       {"\x28\xB5\x2F\xFD", Packing::zstd},
       {"7z\xBC\xAF", Packing::seven_zip},
       {"Rar!", Packing::rar}}};
  for (const auto& [beginning, packing] : kBeginnings) {
    if (head.starts_with(beginning)) return packing;
  }
  return begins_a_tar(head) ? Packing::tar : Packing::none;
}

/// "a.tar.gz" and "a.tgz" are folders in a file, "a.csv.gz" a file.
bool holds_a_tar(const fs::path& path) {
  const std::string ending = to_lower(path.extension().string());
  return ending.starts_with(".t") || to_lower(path.stem().extension().string()) == ".tar";
}

}  // namespace

const std::vector<std::string>& archive_extensions() {
  static const std::vector<std::string> kExtensions = {
      ".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar"};
  return kExtensions;
}

std::string way_to_unpack(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 512> bytes{};
  file.read(bytes.data(), bytes.size());
  return way_to_unpack(path, {bytes.data(), static_cast<std::size_t>(file.gcount())});
}

std::string way_to_unpack(const fs::path& path, std::string_view head) {
  const std::string file = shell_word(path.string());
  const std::string folder = shell_word((path.parent_path() / path.stem()).string());
  const std::string here = shell_word(folder_of(path).string());
  const std::string untar = fmt::format("tar -xf {} -C {}", file, here);
  const auto of_one_file = [&](std::string_view tool) {
    return holds_a_tar(path) ? untar : fmt::format("{} -k {}", tool, file);
  };
  switch (packing_of(head)) {
    case Packing::zip:
      return fmt::format("unzip {} -d {}", file, folder);
    case Packing::gzip:
      return of_one_file("gunzip");
    case Packing::bzip2:
      return of_one_file("bunzip2");
    case Packing::xz:
      return of_one_file("unxz");
    case Packing::zstd:
      return of_one_file("unzstd");
    case Packing::seven_zip:
      return fmt::format("7z x {} -o{}", file, folder);
    case Packing::rar:
      return fmt::format("unrar x {} {}", file, shell_word((folder_of(path) / "").string()));
    case Packing::tar:
      return untar;
    case Packing::none:
      break;
  }
  return {};
}

void require_folder(const fs::path& path, const std::string& maker) {
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (fs::is_directory(status)) return;
  if (!fs::exists(status)) {
    throw Error("no such folder: {}{}", path.string(),
                maker.empty() ? "" : fmt::format("; {} makes it", maker));
  }
  const std::string way = fs::is_regular_file(status) ? way_to_unpack(path) : "";
  throw Error("{} is not a folder{}", path.string(),
              way.empty() ? "" : fmt::format(" but an archive: {} unpacks it", way));
}

}  // namespace aver
