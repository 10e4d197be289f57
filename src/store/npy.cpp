#include "store/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "base/checked_size.h"
#include "base/error.h"
#include "base/text.h"

namespace aver {
namespace {

static_assert(std::endian::native == std::endian::little,
              "arrays are written as they lie in memory");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

/// A type of numbers, and how they become float32.
struct Kind {
  std::string_view name;
  std::size_t size;
  void (*copy)(const char* data, std::vector<float>& values);
};

template <typename T>
constexpr Kind number(std::string_view name) {
  return {name, sizeof(T), [](const char* data, std::vector<float>& values) {
            for (std::size_t i = 0; i < values.size(); ++i) {
              T value{};
              std::memcpy(&value, data + i * sizeof(T), sizeof(T));
              values[i] = static_cast<float>(value);
            }
          }};
}

constexpr std::array kKinds = {
    number<float>("'<f4'"),         number<double>("'<f8'"),        number<std::int8_t>("'|i1'"),
    number<std::uint8_t>("'|u1'"),  number<std::int16_t>("'<i2'"),  number<std::uint16_t>("'<u2'"),
    number<std::int32_t>("'<i4'"),  number<std::uint32_t>("'<u4'"), number<std::int64_t>("'<i8'"),
    number<std::uint64_t>("'<u8'"),
};

const Kind* kind_of(std::string_view name) {
  const auto* found = std::ranges::find(kKinds, name, &Kind::name);
  return found == kKinds.end() ? nullptr : found;
}

/// The text after `'key':` in the header's Python dictionary, up to `end`.
std::optional<std::string> header_value(const std::string& header, const std::string& key,
                                        char end) {
  const auto at = header.find("'" + key + "'");
  if (at == std::string::npos) return std::nullopt;
  const auto colon = header.find(':', at);
  if (colon == std::string::npos) return std::nullopt;
  const auto stop = header.find(end, colon);
  if (stop == std::string::npos) return std::nullopt;
  return trim(header.substr(colon + 1, stop - colon - 1));
}

std::vector<std::size_t> parse_shape(const std::string& text, const fs::path& path) {
  std::vector<std::size_t> shape;
  for (const auto& part : split_text(text.substr(text.find('(') + 1), ',')) {
    const std::string digits = trim(part);
    if (digits.empty()) continue;
    const auto length = parse_integer(digits);
    if (!length || *length < 0) {
      throw Error("{} is damaged: its header has the shape '{}'", path.string(), text);
    }
    shape.push_back(static_cast<std::size_t>(*length));
  }
  return shape;
}

}  // namespace

std::vector<std::byte> encode_npy(const FloatArray& array) {
  std::string shape;
  for (std::size_t i = 0; i < array.shape.size(); ++i) {
    shape += fmt::format("{}{}", i ? ", " : "", array.shape[i]);
  }
  if (array.shape.size() == 1) shape += ',';
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", shape);
  const std::size_t prefix = kMagic.size() + 4;
  header.append(kAlignment - 1 - (prefix + header.size()) % kAlignment, ' ');
  header += '\n';

  std::string bytes(kMagic);
  bytes += '\x01';
  bytes += '\x00';
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(array.values.data()),
               array.values.size() * sizeof(float));
  const auto view = std::as_bytes(std::span(bytes));
  return {view.begin(), view.end()};
}

void write_npy(const fs::path& path, const FloatArray& array) {
  write_file(path, encode_npy(array));
}

FloatArray read_npy(const fs::path& path) {
  const std::string bytes = read_file(path);
  if (bytes.size() < 12 || !bytes.starts_with(kMagic)) {
    throw Error("{} is not a .npy file", path.string());
  }
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  const int version = static_cast<int>(byte(6));
  const std::size_t length = version == 1
                                 ? byte(8) | byte(9) << 8
                                 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  const std::size_t begin = version == 1 ? 10 : 12;
  if (begin + length > bytes.size()) {
    throw Error("{} is damaged: its header is cut off", path.string());
  }
  const std::string header = bytes.substr(begin, length);
  const auto type = header_value(header, "descr", ',');
  const auto order = header_value(header, "fortran_order", ',');
  const auto shape_text = header_value(header, "shape", ')');
  if (!type || !order || !shape_text) {
    throw Error("{} is damaged: its header is '{}'", path.string(), trim(header));
  }
  if (*order != "False") {
    throw Error("{} is in Fortran order; save it with numpy.ascontiguousarray", path.string());
  }
  const Kind* numbers = kind_of(*type);
  if (numbers == nullptr) {
    throw Error("{} holds {}; float32 ('<f4') or another little-endian number expected",
                path.string(), *type);
  }
  FloatArray array;
  array.shape = parse_shape(*shape_text, path);
  const auto asked = checked_product(array.shape, numbers->size);
  const std::size_t available = bytes.size() - begin - length;
  if (asked != available) {
    throw Error("{} is damaged: {} bytes of data where its shape ({}) asks for another number",
                path.string(), available, fmt::join(array.shape, "x"));
  }
  array.values.resize(available / numbers->size);
  numbers->copy(bytes.data() + begin + length, array.values);
  return array;
}

}  // namespace aver
