#include "daemon/registry/schema_registry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

namespace driftd {

using namespace std::chrono_literals;

namespace {

const std::string kNone = R"({"error_code":40403,"message":"none"})";

// A registry that says what a test wrote down.
struct Scripted {
  std::map<std::string, HttpAnswer> answers;  // by target; what is not there does not answer
  std::vector<std::string> asked;

  SchemaRegistry::Ask ask() {
    return [this](const std::string& target) -> std::expected<HttpAnswer, std::string> {
      asked.push_back(target);
      const auto found = answers.find(target);
      if (found == answers.end()) return std::unexpected("no answer in time");
      return found->second;
    };
  }
  void schema(int id, const std::string& body) { answers["/schemas/ids/" + std::to_string(id)] = {200, body}; }
  void none(int id) { answers["/schemas/ids/" + std::to_string(id)] = {404, kNone}; }
};

std::string framed_id(int id) { return {'\0', '\0', '\0', static_cast<char>(id >> 8), static_cast<char>(id), 'x'}; }

// A batch of records with these ids.
struct Batch {
  explicit Batch(const std::vector<int>& ids) {
    for (const int id : ids) payloads.push_back(framed_id(id));
    for (const std::string& payload : payloads) batch.messages.push_back({0, 0, payload, {}, false});
  }
  std::vector<std::string> payloads;
  MessageBatch batch;
};

bool attach_in_turns(SchemaRegistry& registry, MessageBatch& batch, int turns = 40) {
  for (int i = 0; i < turns; ++i) {
    if (registry.attach("t", batch)) return true;
    registry.step(50ms);
  }
  return registry.attach("t", batch);
}

SchemaRegistryConfig config() {
  SchemaRegistryConfig config;
  config.url = "http://r:8081";
  return config;
}

}  // namespace

TEST_CASE("an unknown id is asked once; then every record of it has its schema at once") {
  Scripted script;
  script.schema(7, R"({"schema":"\"int\""})");
  script.schema(8, R"({"schemaType":"PROTOBUF","schema":"p"})");
  SchemaRegistry registry(config(), script.ask());
  Batch first({7, 8, 7});
  CHECK_FALSE(registry.attach("t", first.batch));
  REQUIRE(attach_in_turns(registry, first.batch));
  CHECK(first.batch.messages[0].schema->text == "\"int\"");
  CHECK(first.batch.messages[0].schema == first.batch.messages[2].schema);
  CHECK(first.batch.messages[1].schema->type == SchemaType::kProtobuf);
  CHECK(first.batch.schemas.size() == 2);
  Batch second({7, 7});
  CHECK(registry.attach("t", second.batch));
  CHECK(second.batch.messages[1].schema->id == 7);
  CHECK(script.asked.size() == 2);
  CHECK(registry.status()->requests[RegistryStatus::kOk].durations[0] == 2);
}

TEST_CASE("references are asked for, each once and before those that name them") {
  Scripted script;
  script.schema(1, R"({"schema":"root","references":[{"name":"a","subject":"s/a","version":1},{"name":"b","subject":"b","version":2}]})");
  script.answers["/subjects/s%2Fa/versions/1?deleted=true"] = {200,
                                                               R"({"schema":"A","references":[{"name":"b","subject":"b","version":2}]})"};
  script.answers["/subjects/b/versions/2?deleted=true"] = {200, R"({"schema":"B"})"};
  SchemaRegistry registry(config(), script.ask());
  Batch batch({1});
  REQUIRE(attach_in_turns(registry, batch.batch));
  const auto& references = batch.batch.messages[0].schema->references;
  REQUIRE(references.size() == 2);
  CHECK(references[0].name == "b");
  CHECK(references[0].text == "B");
  CHECK(references[1].name == "a");
  CHECK(script.asked.size() == 3);
}

TEST_CASE("no schema: said twice it is believed, for a while") {
  Scripted script;
  script.none(9);
  SchemaRegistryConfig short_lived = config();
  short_lived.negative_ttl = Milliseconds(0);
  SchemaRegistry registry(short_lived, script.ask());
  Batch batch({9});
  REQUIRE(attach_in_turns(registry, batch.batch));
  CHECK(script.asked.size() == 2);
  CHECK(batch.batch.messages[0].schema == &kUnknownSchema);
  CHECK(registry.status()->problems.empty());
  script.schema(9, R"({"schema":"\"int\""})");
  Batch later({9});
  CHECK_FALSE(registry.attach("t", later.batch));
  REQUIRE(attach_in_turns(registry, later.batch));
  CHECK(later.batch.messages[0].schema->text == "\"int\"");
}

TEST_CASE("a schema that came a moment late is found") {
  Scripted script;
  script.none(9);
  SchemaRegistry registry(config(), script.ask());
  Batch batch({9});
  registry.attach("t", batch.batch);
  registry.step(10ms);
  CHECK_FALSE(registry.attach("t", batch.batch));
  script.schema(9, R"({"schema":"\"int\""})");
  REQUIRE(attach_in_turns(registry, batch.batch));
  CHECK(batch.batch.messages[0].schema->text == "\"int\"");
}

TEST_CASE("a registry that does not answer is asked again, later and later; what waits for it is said") {
  Scripted script;
  SchemaRegistry registry(config(), script.ask());
  Batch batch({5});
  const auto start = SchemaRegistry::Clock::now();
  CHECK_FALSE(attach_in_turns(registry, batch.batch, 30));
  const auto passed = SchemaRegistry::Clock::now() - start;
  CHECK(script.asked.size() >= 2);
  CHECK(script.asked.size() <= 2 + static_cast<std::size_t>(passed / 250ms));
  REQUIRE(registry.status()->problems.size() == 1);
  const std::string problem = registry.status()->problems[0];
  CHECK(problem.starts_with("http://r:8081: no answer in time; topic t waits for schema 5, asked again every "));
  CHECK(registry.status()->requests[RegistryStatus::kError].durations[0] == script.asked.size());
  script.schema(5, R"({"schema":"\"int\""})");
  CHECK(attach_in_turns(registry, batch.batch, 300));
  CHECK(registry.status()->problems.empty());
}

TEST_CASE("what carries no id is not asked for") {
  Scripted script;
  SchemaRegistry registry(config(), script.ask());
  MessageBatch batch;
  for (const std::string_view payload : {"{}", "", "\0\0\0"}) batch.messages.push_back({0, 0, payload, {}, false});
  batch.messages.push_back({3, 0, {}, {}, true});
  CHECK(registry.attach("t", batch));
  CHECK(std::ranges::all_of(batch.messages, [](const Message& message) { return message.schema == nullptr; }));
}

TEST_CASE("the cache is bounded, and a batch of more schemas than it holds gets them all") {
  Scripted script;
  std::vector<int> ids;
  for (int id = 1; id <= 20; ++id) {
    script.schema(id, R"({"schema":"\"int\""})");
    ids.push_back(id);
  }
  SchemaRegistryConfig small = config();
  small.cache_entries = 3;
  SchemaRegistry registry(small, script.ask());
  Batch batch(ids);
  REQUIRE(attach_in_turns(registry, batch.batch, 400));
  for (int id = 1; id <= 20; ++id) CHECK(batch.batch.messages[static_cast<std::size_t>(id - 1)].schema->id == id);
  registry.step(0ms);
  CHECK(registry.status()->cache_entries <= 3);
}

TEST_CASE("its thread asks while another attaches, and ends when it is closed") {
  Scripted script;
  script.schema(3, R"({"schema":"\"int\""})");
  SchemaRegistry registry(config(), script.ask());
  std::thread thread([&] { registry.run(); });
  Batch batch({3});
  const auto until = SchemaRegistry::Clock::now() + 30s;
  bool done = false;
  while (!done && SchemaRegistry::Clock::now() < until) {
    done = registry.attach("t", batch.batch);
    std::this_thread::yield();
  }
  registry.close();
  thread.join();
  CHECK(done);
}

TEST_CASE("a login that cannot be read is said") {
  SchemaRegistryConfig wrong = config();
  wrong.token_file = "/nowhere/token";
  CHECK(registry_over_http(wrong, {}).error().starts_with("schema_registry.token_file: cannot read "));
}

TEST_CASE("formats that need a registry") {
  StreamConfig stream;
  for (const auto& [format, want] : {std::pair{Format::kJson, false},
                                     {Format::kCsv, false},
                                     {Format::kAvro, true},
                                     {Format::kProtobuf, true},
                                     {Format::kJsonSchema, false}}) {
    stream.format = format;
    CHECK(needs_registry(stream) == want);
  }
}

}  // namespace driftd
