// Alert events for the tests of sinks, as the alert stage writes them; only what receivers read.
#pragma once

#include <string>

#include "daemon/sink/sink.h"

namespace driftd::sink_test {

struct Event {
  std::string transition = "firing", severity = "warning", fingerprint = "f1", feature = "amount", time = "2026-03-01T10:05:00Z";
  std::string page = "", kind = "drift";
};

inline std::string event_text(const Event& event) {
  const std::string links = event.page.empty() ? "" : R"("links":{"page":")" + event.page + R"("},)";
  return R"({"data":{"alert_id":"a-)" + event.fingerprint + R"(","feature":{"name":")" + event.feature + R"(","type":"numeric"},)" +
         R"("fingerprint":")" + event.fingerprint + R"(","kind":")" + event.kind + R"(",)" + links +
         R"("monitor":"fraud","n":8412,"p_value":0.0019,"provenance":{"detector":"psi"},"reference":{"id":"ref"},)" +
         R"("segment":"country=<DE>","severity":")" + event.severity +
         R"(","statistic":0.21,"summary":"24% & \"more\"","threshold":null,)" +
         R"("window":{"end":"2026-03-01T10:05:00Z","start":"2026-03-01T10:00:00Z"}},"id":"e-)" + event.fingerprint + event.transition +
         R"(","time":")" + event.time + R"(","type":"dev.driftd.)" + event.kind + "." + event.transition + R"(.v1"})";
}

inline OutRecord record_of(std::uint64_t sequence, const Event& event = {}) {
  OutRecord record;
  record.sequence = sequence;
  record.key = "a-" + event.fingerprint;
  record.value = event_text(event);
  record.headers = {{"ce_id", "e-" + event.fingerprint + event.transition}};
  return record;
}

}  // namespace driftd::sink_test
