#include "config/body_template.h"

#include <doctest/doctest.h>

using namespace driftd;

namespace {

std::string value_of(std::string_view path) {
  if (path == "data.monitor") return R"("fraud \"eu\"")";
  if (path == "data.n") return "8412";
  if (path == "data.window.offsets") return R"([{"topic":"t"}])";
  if (path.empty()) return R"({"id":"1"})";
  return "null";
}

std::string rendered(std::string_view text) {
  const auto parsed = BodyTemplate::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : parsed.error().message));
  return parsed->render(value_of);
}

TemplateError refused(std::string_view text) {
  const auto parsed = BodyTemplate::parse(text);
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error();
}

}  // namespace

TEST_CASE("a placeholder is escaped text inside quotes and a JSON value outside") {
  CHECK(rendered(R"({"ref": "drift-{{monitor}}", "rows": {{ rows }}})") == R"({"ref": "drift-fraud \"eu\"", "rows": 8412})");
  CHECK(rendered(R"({"monitor": {{monitor}}, "rows": "{{rows}}"})") == R"({"monitor": "fraud \"eu\"", "rows": "8412"})");
  CHECK(rendered(R"({"conf":{{event}}})") == R"({"conf":{"id":"1"}})");
  CHECK(rendered(R"({"conf":"{{event}}"})") == R"({"conf":"{\"id\":\"1\"}"})");
  CHECK(rendered(R"({"o": {{offsets}}, "p": {{p_value}}, "q": "{{page}}"})") == R"({"o": [{"topic":"t"}], "p": null, "q": ""})");
  CHECK(rendered(R"({"quote \" {{monitor}}": 1})") == R"({"quote \" fraud \"eu\"": 1})");
  CHECK(rendered("no placeholder") == "no placeholder");
}

TEST_CASE("what is no placeholder is refused with its line") {
  const TemplateError unknown = refused("{\n  \"a\": \"{{monitor}}\",\n  \"b\": \"{{montor}}\"\n}");
  CHECK(unknown.line == 3);
  CHECK(unknown.message == "unknown placeholder '{{montor}}'; did you mean 'monitor'?");
  CHECK(refused("{{secret}}").message.find("there are alert_id, ") != std::string::npos);
  CHECK(refused("{{}}").message.starts_with("unknown placeholder '{{}}'"));
  CHECK(refused("{\"a\": \"{{monitor\"}").message == "'{{' without '}}'");
}
