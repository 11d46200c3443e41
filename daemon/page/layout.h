// What all pages share: the frame, the style, the small script. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/page/html.h"
#include "daemon/status.h"

namespace driftd {

// Whom a page is made for and when. The status and the path must outlive it.
struct PageView {
  const DaemonStatus& status;
  std::int64_t now_us = 0;  // wall clock
  std::string path;         // of this page, escaped for a URL, without a query
  std::string segment;      // "" = all rows
  bool live = true;         // it refreshes itself
};

std::string whole_page(const PageView& view, std::string_view title, const Markup& content);

// Links of this page's kind; names are escaped.
std::string monitor_path(std::string_view monitor, std::string_view segment = "all");
std::string feature_path(std::string_view monitor, std::string_view feature, std::string_view segment = "all");
std::string alert_path(std::string_view alert_id);

struct Asset {
  std::string_view content_type, body;
  std::string_view path;  // changes with the body: may be kept for ever
};
const Asset& page_style();
const Asset& page_script();

}  // namespace driftd
