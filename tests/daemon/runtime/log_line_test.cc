#include "daemon/runtime/log_line.h"

#include <doctest/doctest.h>

#include <vector>

namespace driftd {

namespace {
constexpr std::int64_t kTime = 1'451'606'399'123'999;  // the last millisecond but 876 of 2015
}

TEST_CASE("a record in both formats") {
  const std::vector<LogField> fields{{"monitor", "fraud-eu"}, {"rows", 12},  {"share", 0.25},         {"late", true},
                                     {"offset", -1LL},        {"topic", ""}, {"note", "a \"b\" c=d"}, {"path", std::string("C:\\x")}};
  const LogRecord record{kTime, LogLevel::kWarn, "window_closed", "window closed", fields};
  CHECK(log_line(record, LogFormat::kLogfmt) ==
        "ts=2015-12-31T23:59:59.123Z level=warn event=window_closed msg=\"window closed\" monitor=fraud-eu rows=12 share=0.25 late=true "
        "offset=-1 topic=\"\" note=\"a \\\"b\\\" c=d\" path=\"C:\\\\x\"");
  CHECK(log_line(record, LogFormat::kJson) ==
        "{\"ts\":\"2015-12-31T23:59:59.123Z\",\"level\":\"warn\",\"event\":\"window_closed\",\"msg\":\"window closed\","
        "\"monitor\":\"fraud-eu\",\"rows\":12,\"share\":0.25,\"late\":true,\"offset\":-1,\"topic\":\"\",\"note\":\"a \\\"b\\\" "
        "c=d\",\"path\":\"C:\\\\x\"}");
}

TEST_CASE("times before 1970 and far ahead keep their form") {
  CHECK(log_line({-1, LogLevel::kInfo, "e", "m", {}}, LogFormat::kLogfmt) == "ts=1969-12-31T23:59:59.999Z level=info event=e msg=\"m\"");
  CHECK(log_line({253'402'300'799'999'999, LogLevel::kInfo, "e", "m", {}}, LogFormat::kLogfmt) ==
        "ts=9999-12-31T23:59:59.999Z level=info event=e msg=\"m\"");
}

TEST_CASE("bytes that forge a line or drive a terminal are escaped, other UTF-8 stays") {
  struct Row {
    const char* name;
    std::string_view text;
    const char* want;
  };
  const std::vector<Row> rows{
      {"line end", "a\nlevel=error", "\"a\\nlevel=error\""},
      {"carriage return", "a\rb", "\"a\\rb\""},
      {"escape", "\x1b[31m", "\"\\u001b[31m\""},
      {"NUL", std::string_view("a\0b", 3), "\"a\\u0000b\""},
      {"DEL", "a\x7f", "\"a\\u007f\""},
      {"C1 control CSI", "a\xc2\x9b", "\"a\\u009b\""},
      {"no-break space stays", "a\xc2\xa0", "\"a\xc2\xa0\""},
      {"umlaut stays", "M\xc3\xbcnchen", "\"M\xc3\xbcnchen\""},
      {"not UTF-8", "a\xff", "\"a\xef\xbf\xbd\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const std::vector<LogField> fields{{"k", row.text}};
    const std::string want(row.want);
    CHECK(log_line({0, LogLevel::kInfo, "e", row.text, fields}, LogFormat::kLogfmt) ==
          "ts=1970-01-01T00:00:00.000Z level=info event=e msg=" + want + " k=" + want);
    CHECK(log_line({0, LogLevel::kInfo, "e", row.text, fields}, LogFormat::kJson) ==
          "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"event\":\"e\",\"msg\":" + want + ",\"k\":" + want + "}");
  }
}

TEST_CASE("each level has its name and its number of syslog") {
  struct Row {
    LogLevel level;
    const char* name;
    const char* prefix;
  };
  for (const auto& row : std::vector<Row>{{LogLevel::kTrace, "trace", "<7>"},
                                          {LogLevel::kDebug, "debug", "<7>"},
                                          {LogLevel::kInfo, "info", "<6>"},
                                          {LogLevel::kWarn, "warn", "<4>"},
                                          {LogLevel::kError, "error", "<3>"}}) {
    CAPTURE(row.name);
    CHECK(log_level_name(row.level) == row.name);
    CHECK(journal_prefix(row.level) == row.prefix);
  }
}

}  // namespace driftd
