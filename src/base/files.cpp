#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <random>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/archives.h"
#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

constexpr std::string_view kTemporaryPrefix = ".aver-tmp-";

std::string reason(int code) {
  return std::generic_category().message(code);
}

/// Why a file that is to be read cannot be opened.
std::string reason_to_read(const fs::path& path, int code) {
  std::error_code ignored;
  if (code == ENOENT && fs::is_symlink(path, ignored)) return "its link leads nowhere";
  return reason(code);
}

fs::path temporary_beside(const fs::path& path) {
  // In a container every run can have the same process id: only chance keeps its names apart from
  // what an earlier, killed one left.
  static const unsigned run = std::random_device()();
  static std::atomic<unsigned> counter{0};
  return path.parent_path() /
         fmt::format("{}{:08x}-{}-{}", kTemporaryPrefix, run, counter++, path.filename().string());
}

/// A file that is being written; errors name what it will be called.
class NewFile {
 public:
  NewFile(const fs::path& path, const fs::path& final_path)
      : final_path_(final_path),
        file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
    if (file_ < 0) fail();
  }
  ~NewFile() {
    if (file_ >= 0) ::close(file_);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void append(std::string_view part) {
    while (!part.empty()) {
      const ssize_t count = ::write(file_, part.data(), part.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail();
      part.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void close() {
    if (::close(std::exchange(file_, -1)) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw Error("cannot write {}: {}", final_path_.string(), reason(errno));
  }

  const fs::path& final_path_;
  int file_;
};

/// `dead_links`: links that lead nowhere are visited too. `pass_over` sees hidden files and what is
/// no file, such as a pipe.
void walk(const fs::path& folder, bool recursive, bool dead_links,
          const std::function<void(const fs::path&)>& visit,
          const std::function<void(const fs::path&)>& pass_over = {}) {
  std::error_code error;
  require_folder(folder);
  std::vector<fs::path> pending{folder};
  std::set<fs::path> visited;  // links may lead back
  while (!pending.empty()) {
    const fs::path current = std::move(pending.back());
    pending.pop_back();
    if (!visited.insert(fs::canonical(current, error)).second) continue;
    fs::directory_iterator entries(current, error);
    if (error) {
      throw Error("cannot read folder {}: {}", current.string(), error.message());
    }
    for (const auto& entry : entries) {
      std::error_code ignored;
      if (entry.path().filename().string().starts_with('.')) {
        const bool told = pass_over && !is_temporary_name(entry.path());
        if (told && entry.is_regular_file(ignored)) pass_over(entry.path());
        continue;
      }
      const bool dead = dead_links && entry.is_symlink(ignored) && !entry.exists(ignored);
      if (dead || entry.is_regular_file(ignored)) {
        visit(entry.path());
      } else if (entry.is_directory(ignored)) {
        if (recursive) pending.push_back(entry.path());
      } else if (pass_over && entry.exists(ignored)) {
        pass_over(entry.path());
      }
    }
  }
}

}  // namespace

std::string read_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    throw Error("cannot read {}: {}", path.string(), reason_to_read(path, errno));
  }
  std::string text;
  struct stat status {};
  if (::fstat(file, &status) == 0 && status.st_size > 0) {
    text.reserve(static_cast<std::size_t>(status.st_size));
  }
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(file, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int code = errno;
      ::close(file);
      throw Error("cannot read {}: {}", path.string(), reason(code));
    }
    if (count == 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(file);
  return text;
}

void write_file(const fs::path& path, std::span<const std::byte> bytes) {
  write_file(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void write_file(const fs::path& path, std::string_view text) {
  write_file_in_parts(path, [&](const AppendPart& append) { append(text); });
}

void write_file_in_parts(const fs::path& path,
                         const std::function<void(const AppendPart& append)>& write) {
  write_through_temporary(path, [&](const fs::path& temporary) {
    NewFile file(temporary, path);
    write([&](std::string_view part) { file.append(part); });
    file.close();
  });
}

void write_through_temporary(const fs::path& path,
                             const std::function<void(const fs::path&)>& write) {
  TemporaryFile file(path);
  write(file.path());
  file.publish();
}

TemporaryFile::TemporaryFile(fs::path path)
    : path_(std::move(path)), temporary_(temporary_beside(path_)) {
  if (path_.has_parent_path()) create_folders(path_.parent_path());
}

TemporaryFile::~TemporaryFile() {
  ::unlink(temporary_.c_str());
}

void TemporaryFile::publish() {
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw Error("cannot write {}: {}", path_.string(), reason(errno));
  }
}

void link_or_copy(const fs::path& from, const fs::path& to) {
  write_through_temporary(to, [&from, &to](const fs::path& temporary) {
    if (::link(from.c_str(), temporary.c_str()) == 0) return;
    std::error_code error;
    fs::copy_file(from, temporary, error);
    if (error) {
      throw Error("cannot copy {} to {}: {}", from.string(), to.string(), error.message());
    }
  });
}

bool is_temporary_name(const fs::path& path) {
  return path.filename().string().starts_with(kTemporaryPrefix);
}

void remove_temporaries(const fs::path& folder, bool recursive) {
  std::error_code error;
  const auto look_at = [](const fs::directory_entry& entry) {
    std::error_code ignored;
    if (is_temporary_name(entry.path()) && entry.is_regular_file(ignored)) {
      fs::remove(entry.path(), ignored);
    }
  };
  if (!recursive) {
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      look_at(*it);
    }
    return;
  }
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    look_at(*it);
  }
}

std::vector<fs::path> list_files(const fs::path& folder, bool recursive) {
  std::vector<fs::path> files;
  walk(folder, recursive, /*dead_links=*/false,
       [&](const fs::path& file) { files.push_back(file); });
  std::sort(files.begin(), files.end());
  return files;
}

void for_each_file(const fs::path& folder, const std::function<void(const fs::path&)>& visit,
                   const std::function<void(const fs::path&)>& pass_over) {
  walk(folder, /*recursive=*/true, /*dead_links=*/true, visit, pass_over);
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

FileStamp stamp_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    throw Error("cannot read {}: {}", path.string(), reason_to_read(path, errno));
  }
  return {
      static_cast<std::uintmax_t>(status.st_size),
      static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec};
}

void create_folders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error && !fs::is_directory(folder)) {
    throw Error("cannot create folder {}: {}", folder.string(), error.message());
  }
}

void remove_at_once(const fs::path& folder, const fs::path& aside) {
  if (!fs::exists(folder)) return;
  fs::remove_all(aside);
  fs::rename(folder, aside);
  fs::remove_all(aside);
}

}  // namespace aver
