#include "daemon/page/layout.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/daemon/page/pages.h"
#include "tests/daemon/page/well_formed.h"

using namespace driftd;
using test::has;

TEST_CASE("every page is well formed, also over hostile names, and asks for nothing inline") {
  for (const DaemonStatus& status : {test::make_status(), test::hostile_page_status()}) {
    for (const std::string& page : test::every_page(status)) {
      CHECK(test::well_formed(page) == "");
      CHECK_FALSE(has(page, "<script>"));
      const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; };
      CHECK(std::ranges::none_of(page, control));
    }
  }
}

TEST_CASE("the first load is small") {
  const DaemonStatus status = test::make_status();
  const std::size_t assets = page_style().body.size() + page_script().body.size();
  for (const std::string& page : test::every_page(status)) CHECK(page.size() + assets <= 60'000);
}

TEST_CASE("a page refreshes itself, with and without script, until it is paused") {
  const DaemonStatus status = test::make_status();
  PageView view = test::view_of(status, "a b");
  const std::string live = whole_page(view, "t", html("x"));
  CHECK(has(live, "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"));
  CHECK(has(live, "<script type=\"module\" src=\"/ui/page-"));
  CHECK(has(live, "href=\"/ui/here?segment=a%20b&amp;live=off\""));
  view.live = false;
  const std::string paused = whole_page(view, "t", html("x"));
  CHECK_FALSE(has(paused, "http-equiv"));
  CHECK_FALSE(has(paused, "<script"));
  CHECK(has(paused, "href=\"/ui/here?segment=a%20b\""));
}

TEST_CASE("the frame says whether the daemon is ready") {
  DaemonStatus status = test::make_status();
  CHECK(has(whole_page(test::view_of(status), "t", {}), "</svg>Ready</span>"));
  status.ready = false;
  CHECK(has(whole_page(test::view_of(status), "t", {}), "</svg>Not ready</span>"));
  status.stalled = {"shard 0"};
  CHECK(has(whole_page(test::view_of(status), "t", {}), "</svg>Stalled</span>"));
}

TEST_CASE("names are escaped in paths") {
  CHECK(monitor_path("fraud") == "/ui/monitors/fraud");
  CHECK(monitor_path("a/b", "k=v") == "/ui/monitors/a%2Fb?segment=k%3Dv");
  CHECK(feature_path("m", "x y") == "/ui/monitors/m/features/x%20y");
  CHECK(feature_path("m", "x", "k=v") == "/ui/monitors/m/features/x?segment=k%3Dv");
  CHECK(alert_path("ab?") == "/ui/alerts/ab%3F");
}

TEST_CASE("the style and the script are what is in the source tree") {
  CHECK(has(std::string(page_style().body), "prefers-color-scheme: dark"));
  CHECK(page_style().path.starts_with("/ui/style-"));
  CHECK(page_style().path.ends_with(".css"));
  CHECK(has(std::string(page_script().body), "setInterval(refresh, period)"));
  CHECK(page_script().path.ends_with(".js"));
}
