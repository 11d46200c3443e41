#include "config/bind.h"

#include <doctest/doctest.h>

#include <functional>

using namespace driftd;

TEST_CASE("a tree fills the document in the table's order and keeps places") {
  Report report;
  // monitors stand before defaults and alerts: the file's order does not matter
  const YamlNode root =
      read_yaml("f",
                "monitors:\n  - {name: a, topic: t, reference: r, window: {every: 1m}}\n  - {name: b, topic: t, reference: r}\n"
                "defaults: {window: {every: 2m}, alerts: {close_after: 4}}\nalerts: {close_after: 3, cooldown: 2}\n",
                report);
  Document document;
  const SubstituteContext substitute{{}, "/base"};
  const std::function<std::optional<std::string>(const std::string&, const std::string&)> no_check;
  const ReadContext context{report, substitute, no_check};
  Binder binder(document, context);
  binder.bind(root);
  CHECK(report.clean());
  REQUIRE(document.monitors.size() == 2);
  CHECK(document.monitors[0].monitor.window.every == std::chrono::minutes(1));
  CHECK(document.monitors[1].monitor.window.every == std::chrono::minutes(2));
  CHECK(document.monitors[1].monitor.alerts.close_after == 4);
  CHECK(document.monitors[1].monitor.alerts.cooldown == 2);
  CHECK(document.monitors[1].monitor.reference == "/base/r");
  CHECK(report.place(binder.places().at("monitors[0].window.every")) == "f:2:55");
  CHECK(report.place(binder.places().at("monitors[1]")) == "f:3:5");
  CHECK_FALSE(binder.places().contains("monitors[1].window.every"));
}

TEST_CASE("paths join with a dot") {
  CHECK(join_path("", "a") == "a");
  CHECK(join_path("a", "b") == "a.b");
}
