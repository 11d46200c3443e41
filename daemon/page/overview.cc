#include "daemon/page/overview.h"

#include <algorithm>
#include <cmath>

#include "daemon/page/alert_list.h"
#include "daemon/page/charts.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

using Monitors = std::vector<const MonitorStatus*>;

// Worst state first, then the worst ratio.
Monitors by_worst(const DaemonStatus& status) {
  Monitors out;
  for (const auto& monitor : status.monitors) out.push_back(monitor.get());
  std::ranges::stable_sort(out, {}, [](const MonitorStatus* monitor) {
    const double worst = worst_ratio(*monitor);
    return std::pair(monitor_mood(*monitor), std::isnan(worst) ? 0 : -worst);
  });
  return out;
}

std::string headline_of(std::uint64_t count, const char* state) { return plural(count, "alert") + (count == 1 ? " is " : " are ") + state; }

// "2 alerts are firing, 1 is pending"
std::string headline(const DaemonStatus& status) {
  std::uint64_t firing = 0, pending = 0;
  for (const auto& named : open_alerts(status)) ++(named.alert->state == AlertState::kFiring ? firing : pending);
  if (firing > 0 && pending > 0)
    return headline_of(firing, "firing") + ", " + count_text(pending) + (pending == 1 ? " is" : " are") + " pending";
  if (status.monitors.empty()) return "No monitor is set up yet";
  if (firing > 0) return headline_of(firing, "firing");
  if (pending > 0) return headline_of(pending, "pending");
  const auto calm = [](const auto& monitor) { return monitor_mood(*monitor) == Mood::kCalm; };
  if (std::ranges::all_of(status.monitors, calm)) return "All is calm";
  return "No alert; some monitors are still collecting rows";
}

const FeatureStatus* worst_feature(const MonitorStatus& monitor) {
  const FeatureStatus* worst = nullptr;
  for (const FeatureStatus& feature : monitor.features) {
    if (std::isnan(feature.ratio)) continue;
    if (worst == nullptr || feature.ratio > worst->ratio) worst = &feature;
  }
  return worst;
}

std::string rows_of_window(const MonitorStatus& monitor) {
  const auto all = monitor.window_samples.find("all");
  return plural(all == monitor.window_samples.end() ? 0 : all->second, "row");
}

Markup verdict_line(const MonitorStatus& monitor) {
  const FeatureStatus* worst = worst_feature(monitor);
  if (worst != nullptr) {
    const std::string where = worst->segment == "all" ? worst->name : worst->name + ", " + worst->segment;
    return html(R"({}<p>Worst: <b class="name">{}</b> at <b>{}</b> of its alarm line</p>)",
                {sparkline(worst->ratio_history), where, number_text(worst->ratio) + "\xc3\x97"});
  }
  if (monitor.window_end_us == kNoTime) return html("<p>Waiting for the first window to close</p>");
  if (!monitor.features.empty()) {
    std::string text = no_verdict_text(monitor.features.front(), monitor);
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return html("<p>{}</p>", {text});
  }
  return html("<p>No feature to judge</p>");
}

std::string mood_text(const MonitorStatus& monitor) {
  const auto open = open_alerts(monitor);
  const auto firing = static_cast<std::uint64_t>(
      std::ranges::count_if(open, [](const NamedAlert& named) { return named.alert->state == AlertState::kFiring; }));
  return firing > 0 ? plural(firing, "alert") : mood_word(monitor_mood(monitor));
}

std::int64_t lag_of(const DaemonStatus& status, const std::string& stream) {
  std::int64_t lag = -1;
  for (const PartitionStatus& partition : status.partitions) {
    const std::int64_t behind = partition.stream == stream ? partition_lag(partition) : -1;
    if (behind >= 0) lag = std::max<std::int64_t>(lag, 0) + behind;
  }
  return lag;
}

Markup monitor_card(const DaemonStatus& status, const MonitorStatus& monitor) {
  const std::int64_t lag = lag_of(status, monitor.stream);
  Markup out =
      html(R"(<li class="card"><h3><a class="name" href="{}">{}</a>{}</h3>{}<dl>)",
           {monitor_path(monitor.name), monitor.name, mood_badge(monitor_mood(monitor), mood_text(monitor)), verdict_line(monitor)});
  if (monitor.window_end_us != kNoTime) {
    out += html("<dt>Last window</dt><dd>{}<br>{}</dd>",
                {range_text(monitor.window_start_us, monitor.window_end_us), rows_of_window(monitor)});
  }
  out += html("<dt>Lag</dt><dd>{}</dd>", {lag < 0 ? "unknown" : plural(static_cast<std::uint64_t>(lag), "record")});
  return out += html(R"(<dt>Reference</dt><dd><code>{}</code><br>{}</dd></dl></li>)",
                     {monitor.reference_id, plural(monitor.reference_rows, "row")});
}

std::string reading_state(const PartitionStatus& partition) {
  if (partition.paused) return "paused";
  return partition.idle ? "idle" : "reading";
}

std::uint64_t bad_records(const PartitionStatus& partition) {
  std::uint64_t bad = 0;
  for (std::size_t reason = 0; reason < kRejects; ++reason) {
    if (static_cast<Reject>(reason) != Reject::kTombstone) bad += partition.rejected[reason];
  }
  return bad;
}

Markup partition_row(const PartitionStatus& partition) {
  const std::int64_t lag = partition_lag(partition);
  return html(
      R"(<tr><th scope="row" class="name">{} / {}</th><td>{}</td><td class="number">{}</td><td class="number">{}</td><td>{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td></tr>)",
      {partition.id.topic, partition.id.partition, reading_state(partition),
       lag < 0 ? "unknown" : count_text(static_cast<std::uint64_t>(lag)), count_text(partition.records),
       instant_text(partition.watermark_us), count_text(bad_records(partition)), count_text(partition.late), count_text(partition.lost)});
}

Markup partitions(const DaemonStatus& status) {
  if (status.partitions.empty()) return html("<p>No partition is assigned yet.</p>");
  Markup out = html(
      R"(<div class="wide" tabindex="0" role="region" aria-label="Partitions"><table><thead><tr><th scope="col">Topic / partition</th><th scope="col">State</th><th scope="col" class="number">Lag</th><th scope="col" class="number">Records</th><th scope="col">Watermark</th><th scope="col" class="number">Bad</th><th scope="col" class="number">Late</th><th scope="col" class="number">Lost</th></tr></thead><tbody>)");
  for (const PartitionStatus& partition : status.partitions) out += partition_row(partition);
  return out += html("</tbody></table></div>");
}

Markup daemon_facts(const PageView& view) {
  const DaemonStatus& status = view.status;
  Markup out = html("<dl class=\"facts\"><dt>Snapshot</dt><dd>{}</dd>",
                    {status.snapshot_last_success_wall_us == kNoTime ? std::string("none yet")
                                                                     : duration_text(view.now_us - status.snapshot_last_success_wall_us) +
                                                                           " old, " + bytes_text(status.snapshot_size_bytes)});
  if (status.snapshot_failures > 0) out += html("<dt>Failed snapshots</dt><dd>{}</dd>", {count_text(status.snapshot_failures)});
  for (const SinkStatus& sink : status.sinks) {
    out += html("<dt>Sink {}</dt><dd>{} delivered, {} waiting</dd>", {sink.name, count_text(sink.delivered), count_text(sink.waiting)});
  }
  for (const auto& [code, count] : status.kafka_errors) out += html("<dt>Kafka error {}</dt><dd>{}</dd>", {code, plural(count, "time")});
  return out += html("</dl>");
}

Markup reasons(const DaemonStatus& status) {
  if (status.not_ready.empty() && status.stalled.empty()) return {};
  Markup out = html(R"(<section class="notice" aria-label="Not ready"><ul>)");
  for (const std::string& reason : status.stalled) out += html("<li>{}</li>", {reason});
  for (const std::string& reason : status.not_ready) out += html("<li>{}</li>", {reason});
  return out += html("</ul></section>");
}

}  // namespace

std::string overview_page(const PageView& view) {
  const DaemonStatus& status = view.status;
  const std::string line = headline(status);
  Markup out = html("<h1>{}</h1>", {line});
  out += reasons(status);
  const auto open = open_alerts(status);
  if (!open.empty()) out += html(R"(<section aria-label="Open alerts">{}</section>)", {alert_list(open)});
  out += html(R"(<section><h2>Monitors</h2><ul class="cards">)");
  for (const MonitorStatus* monitor : by_worst(status)) out += monitor_card(status, *monitor);
  out += html("</ul></section><section><h2>Partitions</h2>{}</section>", {partitions(status)});
  out += html("<section><h2>Daemon</h2>{}</section>", {daemon_facts(view)});
  return whole_page(view, line + " - driftd", out);
}

}  // namespace driftd
