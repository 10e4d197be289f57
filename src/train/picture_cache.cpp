#include "train/picture_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"
#include "media/image_file.h"
#include "store/stage.h"
#include "train/picture_input.h"

namespace aver {
namespace {

constexpr char kMagic[8] = {'a', 'v', 'e', 'r', 'p', 'i', 'c', '1'};

struct Header {
  char magic[8];
  std::uint64_t fingerprint;
  std::uint64_t count;
  std::uint64_t size;
};

/// FNV-1a over everything that decides the pictures: a changed, added or renamed file renews them.
std::uint64_t fingerprint_of(const std::vector<fs::path>& files, int size) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
  };
  mix(fmt::format("{}\n", size));
  for (const auto& file : files) {
    if (!fs::exists(file)) {  // decoding it says so
      mix(fmt::format("{}\n", file.string()));
      continue;
    }
    const FileStamp stamp = stamp_of(file);
    mix(fmt::format("{}|{}|{}\n", file.string(), stamp.size, stamp.modified));
  }
  return hash;
}

struct Decoded {
  std::vector<std::uint8_t> bytes;
  std::string reason = {};  ///< why there is no picture
  std::string change = {};  ///< how it is another than its stage made
};

Decoded decode(const std::vector<fs::path>& files, std::size_t i, int size,
               const PictureReading& reading) {
  const cv::Mat picture = read_image({files[i], reading.limits});
  Decoded decoded{squeeze_picture(picture, size)};
  if (reading.recorded.empty()) return decoded;
  const std::string shape = fmt::format("{}x{}x3", picture.rows, picture.cols);
  if (const std::string change = changed_since(reading.recorded[i], shape, files[i]);
      !change.empty()) {
    decoded.change = fmt::format("{} {}", files[i].string(), change);
  }
  return decoded;
}

/// One sentence with all of them, for nobody mends them one run at a time.
Error all_unreadable(const std::map<std::size_t, std::string>& reasons, std::size_t of) {
  std::vector<std::string> sentences;
  for (const auto& [index, reason] : reasons) sentences.push_back(reason);
  if (sentences.size() == 1) {
    return Error("{}; --keep-going goes on without it", sentences.front());
  }
  return Error("{} of {} cannot be read (--keep-going goes on without them):\n  {}",
               sentences.size(), counted(of, "pictures"), fmt::join(sentences, "\n  "));
}

void write_cache(const fs::path& cache, const Header& header, const std::vector<fs::path>& files,
                 std::size_t workers, Progress& progress, const PictureReading& reading) {
  write_through_temporary(cache, [&](const fs::path& temporary) {
    std::ofstream out(temporary, std::ios::binary);
    if (!out) {
      throw Error("cannot write {}: {}", cache.string(), std::generic_category().message(errno));
    }
    out.write(reinterpret_cast<const char*>(&header), sizeof(header));
    std::map<std::size_t, std::string> unreadable;
    progress.start("decoding pictures", files.size());
    parallel_map(
        files.size(), workers,
        [&] {
          return [&](std::size_t i) -> Decoded {
            try {
              return decode(files, i, static_cast<int>(header.size), reading);
            } catch (const Error& error) {
              return {std::vector<std::uint8_t>(header.size * header.size * 3), error.what()};
            }
          };
        },
        [&](std::size_t i, Decoded picture) {
          if (!picture.reason.empty()) unreadable.emplace(i, picture.reason);
          if (!picture.change.empty() && reading.changed != nullptr) {
            reading.changed->push_back(std::move(picture.change));
          }
          out.write(reinterpret_cast<const char*>(picture.bytes.data()),
                    static_cast<std::streamsize>(picture.bytes.size()));
          progress.update(i + 1);
        });
    progress.finish();
    if (!unreadable.empty() && reading.damaged == nullptr) {
      throw all_unreadable(unreadable, files.size());
    }
    if (reading.damaged != nullptr) *reading.damaged = std::move(unreadable);
    out.close();
    if (!out) throw Error("cannot write {}: is the disk full?", cache.string());
  });
}

}  // namespace

std::map<std::size_t, std::string> unreadable_pictures(const std::vector<fs::path>& files,
                                                       std::size_t workers, Progress& progress,
                                                       const MediaLimits& limits) {
  std::map<std::size_t, std::string> reasons;
  progress.start("checking pictures", files.size());
  parallel_map(
      files.size(), workers,
      [&] {
        return [&](std::size_t i) -> std::string {
          try {
            read_image({files[i], limits});
          } catch (const Error& error) {
            return error.what();
          }
          return {};
        };
      },
      [&](std::size_t i, const std::string& reason) {
        if (!reason.empty()) reasons.emplace(i, reason);
        progress.update(i + 1);
      });
  progress.finish();
  return reasons;
}

class PictureCache::Mapping {
 public:
  /// Maps a cache; nothing when there is none that fits `expected`.
  static std::unique_ptr<Mapping> of(const fs::path& cache, const Header& expected) {
    const int file = ::open(cache.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    const std::size_t bytes = sizeof(Header) + expected.count * expected.size * expected.size * 3;
    std::unique_ptr<Mapping> mapping;
    Header found{};
    if (::pread(file, &found, sizeof(found), 0) == sizeof(found) &&
        std::memcmp(&found, &expected, sizeof(found)) == 0 && stamp_of(cache).size == bytes) {
      void* address = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
      if (address != MAP_FAILED) mapping.reset(new Mapping(address, bytes, expected));
    }
    ::close(file);
    return mapping;
  }

  ~Mapping() { ::munmap(address_, bytes_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::size_t count() const { return header_.count; }
  std::span<const std::uint8_t> picture(std::size_t index) const {
    const std::size_t length = header_.size * header_.size * 3;
    return {static_cast<const std::uint8_t*>(address_) + sizeof(Header) + index * length, length};
  }

 private:
  Mapping(void* address, std::size_t bytes, const Header& header)
      : address_(address), bytes_(bytes), header_(header) {}
  void* address_;
  std::size_t bytes_;
  Header header_;
};

PictureCache::PictureCache(std::unique_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}
PictureCache::PictureCache(PictureCache&&) noexcept = default;
PictureCache& PictureCache::operator=(PictureCache&&) noexcept = default;
PictureCache::~PictureCache() = default;

PictureCache PictureCache::open(const fs::path& cache, const std::vector<fs::path>& files, int size,
                                std::size_t workers, Progress& progress,
                                const PictureReading& reading) {
  if (files.empty()) throw Error("no pictures to read");
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.fingerprint = fingerprint_of(files, size);
  header.count = files.size();
  header.size = static_cast<std::uint64_t>(size);
  if (reading.damaged == nullptr) {
    if (auto mapping = Mapping::of(cache, header)) return PictureCache(std::move(mapping));
  }
  write_cache(cache, header, files, workers, progress, reading);
  auto mapping = Mapping::of(cache, header);
  if (!mapping) throw Error("cannot read back {}", cache.string());
  return PictureCache(std::move(mapping));
}

std::size_t PictureCache::size() const {
  return mapping_->count();
}

std::span<const std::uint8_t> PictureCache::picture(std::size_t index) const {
  return mapping_->picture(index);
}

}  // namespace aver
