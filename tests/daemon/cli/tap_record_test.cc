#include "daemon/cli/tap_record.h"

#include <doctest/doctest.h>

#include "tests/daemon/engine_fixture.h"

using namespace driftd;

namespace {

std::vector<std::string> tapped(const EnginePlan& plan, const std::vector<std::string>& records) {
  TapRecords tap(plan);
  return tap.lines({"t", 3}, engine_fixture::make_messages(0, records, 0, records.size()));
}

}  // namespace

TEST_CASE("a record shows its values, why one is none, and why it is refused, in the order of the offsets") {
  const auto plan = engine_fixture::make_plan();
  const auto lines = tapped(*plan, {
                                       R"({"at":1700000000000,"amount":12.5,"country":"DE","predicted":1,"label":0})",
                                       "{not json",
                                       R"({"at":1700000000001,"amount":"much","country":"Atlantis"})",
                                       R"({"amount":1})",
                                       R"({"at":1700000000002,"amount":null,"country":7,"predicted":1,"label":1})",
                                   });
  CHECK(
      lines ==
      std::vector<std::string>{
          R"({"topic":"t","partition":3,"offset":0,"time":"2023-11-14T22:13:20Z","segment":"all","values":{"amount":12.5,"country":"DE","error":1}})",
          R"({"topic":"t","partition":3,"offset":1,"reject":"bad_json"})",
          R"({"topic":"t","partition":3,"offset":2,"time":"2023-11-14T22:13:20.001Z","segment":"all","values":{"amount":null,"country":"Atlantis","error":null},"invalid":{"amount":"wrong_type","error":"absent"}})",
          R"({"topic":"t","partition":3,"offset":3,"reject":"missing_time"})",
          R"({"topic":"t","partition":3,"offset":4,"time":"2023-11-14T22:13:20.002Z","segment":"all","values":{"amount":null,"country":"7","error":0},"invalid":{"amount":"null"}})",
      });
}

TEST_CASE("more records than a batch of columns holds: every one has its own line") {
  const auto plan = engine_fixture::make_plan();
  const auto records = engine_fixture::make_records(3, 1000, 500);
  const auto lines = tapped(*plan, records);
  REQUIRE(lines.size() == records.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    REQUIRE(lines[i].starts_with("{\"topic\":\"t\",\"partition\":3,\"offset\":" + std::to_string(i) + ","));
    REQUIRE(lines[i].contains("\"reject\":\"bad_json\"") == (records[i] == "{not json"));
  }
}

TEST_CASE("declared segments, and what is beyond them") {
  Config config = engine_fixture::make_config();
  config.monitors[0].segments.by = {"country"};
  config.monitors[0].segments.values = {{"country", {"DE"}}};
  const auto plan = make_engine_plan(config, {engine_fixture::make_reference()});
  REQUIRE(plan.has_value());
  const auto lines = tapped(**plan, {R"({"at":1,"country":"DE"})", R"({"at":1,"country":"FR"})"});
  CHECK(lines[0].contains(R"("segment":"country=DE")"));
  CHECK(lines[1].contains(R"("segment":"__other__")"));
}
