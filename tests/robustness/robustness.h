#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"

// What the targets of the fuzzer share. An input is read as the programs read it. Whatever it is,
// the answer is a value or an aver::Error; another exception, a crash, a hang or a demand for
// memory without end is a finding, which libFuzzer keeps.
namespace aver::robustness {

/// Ends the process with these words unless `holds`: a finding.
void require(bool holds, std::string_view words);

/// Reads an input. An Error is an answer, if it is a sentence that may be shown to a person.
void answered(std::string_view input, const std::function<void()>& read);

/// The input as text, and as bytes.
std::string_view text_of(const std::uint8_t* data, std::size_t size);
std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size);

/// The parts of an input between zero bytes; there are always `count`, the last ones empty where
/// the input has fewer.
std::vector<std::string_view> parts_of(std::string_view input, std::size_t count);

/// An empty folder of this process in memory, which goes when the process ends. For readers that
/// want a path.
fs::path own_folder();

/// Puts a file there, replacing what was there.
fs::path put(const fs::path& path, std::string_view content);

}  // namespace aver::robustness
