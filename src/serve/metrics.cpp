#include "serve/metrics.h"

#include <fmt/format.h>

namespace aver {
namespace {

std::string heading(const std::string& name, const std::string& type, const std::string& help) {
  return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

}  // namespace

void Metrics::Histogram::observe(double seconds) {
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    if (seconds <= kBounds[i]) ++at_most[i];
  }
  ++count;
  sum += seconds;
}

std::string Metrics::Histogram::text(const std::string& name, const std::string& help) const {
  std::string text = heading(name, "histogram", help);
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    text += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name, kBounds[i], at_most[i]);
  }
  return text + fmt::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", name,
                            count, sum);
}

void Metrics::count_request(int status) {
  std::lock_guard lock(mutex_);
  ++requests_[status];
}

void Metrics::count_rejected(const std::string& reason) {
  std::lock_guard lock(mutex_);
  ++rejected_[reason];
}

void Metrics::count_bytes(std::size_t received) {
  std::lock_guard lock(mutex_);
  bytes_ += received;
}

void Metrics::observe_decoding(double seconds) {
  std::lock_guard lock(mutex_);
  decoding_.observe(seconds);
}

void Metrics::observe_networks(double seconds) {
  std::lock_guard lock(mutex_);
  networks_.observe(seconds);
}

std::string Metrics::text(const std::vector<Gauge>& gauges) const {
  std::lock_guard lock(mutex_);
  std::string text = heading("aver_requests_total", "counter", "Requests answered, by status.");
  for (const auto& [status, count] : requests_) {
    text += fmt::format("aver_requests_total{{status=\"{}\"}} {}\n", status, count);
  }
  text += heading("aver_rejected_total", "counter", "Requests turned away, by reason.");
  for (const auto& [reason, count] : rejected_) {
    text += fmt::format("aver_rejected_total{{reason=\"{}\"}} {}\n", reason, count);
  }
  text += heading("aver_received_bytes_total", "counter", "Bytes of clips received.");
  text += fmt::format("aver_received_bytes_total {}\n", bytes_);
  text += decoding_.text("aver_decode_seconds", "Time to decode a clip.");
  text += networks_.text("aver_network_seconds",
                         "Time the networks took for a clip and those beside it.");
  for (const Gauge& gauge : gauges) {
    const std::string labels = gauge.labels.empty() ? "" : "{" + gauge.labels + "}";
    text += heading(gauge.name, gauge.type, gauge.help) +
            fmt::format("{}{} {}\n", gauge.name, labels, gauge.value);
  }
  return text;
}

std::uint64_t Metrics::requests() const {
  std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [status, count] : requests_) sum += count;
  return sum;
}

}  // namespace aver
