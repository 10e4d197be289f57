#include "store/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/checked_size.h"
#include "base/error.h"
#include "base/fingerprint.h"
#include "base/finite.h"
#include "base/json_text.h"

namespace aver {
namespace {

using nlohmann::json;

const std::map<std::string, std::size_t> kElementBytes = {
    {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},
    {"I32", 4}, {"I16", 2}, {"I8", 1},  {"U8", 1},   {"BOOL", 1}};

std::size_t expected_bytes(const std::string& dtype, const std::vector<std::int64_t>& shape,
                           const std::string& place) {
  const auto bytes = checked_product(shape, kElementBytes.at(dtype));
  if (!bytes) throw Error("{} has the impossible shape [{}]", place, fmt::join(shape, ", "));
  return *bytes;
}

template <typename Number>
std::vector<Number> whole_numbers(const json& list) {
  std::vector<Number> numbers;
  for (const json& item : list.get_ref<const json::array_t&>()) {
    numbers.push_back(whole_number<Number>(item));
  }
  return numbers;
}

constexpr const char* kChecksum = "checksum";

/// Of the metadata and the tensors with their names, types and shapes.
std::string checksum_of(const Safetensors& content) {
  Fingerprint fingerprint;
  for (const auto& [key, value] : content.metadata) {
    if (key == kChecksum) continue;
    fingerprint.add(key);
    fingerprint.add(value);
  }
  for (const auto& [name, tensor] : content.tensors) {
    fingerprint.add(fmt::format("{} {} [{}]", name, tensor.dtype, fmt::join(tensor.shape, ",")));
    fingerprint.add(tensor.bytes);
  }
  return fingerprint.text();
}

void check_checksum(Safetensors& content, const std::string& name_of_file) {
  const auto found = content.metadata.find(kChecksum);
  if (found == content.metadata.end()) return;  // of an earlier build, or of another program
  if (found->second != checksum_of(content)) {
    require_finite(content.tensors, name_of_file);  // which says more
    throw Error(
        "{} is damaged: its content is not what its checksum was made of; copy the file once more, "
        "or train again",
        name_of_file);
  }
  content.metadata.erase(found);
}

TensorBytes read_tensor(const json& entry, std::string_view data, const std::string& place) {
  TensorBytes tensor;
  tensor.dtype = entry.at("dtype").get<std::string>();
  tensor.shape = whole_numbers<std::int64_t>(entry.at("shape"));
  const auto offsets = whole_numbers<std::uint64_t>(entry.at("data_offsets"));
  if (!kElementBytes.contains(tensor.dtype)) {
    throw Error("{} is of the unknown type '{}'", place, tensor.dtype);
  }
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size()) {
    throw Error("{} is damaged: its data lies outside the file", place);
  }
  const std::size_t size = offsets[1] - offsets[0];
  if (size != expected_bytes(tensor.dtype, tensor.shape, place)) {
    throw Error("{} is damaged: {} bytes of data do not fit the shape [{}]", place, size,
                fmt::join(tensor.shape, ", "));
  }
  tensor.bytes.resize(size);
  const auto* begin = reinterpret_cast<const std::byte*>(data.data()) + offsets[0];
  std::copy_n(begin, size, tensor.bytes.data());
  return tensor;
}

}  // namespace

void require_finite(const std::map<std::string, TensorBytes>& weights, const std::string& source) {
  for (const auto& [name, tensor] : weights) {
    if (tensor.dtype != "F32") continue;
    std::vector<float> values(tensor.bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes.data(), values.size() * sizeof(float));
    if (!first_not_finite(values)) continue;
    throw Error(
        "{} cannot be used: its weights \"{}\" hold values that are infinite or no numbers; its "
        "training diverged, or the file is damaged",
        source, name);
  }
}

std::string safetensors_bytes(const Safetensors& content, const std::string& name_of_file) {
  json header = json::object();
  header["__metadata__"] = content.metadata;
  header["__metadata__"][kChecksum] = checksum_of(content);
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : content.tensors) {
    if (tensor.bytes.size() != expected_bytes(tensor.dtype, tensor.shape, name_of_file)) {
      throw Error("cannot write {}: tensor {} has {} bytes, not what its shape asks for",
                  name_of_file, name, tensor.bytes.size());
    }
    header[name] = {{"dtype", tensor.dtype},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, offset + tensor.bytes.size()}}};
    offset += tensor.bytes.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // aligns the data, as the format recommends

  std::string bytes;
  bytes.reserve(8 + text.size() + offset);
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(text.size() >> (8 * i) & 0xff);
  bytes += text;
  for (const auto& [name, tensor] : content.tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  }
  return bytes;
}

void write_safetensors(const fs::path& path, const Safetensors& content) {
  write_file(path, safetensors_bytes(content, path.string()));
}

Safetensors read_safetensors(const fs::path& path) {
  return parse_safetensors(read_file(path), path.string());
}

Safetensors parse_safetensors(const std::string& bytes, const std::string& name_of_file) {
  std::uint64_t length = 0;
  if (bytes.size() >= 8) std::memcpy(&length, bytes.data(), 8);
  if (bytes.size() < 8 || length > bytes.size() - 8) {
    throw Error("{} is not a safetensors file, or it is cut off", name_of_file);
  }
  Safetensors content;
  const std::string_view data = std::string_view(bytes).substr(8 + length);
  const json header = parse_json(std::string_view(bytes).substr(8, length));
  if (!header.is_object()) {
    throw Error("{} is damaged: its header is no JSON object; copy the file once more",
                name_of_file);
  }
  for (const auto& [name, entry] : header.items()) {
    const std::string place = fmt::format("{}: {}", name_of_file, shortened(name));
    reading_json(place, "copy the file once more", [&, &name = name, &entry = entry] {
      if (name == "__metadata__") {
        entry.get_to(content.metadata);
      } else {
        content.tensors[name] = read_tensor(entry, data, place);
      }
    });
  }
  check_checksum(content, name_of_file);
  return content;
}

}  // namespace aver
