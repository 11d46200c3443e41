#include "daemon/registry/answer.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a schema comes with its type and references") {
  const auto avro = read_registry_answer({200, R"({"schema":"\"int\""})"});
  REQUIRE(avro);
  CHECK(avro->type == SchemaType::kAvro);
  CHECK(avro->text == "\"int\"");
  const auto protobuf = read_registry_answer(
      {200,
       R"({"subject":"s","version":1,"schemaType":"PROTOBUF","schema":"x","references":[{"name":"a.proto","subject":"a","version":3}]})"});
  REQUIRE(protobuf);
  CHECK(protobuf->type == SchemaType::kProtobuf);
  REQUIRE(protobuf->references.size() == 1);
  CHECK(protobuf->references[0].name == "a.proto");
  CHECK(protobuf->references[0].subject == "a");
  CHECK(protobuf->references[0].version == 3);
  CHECK(read_registry_answer({200, R"({"schemaType":"JSON","schema":"{}"})"})->type == SchemaType::kJson);
  CHECK(read_registry_answer({200, R"({"schemaType":"THRIFT","schema":"{}"})"})->type == SchemaType::kOther);
}

TEST_CASE("only the registry's own word is that there is no schema; everything else may pass") {
  struct Row {
    int status;
    std::string body;
    bool not_found;
    std::string what;
  };
  const Row rows[] = {
      {404, R"({"error_code":40403,"message":"Schema 7 not found"})", true, "there is no such schema"},
      {404, R"({"error_code":40401,"message":"Subject not found."})", true, "there is no such schema"},
      {404, R"({"error_code":404,"message":"HTTP 404 Not Found"})", false, "root of the registry's API"},
      {404, "<html>", false, "root of the registry's API"},
      {401, "", false, "refuses the login (401)"},
      {403, "", false, "refuses the login (403)"},
      {302, "", false, "redirects are not followed"},
      {500, R"({"error_code":50001})", false, "answers 500"},
      {503, "", false, "answers 503"},
      {200, "garbage", false, "not as a schema registry does"},
      {200, R"({"schema":7})", false, "not as a schema registry does"},
      {200, "[]", false, "not as a schema registry does"},
      {200, R"({"schema":"x","references":[{"name":"a"}]})", false, "names a reference without"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.status);
    CAPTURE(row.body);
    const auto answer = read_registry_answer({row.status, row.body});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().not_found == row.not_found);
    CHECK(answer.error().what.find(row.what) != std::string::npos);
  }
}

TEST_CASE("whether it is a registry at all") {
  CHECK(registry_problem({200, R"(["AVRO","PROTOBUF"])"}) == "");
  CHECK(registry_problem({404, R"({"error_code":404})"}) == "");  // one that is older than the question
  CHECK(registry_problem({200, "<html>"}).find("not as a schema registry does") != std::string::npos);
  CHECK(registry_problem({404, "<html>"}).find("root of the registry's API") != std::string::npos);
  CHECK(registry_problem({401, ""}).find("refuses the login") != std::string::npos);
}

}  // namespace driftd
