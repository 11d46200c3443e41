#include "daemon/cli/ask_schemas.h"

#include <doctest/doctest.h>

#include "tests/daemon/http/answering_server.h"

namespace driftd {
namespace {

std::vector<StreamConfig> stream_of(Format format) {
  StreamConfig stream;
  stream.format = format;
  return {stream};
}

SchemaRegistryConfig at(const std::string& url) {
  SchemaRegistryConfig config;
  config.url = url;
  return config;
}

}  // namespace

TEST_CASE("without a format that needs it nobody is asked") {
  auto asked = AskedSchemas::of(at("http://127.0.0.1:1"), stream_of(Format::kJson));
  REQUIRE(asked);
  CHECK(asked->reach() == "");
  MessageBatch batch;
  CHECK(asked->attach("t", batch) == "");
}

TEST_CASE("a registry that is not there, and one that is none, are named") {
  const std::string payload{'\0', '\0', '\0', '\0', '\7'};
  MessageBatch batch;
  batch.messages.push_back({0, 0, payload, {}, false});
  auto nobody = AskedSchemas::of(at("http://127.0.0.1:1"), stream_of(Format::kAvro));
  REQUIRE(nobody);
  CHECK(nobody->reach() == "schema_registry: http://127.0.0.1:1: Connection refused");
  CHECK(nobody->attach("t", batch).starts_with("schema_registry: http://127.0.0.1:1: Connection refused; topic t waits for schema 7"));
  const AnsweringServer other({http_answer(200, "hello")});
  auto none = AskedSchemas::of(at(other.url()), stream_of(Format::kAvro));
  REQUIRE(none);
  CHECK(none->reach().find("not as a schema registry does") != std::string::npos);
}

TEST_CASE("a batch gets its schema") {
  const std::string payload{'\0', '\0', '\0', '\0', '\7'};
  MessageBatch batch;
  batch.messages.push_back({0, 0, payload, {}, false});
  const AnsweringServer registry({http_answer(200, R"({"schema":"\"int\""})")});
  auto asked = AskedSchemas::of(at(registry.url()), stream_of(Format::kAvro));
  REQUIRE(asked);
  CHECK(asked->attach("t", batch) == "");
  CHECK(batch.messages[0].schema->text == "\"int\"");
}

TEST_CASE("a login that cannot be read") {
  SchemaRegistryConfig config = at("http://127.0.0.1:1");
  config.basic_auth_file = "/nowhere/login";
  CHECK(AskedSchemas::of(config, stream_of(Format::kAvro)).error().starts_with("schema_registry.basic_auth_file: cannot read "));
}

}  // namespace driftd
