#include "daemon/page/alert_list.h"

#include <algorithm>
#include <tuple>

#include "daemon/page/layout.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr std::size_t kShownSubjects = 6, kNamedSegments = 4;

std::vector<NamedAlert> select(const MonitorStatus& monitor, bool open) {
  std::vector<NamedAlert> out;
  for (const AlertStatus& alert : monitor.alerts) {
    if (is_open(alert) == open && alert.state != AlertState::kInactive) out.push_back({&monitor, &alert});
  }
  return out;
}

void sort_by_weight(std::vector<NamedAlert>& alerts) {
  std::ranges::stable_sort(alerts, {}, [](const NamedAlert& named) {
    const AlertStatus& alert = *named.alert;
    return std::tuple(alert.state != AlertState::kFiring, alert.severity != "critical", -alert.opened_us);
  });
}

Markup times(const AlertStatus& alert) {
  if (alert.state == AlertState::kResolved) {
    return html("from {} until {}", {moment_text(alert.since_us), moment_text(alert.resolved_us)});
  }
  return html("since {}", {moment_text(alert.since_us)});
}

// Where one looks first: at the shares of the feature.
std::string subject_path(const MonitorStatus& monitor, const AlertStatus& alert) {
  return alert.feature.empty() ? monitor_path(monitor.name, alert.segment) : feature_path(monitor.name, alert.feature, alert.segment);
}

// What happened to one feature, and in which segments as well.
struct Subject {
  NamedAlert first;
  std::vector<NamedAlert> others;
};

// In the order of the alerts; all rows stand for their segments.
std::vector<Subject> by_subject(std::span<const NamedAlert> alerts) {
  std::vector<Subject> out;
  for (const NamedAlert& named : alerts) {
    const auto known = std::ranges::find_if(out, [&](const Subject& subject) {
      const AlertStatus& first = *subject.first.alert;
      return subject.first.monitor == named.monitor && first.feature == named.alert->feature && first.kind == named.alert->kind;
    });
    if (known == out.end()) {
      out.push_back({named, {}});
    } else {
      known->others.push_back(named);
      if (named.alert->segment == "all") std::swap(known->first, known->others.back());
    }
  }
  return out;
}

Markup other_segments(const std::vector<NamedAlert>& others) {
  if (others.empty()) return {};
  Markup out = html(" \xc2\xb7 also in ");
  for (std::size_t i = 0; i < std::min(others.size(), kNamedSegments); ++i) {
    out += html(R"({}<a class="name" href="{}">{}</a>)",
                {i == 0 ? "" : ", ", alert_path(others[i].alert->alert_id), others[i].alert->segment});
  }
  if (others.size() > kNamedSegments) out += html(" and {} more", {plural(others.size() - kNamedSegments, "segment")});
  return out;
}

Markup subject_list(std::span<const Subject> subjects) {
  if (subjects.empty()) return {};
  Markup out = html(R"(<ul class="alerts">)");
  for (const auto& [named, others] : subjects) {
    const AlertStatus& alert = *named.alert;
    out += html(R"(<li>{}<div><p><a class="name" data-row href="{}">{}</a> <span class="kind">{}</span></p><p>{}</p>)",
                {alert_badge(alert), subject_path(*named.monitor, alert), alert_subject(*named.monitor, alert), alert.kind, alert.summary});
    out += html(R"(<p class="when">{} · <a href="{}">why did it fire?</a>{}</p></div></li>)",
                {times(alert), alert_path(alert.alert_id), other_segments(others)});
  }
  return out += html("</ul>");
}

}  // namespace

std::vector<NamedAlert> open_alerts(const MonitorStatus& monitor) {
  auto out = select(monitor, true);
  sort_by_weight(out);
  return out;
}

std::vector<NamedAlert> open_alerts(const DaemonStatus& status) {
  std::vector<NamedAlert> out;
  for (const auto& monitor : status.monitors) {
    for (const NamedAlert& alert : select(*monitor, true)) out.push_back(alert);
  }
  sort_by_weight(out);
  return out;
}

std::vector<NamedAlert> resolved_alerts(const MonitorStatus& monitor) {
  auto out = select(monitor, false);
  std::ranges::stable_sort(out, {}, [](const NamedAlert& named) { return -named.alert->resolved_us; });
  return out;
}

std::string alert_subject(const MonitorStatus& monitor, const AlertStatus& alert) {
  std::string out = alert.feature.empty() ? monitor.name : alert.feature + " in " + monitor.name;
  return alert.segment == "all" ? out : out + ", segment " + alert.segment;
}

Markup alert_badge(const AlertStatus& alert) {
  switch (alert.state) {
    case AlertState::kFiring: return alert.severity == "critical" ? mood_badge(Mood::kCritical) : mood_badge(Mood::kFiring, "Warning");
    case AlertState::kPending: return mood_badge(Mood::kPending);
    case AlertState::kResolved: return mood_badge(Mood::kCalm, "Resolved");
    case AlertState::kInactive: break;
  }
  return mood_badge(Mood::kCalm, "Inactive");
}

Markup alert_list(std::span<const NamedAlert> alerts) {
  std::vector<Subject> subjects;
  for (const NamedAlert& named : alerts) subjects.push_back({named, {}});
  return subject_list(subjects);
}

Markup first_alerts(std::span<const NamedAlert> open) {
  if (open.empty()) return {};
  const std::vector<Subject> subjects = by_subject(open);
  Markup out =
      html(R"(<section aria-label="Open alerts">{})", {subject_list(std::span(subjects).first(std::min(subjects.size(), kShownSubjects)))});
  if (subjects.size() > kShownSubjects || subjects.size() < open.size()) {
    out += html(R"(<p class="more"><a href="{}">All {} open alerts</a></p>)", {kAlertsPath, count_text(open.size())});
  }
  return out += html("</section>");
}

}  // namespace driftd
