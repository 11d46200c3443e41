#include "daemon/routes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "config/scalar.h"
#include "config/schema.h"
#include "daemon/alert/event_schema.h"
#include "daemon/api/documents.h"
#include "daemon/api/envelope.h"
#include "daemon/api/openapi.h"
#include "daemon/api/past.h"
#include "daemon/api/runbooks.h"
#include "daemon/http/negotiate.h"
#include "daemon/http/target.h"
#include "daemon/metrics/open_metrics.h"
#include "daemon/metrics/process.h"
#include "daemon/page/alert.h"
#include "daemon/page/daemon.h"
#include "daemon/page/feature.h"
#include "daemon/page/monitor.h"
#include "daemon/page/overview.h"
#include "daemon/page/past.h"
#include "daemon/page/reference.h"
#include "daemon/page/timeline.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/logger.h"

namespace driftd {

struct Routes::Call {
  Routes& routes;
  const Request& request;
  const DaemonStatus& status;
  std::int64_t now_us;
  std::vector<std::string> captured;  // the {…} of the pattern, in order

  std::string query(std::string_view key) const {
    const auto found = request.query.find(key);
    return found == request.query.end() ? std::string{} : found->second;
  }
};

namespace {

using Call = Routes::Call;

constexpr std::size_t kLargestLimit = 1000;
constexpr std::size_t kMostTransitions = 1000;  // in a history
constexpr std::string_view kAllRows = "all";
constexpr std::string_view kTimeForm = " must be a time: RFC 3339, or milliseconds since 1970";

Response text(int status, std::string body) { return {.status = status, .body = std::move(body)}; }

Response page(std::string body) { return {.content_type = "text/html; charset=utf-8", .body = std::move(body)}; }

Response json(std::string body) { return {.content_type = "application/json", .body = std::move(body)}; }

Response failure(int status, std::string_view type, std::string_view message) {
  return {.status = status, .content_type = "application/json", .body = error_json(type, message)};
}

Response api_not_found(std::string_view what) { return failure(404, "not_found", what); }

Response no_history() { return api_not_found("no history is kept: history.enabled is false"); }

std::string lines(const std::vector<std::string>& reasons) {
  std::string out;
  for (const std::string& reason : reasons) out += reason + "\n";
  return out;
}

// ---- What a path names ----

const MonitorStatus* find_monitor(const DaemonStatus& status, std::string_view name) {
  const auto found = std::ranges::find_if(status.monitors, [&](const auto& monitor) { return monitor->name == name; });
  return found == status.monitors.end() ? nullptr : found->get();
}

const FeatureStatus* find_feature(const MonitorStatus& monitor, std::string_view name, std::string_view segment) {
  const auto found = std::ranges::find_if(monitor.features,
                                          [&](const FeatureStatus& feature) { return feature.name == name && feature.segment == segment; });
  return found == monitor.features.end() ? nullptr : &*found;
}

std::pair<const MonitorStatus*, const AlertStatus*> find_alert(const DaemonStatus& status, std::string_view id) {
  for (const auto& monitor : status.monitors) {
    const auto found = std::ranges::find(monitor->alerts, id, &AlertStatus::alert_id);
    if (found != monitor->alerts.end()) return {monitor.get(), &*found};
  }
  return {nullptr, nullptr};
}

std::string segment_of(const Call& call) {
  std::string segment = call.query("segment");
  return segment.empty() ? std::string(kAllRows) : segment;
}

// nullopt: ?limit= or ?next= is not a number in its range.
std::optional<ListSlice> slice_of(const Call& call) {
  ListSlice slice;
  const auto read = [&](std::string_view key, std::size_t& out) {
    const std::string given = call.query(key);
    if (!call.request.query.contains(key)) return true;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), out);
    return error == std::errc{} && end == given.data() + given.size();
  };
  if (!read("limit", slice.limit) || !read("next", slice.first) || slice.limit == 0 || slice.limit > kLargestLimit) return std::nullopt;
  return slice;
}

Response bad_slice() { return failure(400, "bad_data", "limit must be 1 to 1000, next what the last answer gave"); }

// ---- Routes ----

Response answer_metrics(const Call& call) { return call.routes.metrics(call.status, call.request.accept); }

Response answer_healthy(const Call& call) {
  return call.status.stalled.empty() ? text(200, "healthy\n") : text(503, lines(call.status.stalled));
}

Response answer_ready(const Call& call) { return call.status.ready ? text(200, "ready\n") : text(503, lines(call.status.not_ready)); }

Response answer_buildinfo(const Call& call) { return json(buildinfo_json(call.status)); }

Response answer_streams(const Call& call) { return json(streams_json(call.status)); }

Response answer_monitors(const Call& call) {
  const auto slice = slice_of(call);
  return slice ? json(monitors_json(call.status, *slice)) : bad_slice();
}

Response answer_monitor(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  return monitor != nullptr ? json(monitor_json(*monitor)) : api_not_found("no such monitor");
}

Response answer_features(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  if (monitor == nullptr) return api_not_found("no such monitor");
  const auto slice = slice_of(call);
  if (!slice) return bad_slice();
  const std::string sort = call.query("sort");
  if (!sort.empty() && sort != "ratio") return failure(400, "bad_data", "sort must be ratio");
  return json(features_json(*monitor, call.query("segment"), sort == "ratio", *slice));
}

Response no_feature() { return api_not_found("no such feature and segment in a closed window"); }

// With ?at= the newest window that ended by then, else the last one.
Response answer_distribution(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  if (monitor == nullptr) return api_not_found("no such monitor");
  if (!call.request.query.contains("at")) {
    const FeatureStatus* feature = find_feature(*monitor, call.captured[1], segment_of(call));
    return feature != nullptr ? json(distribution_json(*monitor, *feature)) : no_feature();
  }
  const auto at = parse_event_time(call.query("at"), TimeUnit::kMilliseconds);
  if (!at) return failure(400, "bad_data", std::string("at").append(kTimeForm));
  HistoryReader* const history = call.routes.history();
  if (history == nullptr) return no_history();
  const std::string segment = segment_of(call);
  const auto past = history->feature_at({monitor->name, call.captured[1], segment}, *at);
  if (!past) return failure(503, "unavailable", past.error());
  if (!*past) return api_not_found("the history has no window of this feature and segment that ended by then");
  return json(distribution_json(monitor_then(*monitor, **past), (*past)->feature));
}

// What the query of a history asks for; or what is wrong with it.
std::expected<HistoryQuestion, std::string> history_question(const Call& call, const MonitorStatus& monitor) {
  HistoryQuestion asked{monitor.name, call.query("feature"), segment_of(call), {}, 0};
  for (const auto& [key, place] : {std::pair{"from", &asked.range.from_us}, {"to", &asked.range.to_us}}) {
    if (!call.request.query.contains(key)) continue;
    const auto time = parse_event_time(call.query(key), TimeUnit::kMilliseconds);
    if (!time) return std::unexpected(std::string(key).append(kTimeForm));
    *place = *time;
  }
  if (asked.range.from_us > asked.range.to_us) return std::unexpected("from is later than to");
  if (!call.request.query.contains("step")) return asked;
  const auto step = parse_duration(call.query("step"));
  if (!step || step->count() <= 0) return std::unexpected("step must be a duration with its unit, such as 15m or 1d");
  asked.step_us = step->count() * 1000;
  return asked;
}

// One window more than is shown, to know whether there are more.
HistoryRange one_more(HistoryRange range) {
  ++range.limit;
  return range;
}

template <class Point>
bool cut(std::vector<Point>& points, std::size_t limit) {
  if (points.size() <= limit) return false;
  points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(limit));
  return true;
}

Response answer_monitor_history(HistoryReader& history, const HistoryQuestion& asked) {
  auto points = history.segment_points(asked.monitor, asked.segment, one_more(asked.range));
  if (!points) return failure(503, "unavailable", points.error());
  auto performance = history.performance_points(asked.monitor, asked.segment, asked.range);
  if (!performance) return failure(503, "unavailable", performance.error());
  auto transitions = history.transitions(asked.monitor, {asked.range.from_us, asked.range.to_us, kMostTransitions});
  if (!transitions) return failure(503, "unavailable", transitions.error());
  const bool more = cut(*points, asked.range.limit);
  return json(monitor_history_json(asked, {std::move(*points), std::move(*performance), std::move(*transitions)}, more));
}

Response answer_history(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  if (monitor == nullptr) return api_not_found("no such monitor");
  const auto asked = history_question(call, *monitor);
  if (!asked) return failure(400, "bad_data", asked.error());
  HistoryReader* const history = call.routes.history();
  if (history == nullptr) return no_history();
  if (asked->feature.empty()) return answer_monitor_history(*history, *asked);
  auto points = history->feature_points({asked->monitor, asked->feature, asked->segment}, one_more(asked->range));
  if (!points) return failure(503, "unavailable", points.error());
  if (points->empty() && find_feature(*monitor, asked->feature, asked->segment) == nullptr) return no_feature();
  const bool more = cut(*points, asked->range.limit);
  return json(feature_history_json(*asked, *points, more));
}

Response answer_alerts(const Call& call) {
  const auto slice = slice_of(call);
  if (!slice) return bad_slice();
  const std::string state = call.query("state");
  constexpr std::array<std::string_view, 4> kStates{"", "pending", "firing", "resolved"};
  if (std::ranges::find(kStates, state) == kStates.end()) return failure(400, "bad_data", "state must be pending, firing or resolved");
  return json(alerts_json(call.status, state, call.query("monitor"), *slice));
}

// What the status knows, with the timeline of the history; or what the history alone still knows.
Response answer_alert(const Call& call) {
  std::vector<PastTransition> timeline;
  if (HistoryReader* const history = call.routes.history()) {
    auto found = history->timeline(call.captured[0]);
    if (!found) return failure(503, "unavailable", found.error());
    timeline = std::move(*found);
  }
  const auto [monitor, alert] = find_alert(call.status, call.captured[0]);
  if (alert != nullptr) return json(alert_json(*monitor, *alert, timeline));
  if (!timeline.empty()) return json(past_alert_json(timeline));
  return api_not_found("no such alert among the open and the last resolved ones, nor in the history");
}

// A client that comes again says what it has last; where that is of another run, or too long ago, it is told to load everything anew.
Response answer_events(const Call& call) {
  const auto& ring = call.routes.sources().events;
  if (ring == nullptr) return api_not_found("there is no stream of events");
  Response response = failure(503, "unavailable", "as many streams are open as may be: try again later");
  EventStream stream{ring, "retry: 2000\n", ring->last()};
  const std::string known = call.request.last_event_id.empty() ? call.query("after") : call.request.last_event_id;
  const auto place = known.empty() ? std::nullopt : ring->place_of(known);
  if (place) {
    stream.place = *place;
    stream.first += "\n";
  } else {
    stream.first += ring->frame(stream.place, known.empty() ? "start" : "reset", "{}");
  }
  response.stream = std::move(stream);
  return response;
}

Response answer_config(const Call& call) { return json(config_json(call.status, call.routes.settings().config_yaml)); }

Response answer_runtime(const Call& call) {
  const ProcessUsage usage = read_process_usage();
  return json(runtime_json(
      call.status, {usage.start_time_seconds, usage.cpu_seconds, usage.resident_bytes, usage.open_fds, usage.max_fds, call.now_us}));
}

Response answer_config_schema(const Call&) { return json(config_schema()); }

Response answer_event_schema(const Call&) { return json(event_schema()); }

Response answer_runbook(const Call& call) {
  const auto found = runbook(call.captured[0]);
  return found ? Response{.content_type = "text/markdown; charset=utf-8", .body = std::string(*found)} : text(404, "no such runbook\n");
}

Response answer_openapi(const Call& call);

PageView view_of(const Call& call) {
  PageView view{call.status, call.now_us, "", "", call.query("live") != "off"};
  for (const std::string& segment : call.request.path) view.path += "/" + percent_encode(segment);
  if (view.path.empty()) view.path = "/";
  view.segment = segment_of(call);
  view.at_us = parse_event_time(call.query("at"), TimeUnit::kMilliseconds).value_or(kNoTime);
  view.log_shares = call.query("scale") == "log";
  view.every = call.query("list") == "all";
  return view;
}

Response answer_overview(const Call& call) { return page(overview_page(view_of(call))); }

Response answer_monitor_page(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  return monitor != nullptr ? page(monitor_page(view_of(call), *monitor)) : text(404, "no such monitor\n");
}

Response answer_reference_page(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  return monitor != nullptr ? page(reference_page(view_of(call), *monitor)) : text(404, "no such monitor\n");
}

// Without a history a window that is over is shown as far as the status remembers it.
Response answer_remembered_feature(const PageView& view, const MonitorStatus& monitor, FeatureStatus feature) {
  const auto& ends = monitor.history_end_us;
  const auto found = std::ranges::find(ends, view.at_us);
  if (found == ends.end()) return text(404, "no such window among the last ones\n");
  const auto index = static_cast<std::size_t>(found - ends.begin());
  feature.ratio = index < feature.ratio_history.size() ? feature.ratio_history[index] : kNoNumber;
  feature.rows = index < monitor.history_rows.size() ? monitor.history_rows[index] : 0;
  feature.cells.clear();
  feature.methods.clear();
  feature.quality.clear();
  ShownFeature shown{monitor, feature, kNoTime, view.at_us};
  if (index > 0) shown.previous_us = ends[index - 1];
  if (index + 1 < ends.size()) shown.next_us = ends[index + 1];
  return page(feature_page(view, shown));
}

// The newest window that ended by view.at_us.
Response answer_past_feature(const Call& call, PageView view, const MonitorStatus& monitor, const FeatureStatus& last) {
  HistoryReader* const history = call.routes.history();
  if (history == nullptr) return answer_remembered_feature(view, monitor, last);
  const auto past = past_view(*history, monitor, last, view.at_us);
  if (!past) return text(503, past.error() + "\n");
  if (!*past) return text(404, "the history has no window of this feature and segment that ended by then\n");
  view.at_us = (*past)->window.end_us;
  return page(feature_page(view, shown_of(monitor, **past)));
}

Response answer_feature_page(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  if (monitor == nullptr) return text(404, "no such monitor\n");
  if (call.request.query.contains("at") && !parse_event_time(call.query("at"), TimeUnit::kMilliseconds)) {
    return text(400, std::string("at").append(kTimeForm) + "\n");
  }
  PageView view = view_of(call);
  const FeatureStatus* feature = find_feature(*monitor, call.captured[1], view.segment);
  if (feature == nullptr) return text(404, "no such feature and segment in a closed window\n");
  const bool is_over = monitor->window_end_us == kNoTime || view.at_us < monitor->window_end_us;
  if (view.at_us != kNoTime && is_over) return answer_past_feature(call, view, *monitor, *feature);
  view.at_us = kNoTime;
  return page(feature_page(view, in_last_window(*monitor, *feature)));
}

Response answer_alerts_page(const Call& call) { return page(alerts_page(view_of(call))); }

Response answer_daemon_page(const Call& call) { return page(daemon_page(view_of(call))); }

// One that the status has forgotten is made from the history.
Response answer_alert_page(const Call& call) {
  std::vector<PastTransition> timeline;
  if (HistoryReader* const history = call.routes.history())
    timeline = history->timeline(call.captured[0]).value_or(std::vector<PastTransition>{});
  const auto [owner, alert] = find_alert(call.status, call.captured[0]);
  if (alert != nullptr) return page(alert_page(view_of(call), *owner, *alert, timeline));
  const MonitorStatus* monitor = timeline.empty() ? nullptr : find_monitor(call.status, timeline.front().monitor);
  if (monitor != nullptr) return page(alert_page(view_of(call), *monitor, alert_of(timeline), timeline));
  return text(404, "no such alert among the open and the last resolved ones, nor in the history\n");
}

// The name of their folder carries a hash of the files, so a browser may keep them for good.
Response answer_asset(const Call& call) {
  const auto found = std::ranges::find(kPageAssets, call.captured[1], &Asset::name);
  if (call.captured[0] != assets_folder() || found == kPageAssets.end()) return text(404, "not found\n");
  return {.content_type = std::string(found->content_type),
          .body = std::string(found->body),
          .cache_control = "public, max-age=31536000, immutable"};
}

// ---- What changes something: POST, where http.enable_lifecycle allows it ----

constexpr std::chrono::seconds kReloadWait{25};  // less than a request may take

Response no_lifecycle() { return failure(403, "forbidden", "http.enable_lifecycle is false"); }

// On the slow thread: the reload itself is made by the main one.
Response await_reload(ReloadAnswer& answer) {
  const auto end = std::chrono::steady_clock::now() + kReloadWait;
  while (!answer.drained() && std::chrono::steady_clock::now() < end) {
    auto told = answer.pop_for(std::chrono::milliseconds(200));
    if (!told) continue;
    if (told->problems.empty()) return json(reloaded_json(*told));
    return {.status = 400, .content_type = "application/json", .body = reload_refused_json(*told)};
  }
  if (answer.drained()) return failure(503, "unavailable", "driftd is stopping");
  return failure(503, "unavailable", "the reload goes on: /api/v1/status/config says what comes of it");
}

Response answer_reload(const Call& call) {
  const auto& ask = call.routes.sources().ask_reload;
  if (!ask) return no_lifecycle();
  auto answer = ask();
  if (answer == nullptr) return failure(409, "conflict", "another reload is waiting for its turn");
  Response response = failure(503, "unavailable", "too many answers wait to be made; the reload is made all the same");
  response.later = [answer = std::move(answer)] { return await_reload(*answer); };
  return response;
}

Response answer_quit(const Call& call) {
  const auto& quit = call.routes.sources().quit;
  if (!quit) return no_lifecycle();
  quit();
  return json(document([](JsonWriter& out) { out.field("stopping", true); }));
}

struct Route {
  RouteDocument document;
  Response (*answer)(const Call&);
  bool slow = false;  // may read the disk: answered later, beside the server's thread
};

constexpr std::array kRoutes{
    Route{{"/metrics", "Metrics in the text format of Prometheus, or OpenMetrics.", ""}, answer_metrics},
    Route{{"/-/healthy", "200 while every thread moves.", ""}, answer_healthy},
    Route{{"/healthz", "The same as /-/healthy.", ""}, answer_healthy},
    Route{{"/-/ready", "200 while windows are judged; 503 with a reason a line.", ""}, answer_ready},
    Route{{"/readyz", "The same as /-/ready.", ""}, answer_ready},
    Route{{"/-/reload", "Reads the configuration again and takes it, if nothing is wrong with it. 403 unless http.enable_lifecycle.", "",
           true},
          answer_reload},
    Route{{"/-/quit", "Ends driftd as SIGTERM does. 403 unless http.enable_lifecycle.", "", true}, answer_quit},
    Route{{"/openapi.json", "This document.", ""}, answer_openapi},
    Route{{"/schema/config.json", "JSON Schema of the configuration file.", ""}, answer_config_schema},
    Route{{"/schema/event.json", "JSON Schema of alert events.", ""}, answer_event_schema},
    Route{{"/runbooks/{alert}", "What to do about an alert of the shipped rules, as Markdown.", ""}, answer_runbook},
    Route{{"/api/v1/status/buildinfo", "Version and revision of the binary.", ""}, answer_buildinfo},
    Route{{"/api/v1/status/config", "The configuration in force, secrets masked.", ""}, answer_config},
    Route{{"/api/v1/status/runtime", "What the process uses, and how snapshots, history and sinks stand.", ""}, answer_runtime},
    Route{{"/api/v1/status/streams", "Streams with their partitions: place, lag, what was put aside.", ""}, answer_streams},
    Route{{"/api/v1/monitors", "All monitors.", "limit next"}, answer_monitors},
    Route{{"/api/v1/monitors/{monitor}", "One monitor, with its last windows.", ""}, answer_monitor},
    Route{{"/api/v1/monitors/{monitor}/features", "Its features as the last window had them.", "segment sort limit next"}, answer_features},
    Route{{"/api/v1/monitors/{monitor}/features/{feature}/distribution",
           "Reference and window on the same cells, and what each cell adds to PSI.", "segment at"},
          answer_distribution,
          true},
    Route{{"/api/v1/monitors/{monitor}/history", "Closed windows of a feature, or of the monitor as a whole, oldest first.",
           "feature segment from to step"},
          answer_history,
          true},
    Route{{"/api/v1/alerts", "Open alerts and the last resolved ones.", "state monitor limit next"}, answer_alerts},
    Route{{"/api/v1/alerts/{id}", "One alert: its last event and its timeline.", ""}, answer_alert, true},
    Route{{"/api/v1/events", "Closed windows and alert transitions as they happen, as server-sent events.", "after"}, answer_events},
    Route{{"/", "The page: all monitors.", ""}, answer_overview},
    Route{{"/ui/monitors/{monitor}", "The page of a monitor.", "segment list live"}, answer_monitor_page},
    Route{{"/ui/monitors/{monitor}/features/{feature}", "The page of a feature, in the last window or another one.",
           "segment at scale list live"},
          answer_feature_page,
          true},
    Route{{"/ui/monitors/{monitor}/reference", "What a monitor compares with.", "segment list live"}, answer_reference_page},
    Route{{"/ui/alerts", "All alerts on one time axis.", "live"}, answer_alerts_page},
    Route{{"/ui/alerts/{id}", "Why an alert fired.", "live"}, answer_alert_page, true},
    Route{{"/ui/status", "Streams, state and deliveries.", "live"}, answer_daemon_page},
    Route{{"/ui/{folder}/{file}", "Style and script of the page.", ""}, answer_asset},
};

Response answer_openapi(const Call& call) {
  std::vector<RouteDocument> documents;
  for (const Route& route : kRoutes) documents.push_back(route.document);
  return json(openapi_json(documents, call.status.version));
}

Response wrong_method(const Route& route) {
  const bool changes = route.document.changes;
  Response response = text(405, changes ? "POST only\n" : "GET and HEAD only\n");
  response.allow = changes ? "POST" : "GET, HEAD";
  response.route = route.document.pattern;
  return response;
}

// What the pattern's {…} stand for in the path; nullopt: it does not fit.
std::optional<std::vector<std::string>> match(std::string_view pattern, const std::vector<std::string>& path) {
  std::vector<std::string> captured;
  const auto wanted = parse_target(pattern)->path;
  if (wanted.size() != path.size()) return std::nullopt;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      captured.push_back(path[i]);
    } else if (wanted[i] != path[i]) {
      return std::nullopt;
    }
  }
  return captured;
}

// The type of an error of the API, of a refusal that no route made.
std::string_view error_type(int status) {
  switch (status) {
    case 401: return "unauthorized";
    case 403: return "forbidden";
    case 408: return "timeout";
    case 413:
    case 414:
    case 431: return "too_large";
    case 503: return "unavailable";
    default: return "bad_data";
  }
}

bool is_api(const Request& request) { return !request.path.empty() && request.path[0] == "api"; }

DaemonStatus starting() {
  DaemonStatus status;
  status.not_ready = {"starting"};
  return status;
}

}  // namespace

Response Routes::metrics(const DaemonStatus& status, std::string_view accept) {
  constexpr std::array kOffers{MediaOffer{"text/plain", "0.0.4"}, MediaOffer{"application/openmetrics-text", "1.0.0"}};
  const bool open = choose_media(accept, kOffers) == 1;
  const SampleSet samples = collect_samples(status, activity_, read_process_usage(), settings_->metrics);
  Response response{.content_type = open ? std::string(kOpenMetricsType) : kExpositionType, .vary = "Accept"};
  response.body = exposition_.render(samples, open ? MetricsFormat::kOpenMetrics : MetricsFormat::kText, sources_.wall_us());
  if (exposition_.newly_capped()) {
    log_warn("series_limit", "metrics.max_series is reached: new series are left out and counted in driftd_metric_series_dropped_total",
             {{"max_series", settings_->metrics.max_series}});
  }
  return response;
}

void Routes::take_settings() {
  if (!sources_.settings) return;
  auto now = sources_.settings();
  if (now == settings_) return;
  settings_ = std::move(now);
  exposition_.set(settings_->metrics);
}

Response Routes::handle(const Request& request) {
  take_settings();
  const auto published = sources_.status();
  const DaemonStatus none = published ? DaemonStatus{} : starting();
  for (const Route& route : kRoutes) {
    auto captured = match(route.document.pattern, request.path);
    if (!captured) continue;
    if ((request.method == "POST") != route.document.changes) return wrong_method(route);
    const std::int64_t now_us = sources_.wall_us();
    Response response;
    if (route.slow) {
      response = failure(503, "unavailable", "too many answers wait to be made: try again");
      response.later = [this, &route, request, published, now_us, captured = std::move(*captured)] {
        const auto asked = std::chrono::steady_clock::now();
        const DaemonStatus nothing = published ? DaemonStatus{} : starting();
        Response made = route.answer({*this, request, published ? *published : nothing, now_us, captured});
        made.took = std::chrono::steady_clock::now() - asked;
        return made;
      };
    } else {
      const auto began = std::chrono::steady_clock::now();
      response = route.answer({*this, request, published ? *published : none, now_us, std::move(*captured)});
      activity_.durations[std::string(route.document.pattern)].add(std::chrono::steady_clock::now() - began);
    }
    response.route = route.document.pattern;
    return response;
  }
  return is_api(request) ? api_not_found("no such path") : text(404, "not found\n");
}

// Methods come from outside: all but ours are one label value.
void Routes::count(std::string_view method, const Response& response) {
  const bool known = method == "GET" || method == "HEAD" || method == "POST";
  ++activity_.answers[{response.route, std::string(known ? method : "other"), response.status}];
  if (response.took.count() > 0) activity_.durations[response.route].add(response.took);
}

HttpHandler Routes::handler() {
  return {[this](const Request& request) { return handle(request); },
          [this](std::string_view method, const Response& response) { count(method, response); },
          {"/-/healthy", "/healthz", "/-/ready", "/readyz"},
          [](int status, std::string_view why) { return error_json(error_type(status), why); }};
}

std::vector<std::string_view> route_patterns() {
  std::vector<std::string_view> out;
  for (const Route& route : kRoutes) out.push_back(route.document.pattern);
  return out;
}

}  // namespace driftd
