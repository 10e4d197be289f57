#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aver {

namespace fs = std::filesystem;

/// Everything in a file. Throws Error when it cannot be read.
std::string read_file(const fs::path& path);

/// Writes a whole file so that it either appears complete under its name or not at all: the bytes
/// go to a hidden temporary file beside it, which is then renamed. Creates missing
/// parent folders. Throws Error (disk full, read-only folder…) and leaves an existing file
/// untouched.
void write_file(const fs::path& path, std::span<const std::byte> bytes);
void write_file(const fs::path& path, std::string_view text);

/// The same for content that is better not held at once: `write` gets a function to hand over one
/// part after the other.
using AppendPart = std::function<void(std::string_view)>;
void write_file_in_parts(const fs::path& path,
                         const std::function<void(const AppendPart& append)>& write);

/// Serves writers that want a path (FFmpeg, gnuplot): calls `write(temporary path)`, then renames.
/// The temporary path keeps the extension of `path`.
void write_through_temporary(const fs::path& path,
                             const std::function<void(const fs::path&)>& write);

/// Serves writers of several files at once: one of them, under a hidden name beside `path` with its
/// extension. It gets its name by publish(), or else is removed. Creates missing parent folders.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const fs::path& path() const { return temporary_; }
  void publish();

 private:
  fs::path path_;
  fs::path temporary_;
};

/// A second name for the content of `from`: a hard link, or a copy where there are none. Whatever
/// was at `to` is replaced at once. Creates missing parent folders.
void link_or_copy(const fs::path& from, const fs::path& to);

/// True for the names write_file gives its temporary files; a killed program may leave them behind.
bool is_temporary_name(const fs::path& path);

/// Removes such files below a folder, or with `recursive` = false in it alone; anything else is
/// left as it is. Only for whoever holds the folder's lock: those of a living program look the
/// same.
void remove_temporaries(const fs::path& folder, bool recursive = true);

/// Regular files below a folder, sorted by path; links to files and folders are followed (loops
/// end), hidden and temporary ones left out. Throws Error when the folder is missing, is no folder
/// or cannot be read.
std::vector<fs::path> list_files(const fs::path& folder, bool recursive = true);

/// Visits the same files one by one, and links that lead nowhere, in the order of the folder's
/// listing. `visit` may remove them. `pass_over` is told of hidden files, temporary ones of ours
/// apart, and of what is neither file nor folder, such as a pipe.
void for_each_file(const fs::path& folder, const std::function<void(const fs::path&)>& visit,
                   const std::function<void(const fs::path&)>& pass_over = {});

/// The folder that a path lies in: "." for a name alone.
fs::path folder_of(const fs::path& path);

/// Size and modification time (nanoseconds since the epoch of the file clock) of a file.
struct FileStamp {
  std::uintmax_t size = 0;
  std::int64_t modified = 0;
  bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const fs::path& path);

/// Creates a folder and its parents. Throws Error naming the folder.
void create_folders(const fs::path& folder);

/// Removes a folder and what is in it so that it is there whole or not at all: renamed to `aside`
/// first, from where a kill's remains go too. Does nothing when there is no such folder.
void remove_at_once(const fs::path& folder, const fs::path& aside);

}  // namespace aver
