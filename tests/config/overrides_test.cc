#include "config/overrides.h"

#include <doctest/doctest.h>

using namespace driftd;

namespace {

YamlNode tree(const std::string& text, Report& report) { return read_yaml("f", text, report); }

}  // namespace

TEST_CASE("an override replaces, or makes the way to its key") {
  Report report;
  YamlNode root = tree("log: {level: info}\nmonitors: [{name: a}, {name: b}]\n", report);
  apply_set(root,
            {"log.level=debug", "kafka.brokers=a:1,b:2", "monitors[1].window.every=1m", "kafka.librdkafka.fetch.wait.max.ms=5",
             "kafka.group=a=b"},
            report);
  CHECK(report.clean());
  CHECK(root.find("log")->find("level")->text == "debug");
  CHECK(report.place(root.find("log")->find("level")->at) == "--set log.level");
  const YamlNode& brokers = *root.find("kafka")->find("brokers");
  REQUIRE(brokers.kind == YamlNode::Kind::kList);
  CHECK(brokers.items[1].text == "b:2");
  CHECK(root.find("monitors")->items[1].find("window")->find("every")->text == "1m");
  CHECK(root.find("monitors")->items[0].find("window") == nullptr);
  CHECK(root.find("kafka")->find("librdkafka")->find("fetch.wait.max.ms")->text == "5");
  CHECK(root.find("kafka")->find("group")->text == "a=b");
}

TEST_CASE("an empty list by an override") {
  Report report;
  YamlNode root = tree("", report);
  apply_set(root, {"defaults.features.include="}, report);
  CHECK(root.find("defaults")->find("features")->find("include")->items.empty());
}

TEST_CASE("variables: lower case, two underscores a level, others ignored") {
  Report report;
  YamlNode root = tree("monitors: [{name: a}]\n", report);
  apply_environment(root,
                    {{"DRIFTD__LOG__REPEAT_LIMIT", "5s"},
                     {"DRIFTD__MONITORS__0__NAME", "b"},
                     {"DRIFTD_PORT", "x"},
                     {"DRIFTD_SERVICE_HOST", "y"},
                     {"HOME", "/"}},
                    report);
  CHECK(report.clean());
  CHECK(root.keys.size() == 2);
  CHECK(root.find("log")->find("repeat_limit")->text == "5s");
  CHECK(root.find("monitors")->items[0].find("name")->text == "b");
}
