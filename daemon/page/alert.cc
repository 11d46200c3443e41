#include "daemon/page/alert.h"

#include "daemon/page/alert_list.h"
#include "daemon/page/words.h"

namespace driftd {

std::string alert_page(const PageView& view, const MonitorStatus& monitor, const AlertStatus& alert) {
  const std::string subject = alert_subject(monitor, alert);
  Markup out = html(
      R"(<nav class="trail" aria-label="Where you are"><a href="/">Monitors</a> <a class="name" href="{}">{}</a></nav><h1 class="name">{} {}</h1><p class="lead">{}</p>)",
      {monitor_path(monitor.name), monitor.name, subject, alert_badge(alert), alert.summary});
  out += html(R"(<dl class="facts"><dt>Since</dt><dd>{}</dd><dt>Opened</dt><dd>{}</dd>)",
              {moment_text(alert.since_us), moment_text(alert.opened_us)});
  if (alert.resolved_us != kNoTime) out += html("<dt>Resolved</dt><dd>{}</dd>", {moment_text(alert.resolved_us)});
  out += html("<dt>Kind</dt><dd>{}</dd><dt>Severity</dt><dd>{}</dd><dt>Id</dt><dd><code>{}</code></dd></dl>",
              {alert.kind, alert.severity, alert.alert_id});
  if (!alert.feature.empty()) {
    out += html(R"(<p><a class="name" href="{}">See the shares of {}</a></p>)",
                {feature_path(monitor.name, alert.feature, alert.segment), alert.feature});
  }
  if (!alert.event_json.empty()) {
    out += html(R"(<details id="event"><summary>The last event, as it was sent</summary><pre class="wide" tabindex="0">{}</pre></details>)",
                {alert.event_json});
  }
  return whole_page(view, subject + " - driftd", out);
}

}  // namespace driftd
