#include "daemon/runtime/log_repeats.h"

#include <doctest/doctest.h>

namespace driftd {

namespace {

constexpr LogRepeats::Time at(int seconds) { return LogRepeats::Time(std::chrono::seconds(seconds)); }

bool admit(LogRepeats& repeats, int second, LogLevel level, std::string_view event, std::string_view message,
           std::initializer_list<LogField> fields = {}) {
  return repeats.admit({0, level, event, message, fields}, at(second));
}

}  // namespace

TEST_CASE("the first of a kind passes, the others within the limit are held and then counted once") {
  LogRepeats repeats(Milliseconds(10'000));
  CHECK(admit(repeats, 0, LogLevel::kWarn, "broker_down", "no broker", {{"broker", "a:1"}, {"seconds", 1}}));
  CHECK_FALSE(admit(repeats, 4, LogLevel::kWarn, "broker_down", "no broker", {{"broker", "a:1"}, {"seconds", 2}}));
  CHECK_FALSE(admit(repeats, 9, LogLevel::kWarn, "broker_down", "no broker", {{"broker", "a:1"}, {"seconds", 4}}));
  CHECK(repeats.expired(at(9)).empty());

  const auto over = repeats.expired(at(10));
  REQUIRE(over.size() == 1);
  CHECK(over[0].level == LogLevel::kWarn);
  CHECK(over[0].event == "broker_down");
  CHECK(over[0].message == "no broker");
  REQUIRE(over[0].fields.size() == 1);
  CHECK(over[0].fields[0].text == "a:1");
  CHECK(over[0].count == 2);
  CHECK(repeats.expired(at(100)).empty());
  CHECK(admit(repeats, 10, LogLevel::kWarn, "broker_down", "no broker", {{"broker", "a:1"}}));
}

TEST_CASE("another level, event, message or text is another kind") {
  LogRepeats repeats(Milliseconds(10'000));
  CHECK(admit(repeats, 0, LogLevel::kWarn, "e", "m", {{"k", "v"}}));
  CHECK(admit(repeats, 0, LogLevel::kError, "e", "m", {{"k", "v"}}));
  CHECK(admit(repeats, 0, LogLevel::kWarn, "f", "m", {{"k", "v"}}));
  CHECK(admit(repeats, 0, LogLevel::kWarn, "e", "n", {{"k", "v"}}));
  CHECK(admit(repeats, 0, LogLevel::kWarn, "e", "m", {{"k", "w"}}));
  CHECK(admit(repeats, 0, LogLevel::kWarn, "e", "m", {{"l", "v"}}));
  CHECK(admit(repeats, 0, LogLevel::kWarn, "e", "m"));
  CHECK_FALSE(admit(repeats, 0, LogLevel::kWarn, "e", "m", {{"k", "v"}}));
}

TEST_CASE("a kind without repeats leaves nothing to say") {
  LogRepeats repeats(Milliseconds(10'000));
  CHECK(admit(repeats, 0, LogLevel::kInfo, "e", "m"));
  CHECK(repeats.expired(at(10)).empty());
  CHECK(repeats.all().empty());
}

TEST_CASE("at the end every held kind is told, in the order of their first records") {
  LogRepeats repeats(Milliseconds(10'000));
  for (int i = 0; i < 3; ++i) {
    admit(repeats, i, LogLevel::kInfo, "z", "m");
    admit(repeats, i, LogLevel::kInfo, "a", "m");
  }
  const auto held = repeats.all();
  REQUIRE(held.size() == 2);
  CHECK(held[0].event == "z");
  CHECK(held[1].event == "a");
  CHECK(held[1].count == 2);
  CHECK(repeats.all().empty());
}

TEST_CASE("a limit of zero holds nothing") {
  LogRepeats repeats(Milliseconds(0));
  CHECK(admit(repeats, 0, LogLevel::kInfo, "e", "m"));
  CHECK(admit(repeats, 0, LogLevel::kInfo, "e", "m"));
}

}  // namespace driftd
