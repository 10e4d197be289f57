#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "serve/serve_config.h"

// Bounds that are not worth an option.
namespace aver {

/// Threads for connections, and how many requests of them may bring a clip at a time: the rest
/// keeps the page and /healthz answering.
inline constexpr std::size_t kConnectionThreads = 64;
inline constexpr std::size_t kUploads = 48;
/// Accepted connections that wait for a thread; further ones wait in the kernel.
inline constexpr std::size_t kWaitingConnections = 128;
/// Bodies of full size that fit into memory together.
inline constexpr std::size_t kBodiesInMemory = 4;
/// How long a clip waits for a decoding slot before it is sent away.
inline constexpr std::chrono::milliseconds kSlotPatience{2000};

/// Recordings that are answered while they are made, each of which holds a connection's thread; the
/// bytes of one that wait to be decoded; and how long the next part may take.
inline constexpr std::size_t kLiveRecordings = 8;
inline constexpr std::size_t kLiveRoom = 4 << 20;
inline constexpr std::chrono::milliseconds kLivePatience{10'000};

/// Files of one form, that are looked at one after the other.
inline constexpr std::size_t kFormFiles = 16;

inline constexpr std::int64_t kPixels = 8192LL * 4096;  ///< of one picture
inline constexpr int kStreams = 16;                     ///< in one container
/// Pictures that are looked at, per second of the longest clip: every one of a usual camera's, or
/// every fifth of 150 a second. The networks' time is bounded by it.
inline constexpr std::size_t kPicturesPerSecond = 30;
inline constexpr double kShortestWindow = 0.5;  ///< seconds
inline constexpr double kShortestHop = 0.5;     ///< seconds: every window costs time

/// Bytes a body may have; the rest of a form around the clip is allowed for.
inline std::size_t body_limit(const ServeConfig& config) {
  return (config.max_megabytes << 20) + (4 << 10);
}

}  // namespace aver
