#include "daemon/routes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "daemon/api/documents.h"
#include "daemon/http/negotiate.h"
#include "daemon/http/target.h"
#include "daemon/metrics/open_metrics.h"
#include "daemon/metrics/process.h"
#include "daemon/page/alert.h"
#include "daemon/page/feature.h"
#include "daemon/page/monitor.h"
#include "daemon/page/overview.h"
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
constexpr std::string_view kAllRows = "all";

Response text(int status, std::string body) { return {.status = status, .body = std::move(body)}; }

Response page(std::string body) { return {.content_type = "text/html; charset=utf-8", .body = std::move(body)}; }

Response json(std::string body) { return {.content_type = "application/json", .body = std::move(body)}; }

Response failure(int status, std::string_view type, std::string_view message) {
  return {.status = status, .content_type = "application/json", .body = error_json(type, message)};
}

Response api_not_found(std::string_view what) { return failure(404, "not_found", what); }

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

Response answer_distribution(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  if (monitor == nullptr) return api_not_found("no such monitor");
  const FeatureStatus* feature = find_feature(*monitor, call.captured[1], segment_of(call));
  return feature != nullptr ? json(distribution_json(*monitor, *feature)) : api_not_found("no such feature and segment in a closed window");
}

Response answer_alerts(const Call& call) {
  const auto slice = slice_of(call);
  if (!slice) return bad_slice();
  const std::string state = call.query("state");
  constexpr std::array<std::string_view, 4> kStates{"", "pending", "firing", "resolved"};
  if (std::ranges::find(kStates, state) == kStates.end()) return failure(400, "bad_data", "state must be pending, firing or resolved");
  return json(alerts_json(call.status, state, call.query("monitor"), *slice));
}

Response answer_alert(const Call& call) {
  const auto [monitor, alert] = find_alert(call.status, call.captured[0]);
  return alert != nullptr ? json(alert_json(*monitor, *alert)) : api_not_found("no such alert among the open and the last resolved ones");
}

PageView view_of(const Call& call) {
  PageView view{call.status, call.now_us, "", "", call.query("live") != "off"};
  for (const std::string& segment : call.request.path) view.path += "/" + percent_encode(segment);
  if (view.path.empty()) view.path = "/";
  return view;
}

Response answer_overview(const Call& call) { return page(overview_page(view_of(call))); }

Response answer_monitor_page(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  if (monitor == nullptr) return text(404, "no such monitor\n");
  PageView view = view_of(call);
  view.segment = segment_of(call);
  return page(monitor_page(view, *monitor));
}

Response answer_feature_page(const Call& call) {
  const MonitorStatus* monitor = find_monitor(call.status, call.captured[0]);
  if (monitor == nullptr) return text(404, "no such monitor\n");
  PageView view = view_of(call);
  view.segment = segment_of(call);
  const FeatureStatus* feature = find_feature(*monitor, call.captured[1], view.segment);
  return feature != nullptr ? page(feature_page(view, *monitor, *feature)) : text(404, "no such feature and segment in a closed window\n");
}

Response answer_alert_page(const Call& call) {
  const auto [monitor, alert] = find_alert(call.status, call.captured[0]);
  return alert != nullptr ? page(alert_page(view_of(call), *monitor, *alert))
                          : text(404, "no such alert among the open and the last resolved ones\n");
}

// The name of a file carries its hash, so a browser may keep it for good.
Response answer_asset(const Call& call) {
  for (const Asset* asset : {&page_style(), &page_script()}) {
    if (asset->path.substr(4) != call.captured[0]) continue;
    return {.content_type = std::string(asset->content_type),
            .body = std::string(asset->body),
            .cache_control = "public, max-age=31536000, immutable"};
  }
  return text(404, "not found\n");
}

struct Route {
  std::string_view pattern;
  Response (*answer)(const Call&);
};

constexpr std::array kRoutes{
    Route{"/metrics", answer_metrics},
    Route{"/-/healthy", answer_healthy},
    Route{"/healthz", answer_healthy},
    Route{"/-/ready", answer_ready},
    Route{"/readyz", answer_ready},
    Route{"/api/v1/status/buildinfo", answer_buildinfo},
    Route{"/api/v1/status/streams", answer_streams},
    Route{"/api/v1/monitors", answer_monitors},
    Route{"/api/v1/monitors/{monitor}", answer_monitor},
    Route{"/api/v1/monitors/{monitor}/features", answer_features},
    Route{"/api/v1/monitors/{monitor}/features/{feature}/distribution", answer_distribution},
    Route{"/api/v1/alerts", answer_alerts},
    Route{"/api/v1/alerts/{id}", answer_alert},
    Route{"/", answer_overview},
    Route{"/ui/monitors/{monitor}", answer_monitor_page},
    Route{"/ui/monitors/{monitor}/features/{feature}", answer_feature_page},
    Route{"/ui/alerts/{id}", answer_alert_page},
    Route{"/ui/{file}", answer_asset},
};

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
  const SampleSet samples = collect_samples(status, activity_, read_process_usage(), metrics_);
  Response response{.content_type = open ? std::string(kOpenMetricsType) : kExpositionType, .vary = "Accept"};
  response.body = exposition_.render(samples, open ? MetricsFormat::kOpenMetrics : MetricsFormat::kText, sources_.wall_us());
  if (exposition_.newly_capped()) {
    log_warn("series_limit", "metrics.max_series is reached: new series are left out and counted in driftd_metric_series_dropped_total",
             {{"max_series", metrics_.max_series}});
  }
  return response;
}

Response Routes::handle(const Request& request) {
  const auto published = sources_.status();
  const DaemonStatus none = published ? DaemonStatus{} : starting();
  for (const Route& route : kRoutes) {
    auto captured = match(route.pattern, request.path);
    if (!captured) continue;
    const auto began = std::chrono::steady_clock::now();
    Response response = route.answer({*this, request, published ? *published : none, sources_.wall_us(), std::move(*captured)});
    response.route = route.pattern;
    activity_.durations[response.route].add(std::chrono::steady_clock::now() - began);
    return response;
  }
  return is_api(request) ? api_not_found("no such path") : text(404, "not found\n");
}

// Methods come from outside: all but ours are one label value.
void Routes::count(std::string_view method, const Response& response) {
  const bool known = method == "GET" || method == "HEAD";
  ++activity_.answers[{response.route, std::string(known ? method : "other"), response.status}];
}

HttpHandler Routes::handler() {
  return {[this](const Request& request) { return handle(request); },
          [this](std::string_view method, const Response& response) { count(method, response); }};
}

std::vector<std::string_view> route_patterns() {
  std::vector<std::string_view> out;
  for (const Route& route : kRoutes) out.push_back(route.pattern);
  return out;
}

}  // namespace driftd
