#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace aver {

/// What the server counts since its start, as Prometheus reads it (text format 0.0.4). Thread-safe.
class Metrics {
 public:
  void count_request(int status);
  /// `reason`: a fixed word such as "host", "slots" or "size".
  void count_rejected(const std::string& reason);
  void count_bytes(std::size_t received);
  void observe_decoding(double seconds);
  void observe_networks(double seconds);

  /// Values of the moment, by full name with a help text.
  struct Gauge {
    std::string name;
    std::string help;
    double value = 0;
    std::string labels = {};  ///< such as `version="1"`
    std::string type = "gauge";
  };
  std::string text(const std::vector<Gauge>& gauges) const;

  std::uint64_t requests() const;  ///< of every status

 private:
  static constexpr std::array kBounds = {0.01, 0.025, 0.05, 0.1,  0.25, 0.5,
                                         1.0,  2.5,   5.0,  10.0, 30.0};
  struct Histogram {
    std::array<std::uint64_t, kBounds.size()> at_most{};
    std::uint64_t count = 0;
    double sum = 0;
    void observe(double seconds);
    std::string text(const std::string& name, const std::string& help) const;
  };

  mutable std::mutex mutex_;
  std::map<int, std::uint64_t> requests_;
  std::map<std::string, std::uint64_t> rejected_;
  std::uint64_t bytes_ = 0;
  Histogram decoding_;
  Histogram networks_;
};

}  // namespace aver
