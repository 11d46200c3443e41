#include "daemon/metrics/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace driftd {
namespace {

constexpr int kResidentPages = 24, kStartTicks = 22;  // proc(5)

std::string read_stat() {
  std::ifstream file("/proc/self/stat");
  return {std::istreambuf_iterator<char>(file), {}};
}

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

double now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double count_open_fds() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return kNoNumber;
  return static_cast<double>(std::distance(begin(files), end(files)) - 1);  // one of them is the listing's
}

double max_fds() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoNumber;
  return static_cast<double>(limit.rlim_cur);
}

// To the hundredth of a second that the kernel counts in: equal at every call unless the clock is set.
double start_time(double ticks_after_boot) {
  const double boot = now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME);
  return std::round((boot + ticks_after_boot / static_cast<double>(sysconf(_SC_CLK_TCK))) * 100) / 100;
}

}  // namespace

std::optional<double> proc_stat_field(std::string_view stat, int number) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || number < 3) return std::nullopt;
  stat.remove_prefix(name_end + 1);
  for (int field = 2; !stat.empty(); ++field) {
    const std::string_view text = stat.substr(0, stat.find_first_of(" \n"));
    if (field == number) {
      double value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
      return value;
    }
    stat.remove_prefix(std::min(text.size() + 1, stat.size()));
  }
  return std::nullopt;
}

ProcessUsage read_process_usage() {
  ProcessUsage usage;
  rusage times{};
  if (getrusage(RUSAGE_SELF, &times) == 0) usage.cpu_seconds = seconds(times.ru_utime) + seconds(times.ru_stime);
  const std::string stat = read_stat();
  if (const auto pages = proc_stat_field(stat, kResidentPages)) {
    usage.resident_bytes = *pages * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  if (const auto ticks = proc_stat_field(stat, kStartTicks)) usage.start_time_seconds = start_time(*ticks);
  usage.open_fds = count_open_fds();
  usage.max_fds = max_fds();
  return usage;
}

}  // namespace driftd
