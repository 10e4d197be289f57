#include "prediction/answer_journal.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

#include "base/error.h"
#include "base/fingerprint.h"
#include "base/json_text.h"

namespace aver {
namespace {

using nlohmann::json;

constexpr const char* kRemedy = "remove it to start anew";

// A record is the length of its content and what was made of it, each in 16 hexadecimal digits, and
// the content in CBOR, for names of files may be in no encoding. The last one of a killed run may
// be cut, or after a power cut hold zeros.
constexpr std::size_t kNumber = 16;
constexpr std::size_t kHead = 2 * kNumber;

std::string fingerprint_of(std::string_view content) {
  Fingerprint fingerprint;
  fingerprint.add(std::as_bytes(std::span(content)));
  return fingerprint.text();
}

std::string to_record(const json& value) {
  const std::vector<std::uint8_t> bytes = json::to_cbor(value);
  const std::string_view content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return fmt::format("{:016x}{}", content.size(), fingerprint_of(content)).append(content);
}

/// The content of the record that a text begins with; nothing where it is not whole.
std::optional<std::string_view> record_in(std::string_view text) {
  std::uint64_t size = 0;
  if (text.size() < kHead) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + kNumber, size, 16);
  if (error != std::errc() || end != text.data() + kNumber) return std::nullopt;
  if (size > text.size() - kHead) return std::nullopt;
  const auto content = text.substr(kHead, size);
  if (fingerprint_of(content) != text.substr(kNumber, kNumber)) return std::nullopt;
  return content;
}

json head_of(const OutputShard& run) {
  return {{"settings", run.settings}, {"input", run.input}, {"items", run.items}};
}

/// "--rule is "mean" and "product"; other clips (300 and 299)"
std::string difference(const json& there, const OutputShard& run) {
  std::vector<std::string> parts;
  if (there.at("settings") != run.settings) {
    parts.push_back(difference_of_settings(there.at("settings"), run.settings));
  }
  if (there.at("items") != run.items) {
    parts.push_back(fmt::format("{} clips and {}", there.at("items").dump(), run.items));
  } else if (there.at("input") != run.input) {
    parts.emplace_back("clips of another path, size or time of change");
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

fs::path journal_of(const fs::path& output, const std::optional<Shard>& shard) {
  if (shard) return output_shards_folder(output) / (shard->folder_name() + ".part");
  return output.string() + ".part";
}

AnswerJournal::AnswerJournal(fs::path path, const OutputShard& run, bool resume)
    : path_(std::move(path)) {
  create_folders(folder_of(path_));
  lock();
  try {
    keep(run, resume);
  } catch (...) {
    ::close(file_);
    throw;
  }
}

AnswerJournal::~AnswerJournal() {
  if (answered_.empty()) remove();
  if (file_ >= 0) ::close(file_);
}

void AnswerJournal::lock() {
  while (true) {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file_ < 0) {
      throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      ::close(file_);
      throw Error("another program is writing to {}; wait for it, or choose another --output",
                  path_.string());
    }
    // Who held it may have finished, and removed it, in between.
    struct stat status {};
    if (::fstat(file_, &status) == 0 && status.st_nlink > 0) return;
    ::close(file_);
  }
}

void AnswerJournal::keep(const OutputShard& run, bool resume) {
  const std::string text = read_file(path_);
  std::size_t end = 0;
  if (const auto content = record_in(text)) {
    reading_json(path_.string(), kRemedy, [&] {
      const json head = parse_cbor(*content);
      if (head.at("settings") == run.settings && head.at("input") == run.input &&
          head.at("items") == run.items) {
        end = begin_ = kHead + content->size();
        return;
      }
      const auto others = fmt::format(
          "{} holds answers of a run that was asked for something else "
          "({})",
          path_.string(), difference(head, run));
      if (resume) {
        throw Error("{}: give the same clips, options and models, or remove it to start anew",
                    others);
      }
      spdlog::warn("{}: they are replaced", others);
    });
  }
  while (end > 0) {
    const auto content = record_in(std::string_view(text).substr(end));
    if (!content) break;
    const auto item = reading_json(path_.string(), kRemedy,
                                   [&] { return parse_cbor(*content).at(0).get<std::size_t>(); });
    if (item >= run.items) throw Error("{} is damaged: {}", path_.string(), kRemedy);
    answered_.insert(item);
    end += kHead + content->size();
  }
  if (::ftruncate(file_, static_cast<off_t>(end)) != 0) {
    throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
  }
  if (end > 0) {
    spdlog::info("{} has {} of {} answers: going on behind them", path_.string(), answered_.size(),
                 run.items);
    return;
  }
  append(head_of(run));
  begin_ = static_cast<std::size_t>(fs::file_size(path_));
}

void AnswerJournal::append(const json& record) {
  const std::string bytes = to_record(record);
  std::string_view left = bytes;
  while (!left.empty()) {
    const ssize_t count = ::write(file_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error("cannot write {}: {}", path_.string(), std::generic_category().message(errno));
    }
    left.remove_prefix(static_cast<std::size_t>(count));
  }
}

void AnswerJournal::add(std::size_t item, const json& answer) {
  append({item, answer});
  answered_.insert(item);
}

void AnswerJournal::for_each(
    const std::function<void(std::size_t item, nlohmann::json answer)>& use) const {
  const std::string text = read_file(path_);
  std::size_t at = begin_;
  while (const auto content = record_in(std::string_view(text).substr(at))) {
    reading_json(path_.string(), kRemedy, [&] {
      json record = parse_cbor(*content);
      use(record.at(0).get<std::size_t>(), std::move(record.at(1)));
    });
    at += kHead + content->size();
  }
}

void AnswerJournal::remove() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

}  // namespace aver
