#include "daemon/metrics/process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

using namespace driftd;

TEST_CASE("fields of /proc/PID/stat, whatever the name holds") {
  struct Row {
    const char* name;
    const char* stat;
    int number;
    std::optional<double> want;
  };
  const Row rows[] = {
      {"the first after the state", "12 (driftd) S 7 8 9\n", 4, 7.0},
      {"the last", "12 (driftd) S 7 8 9\n", 6, 9.0},
      {"a name like the end of one", "12 (a) R 1 (b)) S 7 8\n", 4, 7.0},
      {"the state is no number", "12 (driftd) S 7\n", 3, std::nullopt},
      {"beyond the last", "12 (driftd) S 7\n", 5, std::nullopt},
      {"no name", "12 13 14", 3, std::nullopt},
      {"nothing", "", 3, std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(proc_stat_field(row.stat, row.number) == row.want);
  }
}

TEST_CASE("this process") {
  const ProcessUsage before = read_process_usage();
  CHECK(before.cpu_seconds >= 0);
  CHECK(before.resident_bytes > 1 << 20);
  CHECK(before.open_fds >= 3);
  CHECK(before.max_fds >= before.open_fds);
  std::FILE* fresh = std::tmpfile();  // made later than the process was
  struct stat made{};
  REQUIRE(::fstat(::fileno(fresh), &made) == 0);
  std::fclose(fresh);
  const auto now = static_cast<double>(made.st_mtime);
  CHECK(before.start_time_seconds <= now + 1);
  CHECK(before.start_time_seconds > now - 86'400);

  const int file = ::open("/dev/null", O_RDONLY);
  const ProcessUsage after = read_process_usage();
  ::close(file);
  CHECK(after.open_fds == before.open_fds + 1);
  CHECK(after.start_time_seconds == doctest::Approx(before.start_time_seconds).epsilon(1e-9));
}
