#include "daemon/page/daemon.h"

#include "daemon/page/words.h"

namespace driftd {
namespace {

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

std::string names_text(const char* what, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? std::string(", ") + what + " " : ", ") + name;
  return text;
}

const char* asked_by_text(const ReloadStatus& reload) {
  if (reload.asked_by == "file") return "the file had changed";
  return reload.asked_by == "http" ? "by POST" : "by SIGHUP";
}

Markup reload_fact(const PageView& view) {
  const ReloadStatus* reload = view.status.reload.get();
  if (reload == nullptr) return {};
  const std::string ago = duration_text(view.now_us - reload->wall_us) + " ago, " + asked_by_text(*reload);
  if (!reload->problems.empty()) {
    return html("<dt>Last reload</dt><dd>refused {}: {}, listed below; the configuration before it is in force</dd>",
                {ago, plural(reload->problems.size(), "problem")});
  }
  return html("<dt>Last reload</dt><dd>{}: {} kept{}{}{}</dd>",
              {ago, plural(reload->kept.size(), "monitor"), names_text("reset", reload->reset), names_text("added", reload->added),
               names_text("removed", reload->removed)});
}

Markup reload_problems(const DaemonStatus& status) {
  if (status.reload == nullptr || status.reload->problems.empty()) return {};
  Markup out = html("<section><h2>Why the last reload was refused</h2><ul>");
  for (const ReloadProblem& problem : status.reload->problems) out += html("<li><code>{}</code></li>", {problem_text(problem)});
  return out += html("</ul></section>");
}

Markup daemon_facts(const PageView& view) {
  const DaemonStatus& status = view.status;
  Markup out = html("<dl class=\"facts\"><dt>Snapshot</dt><dd>{}</dd>",
                    {status.snapshot_last_success_wall_us == kNoTime ? std::string("none yet")
                                                                     : duration_text(view.now_us - status.snapshot_last_success_wall_us) +
                                                                           " old, " + bytes_text(status.snapshot_size_bytes)});
  if (status.snapshot_failures > 0) out += html("<dt>Failed snapshots</dt><dd>{}</dd>", {count_text(status.snapshot_failures)});
  if (status.history.enabled) {
    const HistoryStatus& history = status.history;
    out += html("<dt>History</dt><dd>{}{}, {} written since the start{}</dd>",
                {bytes_text(history.size_bytes), history.failing ? ", cannot be written" : "", plural(history.windows, "window"),
                 history.dropped == 0 ? std::string() : ", " + count_text(history.dropped) + " dropped"});
  }
  out += reload_fact(view);
  for (const SinkStatus& sink : status.sinks) {
    out += html("<dt>Sink {}</dt><dd>{} delivered, {} waiting</dd>", {sink.name, count_text(sink.delivered), count_text(sink.waiting)});
  }
  for (const auto& [code, count] : status.kafka_errors) out += html("<dt>Kafka error {}</dt><dd>{}</dd>", {code, plural(count, "time")});
  return out += html("</dl>");
}

}  // namespace

Markup not_ready_notice(const DaemonStatus& status) {
  if (status.not_ready.empty() && status.stalled.empty()) return {};
  Markup out = html(R"(<section class="notice" aria-label="Not ready"><ul>)");
  for (const std::string& reason : status.stalled) out += html("<li>{}</li>", {reason});
  for (const std::string& reason : status.not_ready) out += html("<li>{}</li>", {reason});
  return out += html("</ul></section>");
}

std::string daemon_page(const PageView& view) {
  const DaemonStatus& status = view.status;
  Markup out = html("<h1>{}</h1>", {status.ready && status.stalled.empty() ? "driftd is ready" : "driftd is not ready"});
  out += not_ready_notice(status);
  out += reload_problems(status);
  out += html("<section><h2>Streams</h2>{}</section>", {partitions(status)});
  out += html("<section><h2>State and deliveries</h2>{}</section>", {daemon_facts(view)});
  return whole_page(view, "Status - driftd", out);
}

}  // namespace driftd
