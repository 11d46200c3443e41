#include "daemon/page/cell_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr double kTop = 10, kSmallestShare = 1e-4;
constexpr std::size_t kLongLabel = 7, kLongestLabel = 16;  // characters: from where on it is turned, where it is cut

std::string percent(double share) { return fmt::format("{:.4g}", std::clamp(share, 0.0, 1.0) * 100); }
std::string pixels(double y) { return fmt::format("{:.1f}", y); }

// Cells side by side over the whole width; heights are pixels.
struct Plot {
  std::size_t count;
  double bottom;
  double top_value;  // what is drawn at kTop
  double floor = 0;  // > 0: the scale is logarithmic from here on

  double width() const { return 1.0 / static_cast<double>(std::max<std::size_t>(count, 1)); }
  double left(std::size_t i) const { return width() * static_cast<double>(i); }
  double y(double value) const {
    double part = top_value > 0 ? value / top_value : 0;
    if (floor > 0) part = value <= floor ? 0 : std::log(value / floor) / std::log(top_value / floor);
    return bottom - (bottom - kTop) * std::clamp(part, 0.0, 1.0);
  }
};

// A step of 1, 2 or 5 times a power of ten, so that about four lines fit.
double tick_step(double top) {
  const double rough = top / 4, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

std::vector<double> tick_values(const Plot& plot) {
  std::vector<double> out;
  if (plot.floor > 0) {
    for (double value = plot.floor; value <= plot.top_value * 1.0001; value *= 10) out.push_back(value);
    return out;
  }
  if (!(plot.top_value > 0)) return {0};
  const double step = tick_step(plot.top_value);
  for (double value = 0; value <= plot.top_value * 1.0001; value += step) out.push_back(value);
  return out;
}

std::string share_tick(double share) { return fmt::format("{:.4g}%", share * 100); }
std::string number_tick(double value) { return fmt::format("{:.3g}", value); }

// The column of numbers left of a plot, and its lines.
struct Axis {
  Markup numbers, lines;
};

Axis axis(const Plot& plot, std::string (*text)(double)) {
  Axis out;
  for (const double value : tick_values(plot)) {
    const std::string y = pixels(plot.y(value));
    out.numbers += html(R"(<text class="tick-name end" x="100%" y="{}">{}</text>)", {pixels(plot.y(value) + 4), text(value)});
    out.lines += html(R"(<line class="grid" x2="100%" y1="{}" y2="{}"/>)", {y, y});
  }
  return out;
}

std::string short_label(const std::string& label) {
  std::size_t shown = 0, end = 0;
  for (; end < label.size() && shown < kLongestLabel; ++shown) {
    ++end;
    while (end < label.size() && (static_cast<unsigned char>(label[end]) & 0xc0) == 0x80) ++end;
  }
  return end == label.size() ? label : label.substr(0, end) + "\xe2\x80\xa6";
}

bool has_edges(std::span<const CellBar> bars) {
  return std::ranges::any_of(bars, [](const CellBar& bar) { return !upper_edge(bar.label).empty(); });
}

// Edges stand between the cells, names under them: turned where they are long.
Markup cell_names(std::span<const CellBar> bars, const Plot& plot) {
  Markup out;
  const bool edges = has_edges(bars);
  const bool turned = !edges && std::ranges::any_of(bars, [](const CellBar& bar) { return bar.label.size() > kLongLabel; });
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double x = plot.left(i) + plot.width() * (edges ? 1 : 0.5);
    const std::string text = edges ? upper_edge(bars[i].label) : short_label(bars[i].label);
    if (text.empty()) continue;
    if (edges)
      out += html(R"(<line class="edge" x1="{}%" x2="{}%" y1="{}" y2="{}"/>)",
                  {percent(x), percent(x), pixels(plot.bottom), pixels(plot.bottom + 5)});
    if (turned) {
      out += html(R"svg(<svg class="turned" x="{}%" y="{}"><text class="tick-name end" transform="rotate(-38)">{}</text></svg>)svg",
                  {percent(x), pixels(plot.bottom + 14), text});
    } else {
      out += html(R"(<text class="{}" x="{}%" y="{}">{}</text>)",
                  {i % 2 == 0 ? "tick-name" : "tick-name second", percent(x), pixels(plot.bottom + 19), text});
    }
  }
  return out;
}

std::string reading(const CellBar& bar) {
  return fmt::format("{}: {} now ({}), {} in the reference; adds {:.4f} to PSI", bar.label, share_text(bar.current),
                     plural(bar.rows, "row"), share_text(bar.reference), bar.contribution);
}

// Invisible, over the whole height of each cell: what chart.js reads out.
Markup hits(std::span<const CellBar> bars, const Plot& plot) {
  Markup out;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    out += html(R"(<rect class="hit" x="{}%" width="{}%" y="0" height="{}" data-read="{}"/>)",
                {percent(plot.left(i)), percent(plot.width()), pixels(plot.bottom), reading(bars[i])});
  }
  return out;
}

const char* label_room(std::span<const CellBar> bars) {
  const bool turned = !has_edges(bars) && std::ranges::any_of(bars, [](const CellBar& bar) { return bar.label.size() > kLongLabel; });
  return turned ? " roomy" : "";
}

Markup framed(const char* kind, std::string_view label, const Axis& axis, const Markup& drawn) {
  return html(
      R"(<div class="plot {}" tabindex="0" role="group" aria-label="{}. Arrow keys read each cell." data-chart><svg class="numbers" aria-hidden="true">{}</svg><svg class="drawn" aria-hidden="true">{}{}</svg><p class="read" aria-live="polite"></p></div>)",
      {kind, label, axis.numbers, axis.lines, drawn});
}

Markup vertical_bar(const char* kind, const Plot& plot, double x, double width, double value) {
  const double y = value > 0 ? std::min(plot.y(value), plot.bottom - 1) : plot.bottom;
  return html(R"(<rect class="{}" x="{}%" width="{}%" y="{}" height="{}"/>)",
              {kind, percent(x), percent(width), pixels(y), pixels(plot.bottom - y)});
}

}  // namespace

Markup share_chart(std::span<const CellBar> bars, ShareScale scale) {
  double largest = 0;
  for (const CellBar& bar : bars) largest = std::max({largest, bar.reference, bar.current});
  Plot plot{bars.size(), 210, largest};
  if (scale == ShareScale::kLog) {
    plot.floor = kSmallestShare;
    plot.top_value = std::max(largest, 10 * kSmallestShare);
  }
  Markup drawn;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    drawn += vertical_bar("reference", plot, plot.left(i) + plot.width() * 0.05, plot.width() * 0.9, bars[i].reference);
    drawn += vertical_bar("current", plot, plot.left(i) + plot.width() * 0.25, plot.width() * 0.5, bars[i].current);
  }
  drawn += html(R"(<line class="floor" x2="100%" y1="210" y2="210"/>)");
  drawn += cell_names(bars, plot);
  drawn += hits(bars, plot);
  return framed(fmt::format("shares{}", label_room(bars)).c_str(), "Shares of both sides by cell", axis(plot, share_tick), drawn);
}

Markup contribution_chart(std::span<const CellBar> bars) {
  double largest = 0;
  for (const CellBar& bar : bars) largest = std::max(largest, bar.contribution);
  const Plot plot{bars.size(), 160, largest};
  Markup drawn;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const char* kind = bars[i].current >= bars[i].reference ? "gained" : "shrunk";
    drawn += vertical_bar(kind, plot, plot.left(i) + plot.width() * 0.25, plot.width() * 0.5, bars[i].contribution);
  }
  drawn += html(R"(<line class="floor" x2="100%" y1="160" y2="160"/>)");
  drawn += cell_names(bars, plot);
  drawn += hits(bars, plot);
  return framed(fmt::format("adds{}", label_room(bars)).c_str(), "What each cell adds to PSI", axis(plot, number_tick), drawn);
}

Markup cumulative_chart(std::span<const CellBar> bars) {
  const CumulativeShares shares = cumulative_shares(bars);
  const Plot plot{bars.size(), 160, 1};
  const auto line = [&](const char* kind, const std::vector<double>& values) {
    Markup out;
    double before = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      out += html(R"(<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>)",
                  {kind, percent(plot.left(i)), percent(plot.left(i + 1)), pixels(plot.y(before)), pixels(plot.y(values[i]))});
      before = values[i];
    }
    return out;
  };
  Markup drawn = line("curve-reference", shares.reference);
  drawn += line("curve-current", shares.current);
  if (shares.gap > 0) {
    const std::string x = percent(plot.left(shares.widest + 1));
    const double y1 = plot.y(shares.reference[shares.widest]), y2 = plot.y(shares.current[shares.widest]);
    drawn += html(R"(<line class="gap" x1="{}%" x2="{}%" y1="{}" y2="{}"/>)", {x, x, pixels(y1), pixels(y2)});
    drawn += html(R"(<circle class="gap-end" cx="{}%" cy="{}" r="3.5"/><circle class="gap-end" cx="{}%" cy="{}" r="3.5"/>)",
                  {x, pixels(y1), x, pixels(y2)});
  }
  drawn += html(R"(<line class="floor" x2="100%" y1="160" y2="160"/>)");
  drawn += cell_names(bars, plot);
  drawn += hits(bars, plot);
  return framed("cumulative", "Cumulative shares of both sides", axis(plot, share_tick), drawn);
}

}  // namespace driftd
