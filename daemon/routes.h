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
#include "daemon/runtime/bounded_queue.h"
#include "daemon/status.h"

namespace driftd {

// What a reload may change.
struct RouteSettings {
  std::string config_yaml;  // in force, secrets masked
  MetricsConfig metrics;
};

using ReloadAnswer = BoundedQueue<ReloadStatus>;  // what comes of a reload that was asked for; closed: nothing, the daemon ends

struct RouteSources {
  std::function<std::shared_ptr<const DaemonStatus>()> status;  // null: nothing published yet
  std::function<std::int64_t()> wall_us;
  std::shared_ptr<EventRing> events = {};        // null: no stream of events
  std::string config_yaml = {};                  // in force at the start
  std::function<HistoryReader*()> history = {};  // null, or gives null: no history is kept. Asked by slow routes only
  std::function<std::shared_ptr<const RouteSettings>()> settings = {};  // those in force; null: they never change
  // http.enable_lifecycle; both null: it is false.
  std::function<std::shared_ptr<ReloadAnswer>()> ask_reload = {};  // null: another one is waiting
  std::function<void()> quit = {};
};

class Routes {
 public:
  Routes(RouteSources sources, const MetricsConfig& metrics)
      : sources_(std::move(sources)),
        settings_(std::make_shared<const RouteSettings>(RouteSettings{sources_.config_yaml, metrics})),
        exposition_(metrics) {}

  Response handle(const Request& request);
  void count(std::string_view method, const Response& response);  // for HttpHandler::answered

  // For a server; this must outlive it.
  HttpHandler handler();

  struct Call;                                                            // one request with what its route captured
  Response metrics(const DaemonStatus& status, std::string_view accept);  // in the form that is asked for
  const RouteSources& sources() const { return sources_; }
  const RouteSettings& settings() const { return *settings_; }
  HistoryReader* history() const { return sources_.history ? sources_.history() : nullptr; }

 private:
  void take_settings();

  RouteSources sources_;
  std::shared_ptr<const RouteSettings> settings_;
  Exposition exposition_;
  HttpActivity activity_;
};

std::vector<std::string_view> route_patterns();  // the table, for documents and tests

}  // namespace driftd
