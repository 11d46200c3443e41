#include "daemon/page/layout.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>

#include "daemon/http/target.h"
#include "daemon/page/assets.h"
#include "daemon/page/words.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

// Shapes that tell states apart without colour.
constexpr std::string_view kSymbols =
    R"(<svg class="symbols" aria-hidden="true"><symbol id="i-critical" viewBox="0 0 16 16"><path d="M8 1l7.5 14H.5z"/><path class="cut" d="M7.1 6h1.8v5H7.1zm0 6h1.8v1.7H7.1z"/></symbol>)"
    R"(<symbol id="i-firing" viewBox="0 0 16 16"><path d="M8 2.6l6.2 11.6H1.8z" class="line"/><path d="M7.3 6.5h1.4v4H7.3zm0 4.8h1.4v1.4H7.3z"/></symbol>)"
    R"(<symbol id="i-pending" viewBox="0 0 16 16"><path d="M8 .5L15.5 8 8 15.5.5 8z"/></symbol>)"
    R"(<symbol id="i-over" viewBox="0 0 16 16"><path d="M1 13h14M3 9l5-6 5 6" class="line"/></symbol>)"
    R"(<symbol id="i-collecting" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" class="line"/><path d="M8 2a6 6 0 010 12z"/></symbol>)"
    R"(<symbol id="i-waiting" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" class="line"/></symbol>)"
    R"(<symbol id="i-calm" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7"/><path class="tick" d="M4.7 8.2l2.3 2.3 4.3-4.8"/></symbol>)"
    R"svg(<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 3h6"/></pattern>)svg"
    R"(<symbol id="m-over" overflow="visible"><rect class="over" x="-4" y="-4" width="8" height="8"/></symbol></svg>)";

// A tile for the browser's tab; the characters that a URL may not have are escaped.
constexpr std::string_view kIcon =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' "
    "fill='%230072b2'/%3E%3Cpath d='M2 11l4-1 3-5 5-1' fill='none' stroke='white' stroke-width='2'/%3E%3C/svg%3E";

Markup live_switch(PageView view) {
  view.live = !view.live;
  return html(R"(<a href="{}" id="live">{} updates</a>)", {own_address(view), view.live ? "Resume" : "Pause"});
}

Markup readiness(const DaemonStatus& status) {
  if (status.ready && status.stalled.empty()) return mood_badge(Mood::kCalm, "Ready");
  return mood_badge(status.stalled.empty() ? Mood::kWaiting : Mood::kCritical, status.stalled.empty() ? "Not ready" : "Stalled");
}

Markup head(const PageView& view, std::string_view title) {
  Markup out = html(
      R"(<!doctype html><html lang="en" data-live="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{}</title><link rel="icon" href="{}"><link rel="stylesheet" href="{}"><script src="{}"></script><script type="module" src="{}"></script>)",
      {view.live ? "on" : "off", title, Markup{std::string(kIcon)}, asset_path("style.css"), asset_path("theme.js"),
       asset_path("page.js")});
  for (const Asset& asset : kPageAssets) {
    if (!asset.name.ends_with(".js") || asset.name == "theme.js" || asset.name == "page.js") continue;
    out += html(R"(<link rel="modulepreload" href="{}">)", {asset_path(asset.name)});
  }
  if (view.live) out += html(R"(<noscript><meta http-equiv="refresh" content="10"></noscript>)");
  return out += html("</head>");
}

Markup navigation(const PageView& view) {
  constexpr std::array<std::pair<const char*, const char*>, 3> kPlaces{
      {{"/", "Monitors"}, {kAlertsPath, "Alerts"}, {kStatusPath, "Status"}}};
  Markup out = html(R"(<nav class="places" aria-label="Pages">)");
  for (const auto& [path, name] : kPlaces) {
    out += html(R"(<a href="{}"{}>{}</a>)", {path, view.path == path ? html(R"( aria-current="page")") : Markup{}, name});
  }
  return out += html("</nav>");
}

// What keys.js does, in words; it opens this with `?`.
Markup key_help() {
  constexpr std::array<std::pair<const char*, const char*>, 12> kKeys{{{"?", "this list"},
                                                                       {"/", "filter the list"},
                                                                       {"j", "next item"},
                                                                       {"k", "item before"},
                                                                       {"Enter", "open it"},
                                                                       {"Esc", "back, or close this"},
                                                                       {"[", "window before"},
                                                                       {"]", "next window"},
                                                                       {"g m", "monitors"},
                                                                       {"g a", "alerts"},
                                                                       {"t", "light, dark or as the system has it"},
                                                                       {"c", "copy the link to this view"}}};
  Markup out = html(R"(<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">Keys</h2><dl>)");
  for (const auto& [key, what] : kKeys) out += html("<dt><kbd>{}</kbd></dt><dd>{}</dd>", {key, what});
  return out += html(
             R"(</dl><p><label><input type="checkbox" id="keys-on" checked/> single keys are on</label></p><p><button type="button" id="keys-close">Close</button></p></dialog>)");
}

}  // namespace

std::string own_address(const PageView& view) {
  std::string query;
  const auto add = [&](std::string_view key, std::string_view value) {
    query += (query.empty() ? "?" : "&") + std::string(key) + "=" + percent_encode(value);
  };
  if (!view.segment.empty() && view.segment != "all") add("segment", view.segment);
  if (view.at_us != kNoTime) add("at", format_event_time(view.at_us));
  if (view.log_shares) add("scale", "log");
  if (view.every) add("list", "all");
  if (!view.live) add("live", "off");
  return view.path + query;
}

std::string whole_page(const PageView& view, std::string_view title, const Markup& content) {
  Markup out = head(view, title);
  out += html(R"(<body><a class="skip" href="#content">Skip to content</a>)");
  out += Markup{std::string(kSymbols)};
  out += html(
      R"(<header><a class="brand" href="/">driftd</a>{}<span class="push"></span>{}<button type="button" id="theme" hidden>Theme</button><button type="button" id="help" hidden>Keys <kbd>?</kbd></button></header><main id="content">)",
      {navigation(view), readiness(view.status)});
  out += content;
  out += html(R"(</main><footer><p>As of <time>{}</time>. {}. <span id="lost" hidden>The connection is lost.</span></p>)",
              {instant_text(view.now_us), live_switch(view)});
  out += html(
      R"(<p>driftd {} ({}), configuration {} · <a href="/metrics">metrics</a> · <a href="/api/v1/monitors">API</a></p></footer>{}<p id="said" role="status"></p></body></html>)",
      {view.status.version, view.status.revision, view.status.config_hash, key_help()});
  return std::move(out.text);
}

std::string monitor_path(std::string_view monitor, std::string_view segment) {
  const std::string path = "/ui/monitors/" + percent_encode(monitor);
  return segment == "all" ? path : path + "?segment=" + percent_encode(segment);
}

std::string feature_path(std::string_view monitor, std::string_view feature, std::string_view segment) {
  const std::string path = "/ui/monitors/" + percent_encode(monitor) + "/features/" + percent_encode(feature);
  return segment == "all" ? path : path + "?segment=" + percent_encode(segment);
}

std::string alert_path(std::string_view alert_id) { return "/ui/alerts/" + percent_encode(alert_id); }

std::string reference_path(std::string_view monitor) { return "/ui/monitors/" + percent_encode(monitor) + "/reference"; }

const std::string& assets_folder() {
  static const std::string folder = [] {
    std::string all;
    for (const Asset& asset : kPageAssets) all.append(asset.body).push_back('\0');
    return fmt::format("page-{:016x}", XXH3_64bits(all.data(), all.size()));
  }();
  return folder;
}

std::string asset_path(std::string_view name) { return fmt::format("/ui/{}/{}", assets_folder(), name); }

}  // namespace driftd
