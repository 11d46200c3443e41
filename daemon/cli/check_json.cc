#include "daemon/cli/check_json.h"

#include "daemon/runtime/json_writer.h"
#include "daemon/status.h"

namespace driftd {
namespace {

void add_problems(std::string_view name, const Problems& problems, JsonWriter& json) {
  json.key(name).begin_array();
  for (const Problem& problem : problems) {
    json.begin_object().field("source", problem.source).field("line", problem.line).field("column", problem.column);
    json.field("message", problem.message).end_object();
  }
  json.end_array();
}

void add_monitor(const MonitorBudget& budget, JsonWriter& json) {
  json.begin_object().field("name", budget.name).field("reference", budget.reference_id).field("reference_rows", budget.reference_rows);
  json.field("features", budget.features).field("segments", budget.segments);
  const auto seconds = [](Milliseconds length) { return std::chrono::duration<double>(length).count(); };
  json.field("window_seconds", seconds(budget.window.every)).field("advance_seconds", seconds(budget.window.step()));
  json.field("window_rows", budget.window.rows).field("panes", budget.panes);
  json.field("tests", budget.tests).field("alpha", budget.alpha);
  json.field("window_bytes", budget.window_bytes).field("series", budget.series).end_object();
}

void add_topic(const TopicSample& topic, JsonWriter& json) {
  json.begin_object().field("topic", topic.topic).field("partitions", topic.partitions);
  json.field("records", topic.records).field("rows", topic.rows).key("rejected").begin_object();
  for (std::size_t i = 0; i < kRejects; ++i) {
    if (topic.rejected[i] > 0) json.field(reject_name(static_cast<Reject>(i)), topic.rejected[i]);
  }
  json.end_object().key("columns").begin_array();
  for (const ColumnSample& column : topic.columns) {
    const auto count = [&](ValueClass value_class) { return column.classes[static_cast<std::size_t>(value_class)]; };
    json.begin_object().field("name", column.name).field("type", column.type == SlotType::kNumeric ? "number" : "category");
    json.field("valid", count(ValueClass::kValid)).field("missing", missing_rows(column.classes));
    json.field("wrong_type", count(ValueClass::kWrongType));
    json.field("infinite", count(ValueClass::kPositiveInfinity) + count(ValueClass::kNegativeInfinity)).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

std::string check_json(const Problems& problems, const Problems& warnings, const std::vector<MonitorBudget>& monitors,
                       const std::vector<TopicSample>& topics) {
  JsonWriter json;
  json.begin_object();
  add_problems("problems", problems, json);
  add_problems("warnings", warnings, json);
  json.key("monitors").begin_array();
  for (const MonitorBudget& budget : monitors) add_monitor(budget, json);
  json.end_array().key("topics").begin_array();
  for (const TopicSample& topic : topics) add_topic(topic, json);
  json.end_array().end_object();
  return json.take() + '\n';
}

}  // namespace driftd
