// All there is under http://…:3738: metrics, health, API and page, as one table of routes over a published DaemonStatus.
// Thread: the server's; `status` hands over a value that another thread published. A route that reads the disk answers later, on the
// server's thread for that, and touches nothing here but the history.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "daemon/history/reader.h"
#include "daemon/http/message.h"
#include "daemon/metrics/collect.h"
#include "daemon/metrics/exposition.h"
#include "daemon/status.h"

namespace driftd {

struct RouteSources {
  std::function<std::shared_ptr<const DaemonStatus>()> status;  // null: nothing published yet
  std::function<std::int64_t()> wall_us;
  std::shared_ptr<EventRing> events = {};        // null: no stream of events
  std::string config_yaml = {};                  // in force, secrets masked
  std::function<HistoryReader*()> history = {};  // null, or gives null: no history is kept. Asked by slow routes only
};

class Routes {
 public:
  Routes(RouteSources sources, const MetricsConfig& metrics) : sources_(std::move(sources)), metrics_(metrics), exposition_(metrics) {}

  Response handle(const Request& request);
  void count(std::string_view method, const Response& response);  // for HttpHandler::answered

  // For a server; this must outlive it.
  HttpHandler handler();

  struct Call;                                                            // one request with what its route captured
  Response metrics(const DaemonStatus& status, std::string_view accept);  // in the form that is asked for
  const RouteSources& sources() const { return sources_; }
  HistoryReader* history() const { return sources_.history ? sources_.history() : nullptr; }

 private:
  RouteSources sources_;
  MetricsConfig metrics_;
  Exposition exposition_;
  HttpActivity activity_;
};

std::vector<std::string_view> route_patterns();  // the table, for documents and tests

}  // namespace driftd
