#include "daemon/page/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "daemon/page/words.h"

namespace driftd {
namespace {

// A share of the width, in per cent; one decimal is finer than a pixel.
std::string percent(double share) { return fmt::format("{:.4g}", std::clamp(share, 0.0, 1.0) * 100); }

constexpr double kLineHeight = 0.45;  // of the alarm line, as a share of the frame

struct Frame {
  double top, bottom;  // pixels
  double left, right;  // shares of the width
  double largest;      // ratio at the top

  double y(double ratio) const {
    const double part = ratio <= 1 ? kLineHeight * ratio : kLineHeight + (1 - kLineHeight) * std::log(ratio) / std::log(largest);
    return bottom - (bottom - top) * std::clamp(part, 0.0, 1.0);
  }
  double x(std::size_t i, std::size_t count) const {
    return count < 2 ? right : left + (right - left) * static_cast<double>(i) / static_cast<double>(count - 1);
  }
};

double largest_of(std::span<const double> ratios) {
  double largest = 2;
  for (const double ratio : ratios) {
    if (std::isfinite(ratio)) largest = std::max(largest, ratio);
  }
  return largest;
}

Markup alarm_line(const Frame& frame) {
  const std::string y = fmt::format("{:.1f}", frame.y(1));
  return html(R"(<line class="limit" x1="{}%" x2="{}%" y1="{}" y2="{}"/>)", {percent(frame.left), percent(frame.right), y, y});
}

Markup segments(std::span<const double> ratios, const Frame& frame) {
  Markup out;
  for (std::size_t i = 1; i < ratios.size(); ++i) {
    if (std::isnan(ratios[i - 1]) || std::isnan(ratios[i])) continue;
    out += html(R"(<line class="trend" x1="{}%" y1="{}" x2="{}%" y2="{}"/>)",
                {percent(frame.x(i - 1, ratios.size())), fmt::format("{:.1f}", frame.y(ratios[i - 1])), percent(frame.x(i, ratios.size())),
                 fmt::format("{:.1f}", frame.y(ratios[i]))});
  }
  return out;
}

Markup mark(double ratio, const std::string& x, double y) {
  if (ratio >= 1) return html(R"(<use href="#m-over" x="{}%" y="{}"/>)", {x, fmt::format("{:.1f}", y)});
  return html(R"(<circle class="under" cx="{}%" cy="{}" r="3"/>)", {x, fmt::format("{:.1f}", y)});
}

std::uint64_t sum(std::span<const CellStatus> cells, std::uint64_t CellStatus::* side) {
  return std::accumulate(cells.begin(), cells.end(), std::uint64_t{0},
                         [&](std::uint64_t total, const CellStatus& c) { return total + c.*side; });
}

}  // namespace

Markup share_bars(double reference, double current, double largest) {
  if (!(largest > 0)) largest = 1;
  return html(
      R"(<svg class="bars" aria-hidden="true"><rect class="reference" y="1" width="{}%" height="8"/><rect class="current" y="11" width="{}%" height="8"/></svg>)",
      {percent(reference / largest), percent(current / largest)});
}

Markup single_bar(double value, double largest) {
  if (!(largest > 0)) largest = 1;
  return html(R"(<svg class="bar" aria-hidden="true"><rect class="part" y="4" width="{}%" height="8"/></svg>)", {percent(value / largest)});
}

Markup small_histogram(std::span<const CellStatus> cells) {
  constexpr double kHeight = 40;
  const std::uint64_t reference_rows = sum(cells, &CellStatus::reference), rows = sum(cells, &CellStatus::current);
  const auto share = [](std::uint64_t part, std::uint64_t of) { return of == 0 ? 0.0 : share_of(part, of); };
  double largest = 0;
  for (const CellStatus& cell : cells) {
    largest = std::max({largest, share(cell.reference, reference_rows), share(cell.current, rows)});
  }
  Markup out = html(R"(<svg class="small-histogram" aria-hidden="true">)");
  const double width = 1.0 / static_cast<double>(std::max<std::size_t>(cells.size(), 1));
  const auto bar = [&](const char* side, double x, double wide, double value) {
    const double height = largest > 0 ? std::max(kHeight * value / largest, value > 0 ? 1.0 : 0.0) : 0;
    out += html(R"(<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>)",
                {side, percent(x), fmt::format("{:.1f}", kHeight - height), percent(wide), fmt::format("{:.1f}", height)});
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const double x = width * static_cast<double>(i);
    bar("reference", x + width * 0.05, width * 0.9, share(cells[i].reference, reference_rows));
    bar("current", x + width * 0.28, width * 0.44, share(cells[i].current, rows));
  }
  return out += html("</svg>");
}

Markup sparkline(std::span<const double> ratios) {
  const Frame frame{3, 29, 0.02, 0.97, largest_of(ratios)};
  Markup out = html(R"(<svg class="sparkline" aria-hidden="true">)");
  out += alarm_line(frame);
  out += segments(ratios, frame);
  if (!ratios.empty() && !std::isnan(ratios.back())) {
    out += mark(ratios.back(), percent(frame.x(ratios.size() - 1, ratios.size())), frame.y(ratios.back()));
  }
  return out += html("</svg>");
}

Markup history_chart(std::span<const double> ratios, std::span<const HistoryPoint> points) {
  const Frame frame{14, 170, 0.02, 0.98, largest_of(ratios)};
  const auto at = [&](std::size_t i) { return percent(frame.x(i, ratios.size())); };
  Markup numbers, drawn;
  for (double ratio = 1; ratio <= frame.largest * 1.0001; ratio *= 10) {
    numbers += html(R"(<text class="tick-name end" x="100%" y="{}">{}</text>)",
                    {fmt::format("{:.1f}", frame.y(ratio) + 4), fmt::format("{:g}\xc3\x97", ratio)});
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].shown) drawn += html(R"(<line class="shown" x1="{}%" x2="{}%" y1="4" y2="170"/>)", {at(i), at(i)});
  }
  drawn += html(R"(<line class="floor" x2="100%" y1="170" y2="170"/>)");
  drawn += alarm_line(frame);
  drawn += segments(ratios, frame);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    if (!std::isnan(ratios[i])) drawn += mark(ratios[i], at(i), frame.y(ratios[i]));
  }
  const double width = ratios.size() < 2 ? 0.1 : (frame.right - frame.left) / static_cast<double>(ratios.size() - 1);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Markup hit = html(R"(<rect class="hit" x="{}%" width="{}%" y="0" height="174" data-read="{}"/>)",
                            {percent(frame.x(i, ratios.size()) - width / 2), percent(width), points[i].reading});
    drawn += points[i].link.empty() ? hit : html(R"(<a href="{}" tabindex="-1" data-soft>{}</a>)", {points[i].link, hit});
  }
  return html(
      R"(<div class="plot history" tabindex="0" role="group" aria-label="How far it was from its alarm line, window by window. Arrow keys read each of them." data-chart><svg class="numbers" aria-hidden="true">{}</svg><svg class="drawn" aria-hidden="true">{}</svg><p class="read" aria-live="polite"></p></div>)",
      {numbers, drawn});
}

}  // namespace driftd
