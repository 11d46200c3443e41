// What all pages share: the frame, the style, the small script. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/page/assets.h"
#include "daemon/page/html.h"
#include "daemon/status.h"

namespace driftd {

// Whom a page is made for and when. The status must outlive it.
struct PageView {
  const DaemonStatus& status;
  std::int64_t now_us = 0;       // wall clock
  std::string path = {};         // of this page, escaped for a URL, without a query
  std::string segment = {};      // "" = all rows
  bool live = true;              // it refreshes itself
  std::int64_t at_us = kNoTime;  // end of the closed window that is shown; kNoTime: the last one
  bool log_shares = false;       // shares on a logarithmic scale
  bool every = false;            // long lists whole
};

// The address of a page as this view shows it: its state is in the URL.
std::string own_address(const PageView& view);

std::string whole_page(const PageView& view, std::string_view title, const Markup& content);

// Links of this page's kind; names are escaped.
std::string monitor_path(std::string_view monitor, std::string_view segment = "all");
std::string feature_path(std::string_view monitor, std::string_view feature, std::string_view segment = "all");
std::string alert_path(std::string_view alert_id);
std::string reference_path(std::string_view monitor);
inline constexpr char kAlertsPath[] = "/ui/alerts", kStatusPath[] = "/ui/status";

// The folder that the page's files are in. Its name changes with them: they may be kept for ever.
const std::string& assets_folder();
std::string asset_path(std::string_view name);

}  // namespace driftd
