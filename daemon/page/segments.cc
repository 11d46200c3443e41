#include "daemon/page/segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "daemon/page/cells.h"
#include "daemon/page/charts.h"
#include "daemon/page/measures.h"
#include "daemon/page/words.h"

namespace driftd {
namespace {

constexpr std::size_t kMostTabs = 8, kDrawnSegments = 24;

const FeatureStatus* all_rows(const FeatureSegments& segments) {
  const auto found = std::ranges::find(segments, "all", &FeatureStatus::segment);
  return found == segments.end() ? nullptr : *found;
}

FeatureSegments real_segments(const FeatureSegments& segments) {
  FeatureSegments out;
  std::ranges::copy_if(segments, std::back_inserter(out), [](const FeatureStatus* segment) { return segment->segment != "all"; });
  std::ranges::stable_sort(out, {}, [](const FeatureStatus* segment) {
    const bool open = segment->alert == AlertState::kFiring || segment->alert == AlertState::kPending;
    return std::tuple(!open, std::isnan(segment->ratio), std::isnan(segment->ratio) ? 0 : -segment->ratio);
  });
  return out;
}

std::string address_of(PageView view, const std::string& segment) {
  view.segment = segment;
  view.every = false;
  return own_address(view);
}

std::string part_of_rows(const FeatureStatus& segment, const FeatureStatus* all) {
  if (all == nullptr || all->rows == 0 || all->reference_rows == 0) return plural(segment.rows, "row");
  return fmt::format("{}: {} of all, {} in the reference", plural(segment.rows, "row"), share_text(share_of(segment.rows, all->rows)),
                     share_text(share_of(segment.reference_rows, all->reference_rows)));
}

Markup multiple(const PageView& view, const MonitorStatus& monitor, const FeatureStatus& segment, const FeatureStatus* all) {
  const bool here = segment.segment == view.segment;
  Markup out = html(R"(<li class="multiple"><p class="top"><a class="name" href="{}"{}>{}</a>{}</p>)",
                    {address_of(view, segment.segment), here ? html(R"( aria-current="page")") : Markup{}, segment.segment,
                     mood_badge(feature_mood(segment, monitor))});
  if (segment.status == Status::kOk) {
    out += html(R"(<p class="ratio"><b>{}</b> of the alarm line</p><figure>{}</figure>)",
                {times_text(segment.ratio), small_histogram(segment.cells)});
  } else {
    out += html(R"(<p class="ratio">{}</p>)", {no_verdict_text(segment, monitor)});
  }
  return out += html(R"(<p class="when">{}</p></li>)", {part_of_rows(segment, all)});
}

Markup mix_sentence(const FeatureStatus& all, const FeatureSegments& segments) {
  const auto change = mix_change(all, segments);
  if (!change) return {};
  return html(
      R"(<p>Of the score of all rows, <b>{}</b> is the mix: segments grew or shrank. <b>{}</b> is change within them. Together {}.</p>)",
      {fmt::format("{:.3f}", change->mix), fmt::format("{:.3f}", change->within), fmt::format("{:.3f}", change->mix + change->within)});
}

}  // namespace

FeatureSegments segments_of(const MonitorStatus& monitor, const std::string& feature) {
  FeatureSegments out;
  for (const FeatureStatus& each : monitor.features) {
    const bool empty = each.rows == 0 && each.reference_rows == 0 && each.segment != "all";
    if (each.name == feature && !empty) out.push_back(&each);
  }
  return out;
}

Markup segment_tabs(const PageView& view, const FeatureSegments& segments) {
  if (segments.size() < 2) return {};
  Markup links;
  for (const FeatureStatus* segment : segments) {
    const bool here = segment->segment == view.segment;
    if (segments.size() > kMostTabs && !here && segment->segment != "all") continue;
    links += html(R"(<a href="{}"{}>{}</a>)", {address_of(view, segment->segment), here ? html(R"( aria-current="page")") : Markup{},
                                               segment->segment == "all" ? "all rows" : segment->segment});
  }
  if (segments.size() > kMostTabs) links += html(R"(<a href="#segments">{}</a>)", {plural(segments.size() - 1, "segment")});
  return html(R"(<nav class="tabs" aria-label="Segments">{}</nav>)", {links});
}

Markup segments_section(const PageView& view, const MonitorStatus& monitor, const FeatureSegments& segments) {
  const FeatureSegments real = real_segments(segments);
  if (real.empty()) return {};
  const FeatureStatus* all = all_rows(segments);
  const auto over =
      static_cast<std::uint64_t>(std::ranges::count_if(real, [](const FeatureStatus* segment) { return segment->ratio >= 1; }));
  Markup out = html(R"(<section id="segments"><h2>Segments</h2><p>{} of {} over the alarm line.</p>)",
                    {count_text(over), plural(real.size(), "segment")});
  if (all != nullptr) out += mix_sentence(*all, real);
  const std::size_t shown = view.every ? real.size() : std::min(real.size(), kDrawnSegments);
  out += html(R"(<ul class="multiples">)");
  for (std::size_t i = 0; i < shown; ++i) out += multiple(view, monitor, *real[i], all);
  out += html("</ul>");
  if (shown < real.size()) {
    PageView whole = view;
    whole.every = true;
    out += html(R"(<p><a href="{}">Show all {} segments</a></p>)", {own_address(whole), count_text(real.size())});
  }
  return out += html("</section>");
}

}  // namespace driftd
