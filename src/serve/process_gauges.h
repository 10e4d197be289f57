#pragma once

#include <vector>

#include "serve/metrics.h"

namespace aver {

/// What Prometheus's client libraries tell of every process: its time on the CPUs, its memory, its
/// files and when it began; and which build it is. What the system does not tell is left out.
std::vector<Metrics::Gauge> process_gauges();

}  // namespace aver
