#include "daemon/metrics/samples.h"

#include <doctest/doctest.h>

#include "daemon/metrics/catalogue.h"
#include "detectors/detector.h"

using namespace driftd;

TEST_CASE("label values are safe text") {
  struct Row {
    const char* name;
    std::string input;
    const char* want;
  };
  const Row rows[] = {
      {"plain", "amount", "amount"},
      {"UTF-8",
       "gr\xc3\xb6\xc3\x9f"
       "e",
       "gr\xc3\xb6\xc3\x9f"
       "e"},
      {"quotes and backslashes are the serialiser's", "a\"b\\", "a\"b\\"},
      {"line ends", "a\nb\r", "a\\x0ab\\x0d"},
      {"NUL and DEL", std::string("a\0\x7f", 3), "a\\x00\\x7f"},
      {"an escape sequence of a terminal", "\x1b[31m", "\\x1b[31m"},
      {"not UTF-8",
       "a\xff"
       "b\xc3",
       "a\xef\xbf\xbd"
       "b\xef\xbf\xbd"},
      {"empty", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(label_text(row.input) == row.want);
  }
}

TEST_CASE("a number that does not exist is no sample") {
  SampleSet samples;
  samples.add("driftd_window_samples", {"m", "all"}, kNoNumber);
  samples.add("driftd_window_samples", {"m", "all"}, std::uint64_t{7});
  const auto& got = samples.of(*find_metric("driftd_window_samples"));
  REQUIRE(got.size() == 1);
  CHECK(got[0].labels == std::vector<std::string>{"m", "all"});
  CHECK(got[0].value == 7);
  CHECK(samples.of(0).empty());
}
