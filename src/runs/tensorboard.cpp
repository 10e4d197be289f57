#include "runs/tensorboard.h"

#include <array>
#include <bit>
#include <fstream>
#include <string>

#include "base/error.h"

namespace aver {
namespace {

void put_fixed(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> 8 * i & 0xFF);
}

std::uint64_t fixed_at(std::string_view bytes, std::size_t at, int count) {
  std::uint64_t value = 0;
  for (int i = count; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

// The wire format of protocol buffers: a field's number and type, then its value.
enum Wire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void put_varint(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}

void put_key(std::string& to, int field, Wire wire) {
  put_varint(to, static_cast<std::uint64_t>(field) << 3 | wire);
}

void put_bytes(std::string& to, int field, std::string_view bytes) {
  put_key(to, field, kBytes);
  put_varint(to, bytes.size());
  to += bytes;
}

// Fields of tensorflow.Event and tensorflow.Summary.Value.
constexpr int kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;
constexpr int kValue = 1, kTag = 1, kSimpleValue = 2;

std::string event(double seconds, std::int64_t step) {
  std::string message;
  put_key(message, kWallTime, kFixed64);
  put_fixed(message, std::bit_cast<std::uint64_t>(seconds), 8);
  put_key(message, kStep, kVarint);
  put_varint(message, static_cast<std::uint64_t>(step));
  return message;
}

/// The step of a message that event() began.
std::int64_t step_of(std::string_view message) {
  std::uint64_t step = 0;
  for (std::size_t at = 10, shift = 0; at < message.size() && shift < 64; ++at, shift += 7) {
    const auto byte = static_cast<unsigned char>(message[at]);
    step |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  return static_cast<std::int64_t>(step);
}

/// A sum as records hold it, turned so that sums of sums stay sums.
std::uint32_t masked(std::uint32_t sum) {
  return std::rotr(sum, 15) + 0xA282EAD8U;
}

constexpr std::size_t kLengthBytes = 8, kSumBytes = 4;
constexpr std::size_t kAround =
    kLengthBytes + 2 * kSumBytes;  // what a record has beside its message

std::string record(std::string_view message) {
  std::string text;
  put_fixed(text, message.size(), kLengthBytes);
  put_fixed(text, masked(crc32c(text)), kSumBytes);
  text += message;
  put_fixed(text, masked(crc32c(message)), kSumBytes);
  return text;
}

/// Where the records up to a step end, and the last step of them; what a killed program left half
/// written does not count.
std::pair<std::size_t, std::int64_t> end_of_steps(std::string_view file, std::int64_t steps) {
  std::size_t at = 0;
  std::int64_t last = 0;
  while (file.size() - at >= kAround) {
    const std::uint64_t length = fixed_at(file, at, kLengthBytes);
    if (length > file.size() - at - kAround) break;
    const auto message = file.substr(at + kLengthBytes + kSumBytes, length);
    const std::int64_t step = step_of(message);
    if (step > steps) break;
    last = step;
    at += kAround + message.size();
  }
  return {at, last};
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t sum = i;
      for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82F63B78U : 0);
      table[i] = sum;
    }
    return table;
  }();
  std::uint32_t sum = 0xFFFFFFFF;
  for (const char c : bytes) sum = kTable[(sum ^ static_cast<unsigned char>(c)) & 0xFF] ^ sum >> 8;
  return ~sum;
}

TensorBoardLog::TensorBoardLog(const fs::path& folder, std::int64_t steps_done)
    : path_(folder / "events.out.tfevents.aver") {
  std::string kept;
  if (fs::exists(path_)) {
    kept = read_file(path_);
    const auto [end, last] = end_of_steps(kept, steps_done);
    kept.resize(end);
    steps_ = last;
  }
  if (kept.empty()) {
    std::string first = event(0, 0);
    put_bytes(first, kFileVersion, "brain.Event:2");
    kept = record(first);
  }
  write_file(path_, kept);
}

void TensorBoardLog::add(std::int64_t step, double seconds,
                         const std::vector<std::pair<std::string_view, double>>& values) {
  std::string summary;
  for (const auto& [tag, number] : values) {
    std::string value;
    put_bytes(value, kTag, tag);
    put_key(value, kSimpleValue, kFixed32);
    put_fixed(value, std::bit_cast<std::uint32_t>(static_cast<float>(number)), 4);
    put_bytes(summary, kValue, value);
  }
  std::string message = event(seconds, step);
  put_bytes(message, kSummary, summary);
  steps_ = step;
  std::ofstream file(path_, std::ios::binary | std::ios::app);
  file << record(message);
  if (!file.flush()) throw Error("{} cannot be written: is the disk full?", path_.string());
}

}  // namespace aver
