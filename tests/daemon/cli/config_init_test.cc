#include "daemon/cli/config_init.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

std::string guessed(const std::string& sample, const std::string& topic = "payments") {
  const auto text = guess_config({topic, sample, {"kafka:9092", "b:9092"}});
  REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().message));
  return *text;
}

std::string payments() {
  std::string rows;
  for (int i = 0; i < 40; ++i) {
    rows += fmt::format(
        R"({{"id":"p-{}","created":{{"at":{}}},"seen_at":{},"amount":{},"country":"{}","source":"web","score":0.{},"label":{}}})"
        "\n",
        i, 1'700'000'000'000 + i / 2 * 1000, 1'700'000'001 + i / 2, i * 7 % 13 + 0.5, i % 3 == 0 ? "FR" : "DE", i % 10, i % 2);
  }
  return rows;
}

}  // namespace

TEST_CASE("every guess is marked with its reason") {
  const TempFolder folder;
  const std::string sample = folder.write("rows.jsonl", payments());
  CHECK(guessed(sample, "Shop.Payments") == R"(# Written by `driftd config init` from 40 rows of )" + sample +
                                                R"(. Look at every guess, then: driftd check -c FILE
kafka: {brokers: ["kafka:9092", "b:9092"]}
monitors:
  - name: "shop-payments"
    topic: "Shop.Payments"
    # The sample itself. Rows that you trust make a better one: driftd reference build ROWS... -o FILE.ref, and name that here.
    reference: ")" + sample + R"("
    fields:
      event_time: "created.at"  # guessed: whole numbers that are ms since 1970 in this century
      event_time_unit: ms  # guessed: by their size
      event_id: "id"  # guessed: no value comes twice
      prediction: "score"  # guessed: its name
      label: "label"  # guessed: its name
    features:
      exclude:
        - "seen_at"  # guessed: another time
        - "source"  # guessed: always "web"
    # Each value apart as well; build the reference with --segment-by:
    # segments: {by: ["country"], values: {"country": ["DE", "FR"]}}
)");
}

TEST_CASE("the time and its unit") {
  const struct {
    const char* name;
    std::string column;
    std::vector<std::string> values;
    std::string want;  // the line, or a part of it
  } rows[] = {
      {"RFC 3339", "when", {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"}, "event_time: \"when\"  # guessed: every value is RFC 3339\n"},
      {"seconds, by name", "ts", {"1700000000", "1700000000"}, "event_time_unit: s "},
      {"milliseconds", "x", {"1700000000000", "1700000000000"}, "event_time_unit: ms "},
      {"microseconds", "x", {"1700000000000000", "1700000000000000"}, "event_time_unit: us "},
      {"nanoseconds", "x", {"1700000000000000000", "1700000000000000000"}, "event_time_unit: ns "},
      {"seconds without a name for it", "amount", {"1700000000", "1600000000"}, "the record's own timestamp counts"},
      {"of another century", "time", {"170000000000", "170000000001"}, "the record's own timestamp counts"},
      {"not whole", "time", {"1700000000.5", "1700000001.5"}, "the record's own timestamp counts"},
      {"not all", "time", {"1700000000", "soon"}, "the record's own timestamp counts"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const TempFolder folder;
    std::string text = row.column + ",v\n";
    for (std::size_t i = 0; i < 4; ++i) text += row.values[i % 2] + "," + std::to_string(i % 2) + ".5\n";
    CHECK(guessed(folder.write("rows.csv", text)).contains(row.want));
  }
}

TEST_CASE("what init writes passes check --offline, whatever the sample calls things") {
  const TempFolder folder;
  const struct {
    const char* name;
    const char* file;
    std::string text;
  } rows[] = {
      {"payments", "rows.jsonl", payments()},
      {"nothing to guess", "rows.csv", "v\n1.5\n2.5\n1.5\n"},
      {"CSV", "rows.csv",
       "timestamp,id,y,y_pred,v\n2026-01-01T00:00:00Z,a,0,1,1.5\n2026-01-01T00:00:01Z,b,1,1,2.5\n2026-01-01T00:00:01Z,c,0,0,1.5\n"},
      {"names that YAML, globs and ${} read", "r $x#.jsonl",
       R"({"$a: #":"c","*":"c","\"q\"":"c","${env:NO}":"c","\u00fc\n":"c","v":1.5})"
       "\n"
       R"({"$a: #":"c","*":"c","\"q\"":"c","${env:NO}":"c","\u00fc\n":"c","v":2.5})"
       "\n"
       R"({"$a: #":"c","*":"c","\"q\"":"c","${env:NO}":"c","\u00fc\n":"c","v":1.5})"
       "\n"},
      {"values that break a line", "rows.jsonl", "{\"a\":\"x\\ny\",\"v\":1.5}\n{\"a\":\"x\\ny\",\"v\":2.5}\n{\"a\":\"x\\ny\",\"v\":1.5}\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const std::string sample = folder.write(row.file, row.text);
    const Captured init = capture(run_config, {"init", "--topic", "_T.1", "--sample", sample, "--brokers", "a:9092,b:9092"});
    CHECK(init.exit_code == kExitOk);
    CHECK(init.err == "");
    const Captured check = capture(run_check, {"--offline", "-c", folder.write("driftd.yaml", init.out)});
    CAPTURE(init.out);
    CAPTURE(check.err);
    CHECK(check.exit_code == kExitOk);
  }
}

TEST_CASE("a sample that cannot serve is refused with its place") {
  const TempFolder folder;
  const struct {
    const char* name;
    const char* file;
    std::string text;
    std::string want;
  } rows[] = {
      {"empty", "a.csv", "", "a.csv:1:1: no header: the file is empty"},
      {"a header alone", "a.csv", "a,b\n", "a.csv: there is no row in it"},
      {"no JSON line", "a.jsonl", "\n\n", "a.jsonl: there is no row in it"},
      {"mixed", "a.jsonl", "{\"a\":1}\na,b\n", "a.jsonl:2:1: not JSON: "},
      {"keys and constants", "a.csv", "id,c\na,1\nb,1\n", "a.csv: no column of it could be a feature"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Captured init = capture(run_config, {"init", "--topic", "t", "--sample", folder.write(row.file, row.text)});
    CHECK(init.exit_code == kExitBadInput);
    CHECK(init.out == "");
    CHECK(init.err.starts_with("driftd config init: " + folder.path() + "/" + row.want));
  }
  CHECK(capture(run_config, {"init", "--topic", "t", "--sample", folder.path("none")}).exit_code == kExitIo);
  CHECK(capture(run_config, {"init", "--topic", "t"}).exit_code == kExitUsage);
}

}  // namespace driftd
