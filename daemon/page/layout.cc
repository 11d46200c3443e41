#include "daemon/page/layout.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "daemon/http/target.h"
#include "daemon/page/assets.h"
#include "daemon/page/words.h"

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
    R"(<symbol id="m-over" overflow="visible"><rect class="over" x="-4" y="-4" width="8" height="8"/></symbol></svg>)";

std::string hashed_path(std::string_view name, std::string_view extension, std::string_view body) {
  return fmt::format("/ui/{}-{:016x}.{}", name, XXH3_64bits(body.data(), body.size()), extension);
}

// An address of this page with the wish `live` set or not.
std::string own_address(const PageView& view, bool live) {
  std::string query;
  if (!view.segment.empty()) query += "segment=" + percent_encode(view.segment);
  if (!live) query += query.empty() ? "live=off" : "&live=off";
  return query.empty() ? view.path : view.path + "?" + query;
}

Markup live_switch(const PageView& view) {
  if (view.live) return html(R"(<a href="{}" id="live">Pause updates</a>)", {own_address(view, false)});
  return html(R"(<a href="{}" id="live">Resume updates</a>)", {own_address(view, true)});
}

Markup readiness(const DaemonStatus& status) {
  if (status.ready && status.stalled.empty()) return mood_badge(Mood::kCalm, "Ready");
  return mood_badge(status.stalled.empty() ? Mood::kWaiting : Mood::kCritical, status.stalled.empty() ? "Not ready" : "Stalled");
}

Markup head(const PageView& view, std::string_view title) {
  Markup out = html(
      R"(<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{}</title><link rel="stylesheet" href="{}">)",
      {title, page_style().path});
  if (view.live) {
    out += html(R"(<script type="module" src="{}"></script><noscript><meta http-equiv="refresh" content="10"></noscript>)",
                {page_script().path});
  }
  return out += html("</head>");
}

}  // namespace

std::string whole_page(const PageView& view, std::string_view title, const Markup& content) {
  Markup out = head(view, title);
  out += html(R"(<body><a class="skip" href="#content">Skip to content</a>)");
  out += Markup{std::string(kSymbols)};
  out += html(R"(<header><a class="brand" href="/">driftd</a><span class="push"></span>{}</header><main id="content">)",
              {readiness(view.status)});
  out += content;
  out += html(R"(</main><footer><p>As of <time>{}</time>. {}. <span id="lost" hidden>The connection is lost.</span></p>)",
              {instant_text(view.now_us), live_switch(view)});
  out += html(
      R"(<p>driftd {} ({}), configuration {} · <a href="/metrics">metrics</a> · <a href="/api/v1/monitors">API</a></p></footer></body></html>)",
      {view.status.version, view.status.revision, view.status.config_hash});
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

const Asset& page_style() {
  static const std::string path = hashed_path("style", "css", kPageStyle);
  static const Asset asset{"text/css; charset=utf-8", kPageStyle, path};
  return asset;
}

const Asset& page_script() {
  static const std::string path = hashed_path("page", "js", kPageScript);
  static const Asset asset{"text/javascript; charset=utf-8", kPageScript, path};
  return asset;
}

}  // namespace driftd
