#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"

namespace aver {

/// One tensor as bytes: little-endian, C order.
struct TensorBytes {
  std::string dtype;  ///< safetensors' names: "F32", "I64", …
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
};

/// A safetensors file: named tensors and a string-to-string metadata table. Plain data: reading one
/// never executes anything in it. In the file the metadata have one key more, `checksum`: of all
/// that is here, made when it is written, and compared and taken out when it is read. A file
/// without one is read too.
struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::map<std::string, TensorBytes> tensors;
};

/// Throws Error for weights that are infinite or no numbers, by name: such a model answers every
/// clip with its first class.
void require_finite(const std::map<std::string, TensorBytes>& weights, const std::string& source);

/// Same content, same bytes: tensors and metadata are written in name order.
void write_safetensors(const fs::path& path, const Safetensors& content);

/// The same as bytes, to send elsewhere; the name is for errors.
std::string safetensors_bytes(const Safetensors& content, const std::string& name_of_file);
Safetensors parse_safetensors(const std::string& bytes, const std::string& name_of_file);

/// Throws Error naming the file when the header is no JSON, when sizes, offsets and shapes
/// disagree, or when the checksum is that of other content.
Safetensors read_safetensors(const fs::path& path);

}  // namespace aver
