#include "daemon/cli/check_json.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("everything found is one document") {
  CHECK(check_json({}, {}, {}, {}) == "{\"problems\":[],\"warnings\":[],\"monitors\":[],\"topics\":[]}\n");
  MonitorBudget budget;
  budget.name = "m";
  budget.reference_id = "abc";
  budget.window.every = Milliseconds(1500);
  TopicSample topic;
  topic.topic = "t";
  topic.partitions = 2;
  topic.records = 3;
  topic.rows = 2;
  topic.rejected[static_cast<std::size_t>(Reject::kMalformed)] = 1;
  topic.columns = {{"x", SlotType::kNumeric, {1, 0, 1, 0, 0, 0, 0}}};
  CHECK(check_json({{"f", 1, 2, "p", "", ""}}, {{"f", 0, 0, "w", "", ""}}, {budget}, {topic}) ==
        "{\"problems\":[{\"source\":\"f\",\"line\":1,\"column\":2,\"message\":\"p\"}],"
        "\"warnings\":[{\"source\":\"f\",\"line\":0,\"column\":0,\"message\":\"w\"}],"
        "\"monitors\":[{\"name\":\"m\",\"reference\":\"abc\",\"reference_rows\":0,\"features\":0,\"segments\":0,\"window_seconds\":1.5,"
        "\"advance_seconds\":1.5,\"window_rows\":0,\"panes\":1,"
        "\"tests\":0,\"alpha\":null,\"window_bytes\":0,\"series\":0}],"
        "\"topics\":[{\"topic\":\"t\",\"partitions\":2,\"records\":3,\"rows\":2,\"rejected\":{\"bad_json\":1},"
        "\"columns\":[{\"name\":\"x\",\"type\":\"number\",\"valid\":1,\"missing\":1,\"wrong_type\":0,\"infinite\":0}]}]}\n");
}

}  // namespace driftd
