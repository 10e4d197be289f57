#include "serve/process_gauges.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "aver/version.h"
#include "base/files.h"

namespace aver {
namespace {

/// The fields of /proc/self/stat behind the program's name, which may hold spaces: the first is the
/// state, the third of proc(5).
std::vector<std::string> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto name = line.rfind(')');
  if (name == std::string::npos) return {};
  std::istringstream rest(line.substr(name + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

/// When the machine began, in seconds since 1970.
std::optional<double> boot_seconds() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return std::nullopt;
}

std::optional<double> open_files() {
  std::error_code error;
  double count = 0;
  for (auto entry = fs::directory_iterator("/proc/self/fd", error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return error ? std::nullopt : std::optional(count);
}

}  // namespace

std::vector<Metrics::Gauge> process_gauges() {
  std::vector<Metrics::Gauge> gauges = {
      {"aver_build_info", "Which build this is.", 1, "version=\"" AVER_VERSION "\""}};
  const auto fields = stat_fields();
  constexpr std::size_t kFirst = 3, kUser = 14, kSystem = 15, kStart = 22, kVirtual = 23,
                        kResident = 24;
  if (fields.size() > kResident - kFirst) {
    const auto field = [&](std::size_t number) { return std::stod(fields[number - kFirst]); };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    gauges.push_back({"process_cpu_seconds_total", "Time on the CPUs, user and system.",
                      (field(kUser) + field(kSystem)) / ticks, "", "counter"});
    gauges.push_back({"process_virtual_memory_bytes", "Virtual memory.", field(kVirtual)});
    gauges.push_back({"process_resident_memory_bytes", "Resident memory.",
                      field(kResident) * static_cast<double>(sysconf(_SC_PAGESIZE))});
    if (const auto boot = boot_seconds()) {
      gauges.push_back({"process_start_time_seconds", "When it began, in seconds since 1970.",
                        *boot + field(kStart) / ticks});
    }
  }
  if (const auto files = open_files()) {
    gauges.push_back({"process_open_fds", "Open file descriptors.", *files});
  }
  return gauges;
}

}  // namespace aver
