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
  std::size_t assets = 0;
  for (const Asset& asset : kPageAssets) assets += asset.body.size();
  for (const std::string& page : test::every_page(status))
    CHECK(page.size() + assets <= 150'000);  // gzip makes a fifth of it; tests/page measures that
}

TEST_CASE("a page refreshes itself, with and without script, until it is paused") {
  const DaemonStatus status = test::make_status();
  PageView view = test::view_of(status, "a b");
  const std::string live = whole_page(view, "t", html("x"));
  CHECK(has(live, "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"));
  CHECK(has(live, "data-live=\"on\""));
  CHECK(has(live, "<script type=\"module\" src=\"" + asset_path("page.js") + "\"></script>"));
  CHECK(has(live, "href=\"/ui/here?segment=a%20b&amp;live=off\""));
  view.live = false;
  const std::string paused = whole_page(view, "t", html("x"));
  CHECK_FALSE(has(paused, "http-equiv"));
  CHECK(has(paused, "data-live=\"off\""));
  CHECK(has(paused, "href=\"/ui/here?segment=a%20b\""));
}

TEST_CASE("the address of a view has its state, and nothing that goes without saying") {
  const DaemonStatus status = test::make_status();
  PageView view = test::view_of(status, "all");
  CHECK(own_address(view) == "/ui/here");
  view.segment = "k=v";
  view.at_us = test::kWindowEnd;
  view.log_shares = view.every = true;
  view.live = false;
  CHECK(own_address(view) == "/ui/here?segment=k%3Dv&at=2017-12-30T00%3A00%3A00Z&scale=log&list=all&live=off");
}

TEST_CASE("the page that is open is marked among the pages") {
  const DaemonStatus status = test::make_status();
  PageView view = test::view_of(status);
  view.path = kAlertsPath;
  CHECK(has(whole_page(view, "t", {}), "<a href=\"/ui/alerts\" aria-current=\"page\">Alerts</a>"));
  CHECK(has(whole_page(view, "t", {}), "<a href=\"/\">Monitors</a>"));
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

TEST_CASE("the style and the modules are what is in the source tree, in a folder named by their content") {
  const auto body_of = [](std::string_view name) {
    const auto found = std::ranges::find(kPageAssets, name, &Asset::name);
    REQUIRE(found != kPageAssets.end());
    return std::string(found->body);
  };
  CHECK(has(body_of("style.css"), "prefers-color-scheme: dark"));
  for (const char* name : {"theme.js", "page.js", "live.js", "keys.js", "chart.js"}) CHECK(body_of(name).starts_with("// "));
  CHECK(assets_folder().starts_with("page-"));
  CHECK(asset_path("page.js") == "/ui/" + assets_folder() + "/page.js");
}
