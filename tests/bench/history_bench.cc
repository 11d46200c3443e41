// The history at 200 features x 20 segments: what a window costs to write, beside what it costs to judge; bytes on disk; questions.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>

#include "daemon/history/reader.h"
#include "daemon/history/store.h"
#include "daemon/monitor/judge.h"
#include "tests/bench/contest.h"
#include "tests/daemon/engine_fixture.h"
#include "tests/temp_folder.h"

namespace driftd::bench {
namespace {

constexpr std::uint32_t kFeatures = 200, kSegments = 20;
constexpr std::uint64_t kRows = 5000;  // of a segment
constexpr int kWindows = 200;
constexpr std::int64_t kWindowUs = 300'000'000;

struct Monitor {
  std::vector<FeatureReference> references;
  MonitorPlan plan;
  AlertPlan alerts;
};

std::shared_ptr<const Monitor> make_monitor() {
  auto monitor = std::make_shared<Monitor>();
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(100, 10);
  std::vector<double> values;
  for (std::uint64_t i = 0; i < 20'000; ++i) values.push_back(normal(random));
  const FeatureReference reference = engine_fixture::numeric_feature("f", values);
  monitor->references.assign(kFeatures, reference);
  for (std::uint32_t s = 0; s < kSegments; ++s) monitor->plan.segments.push_back(s == 0 ? "all" : fmt::format("country={}", s));
  const auto counts = std::make_shared<const FeatureCounts>(reference.segments[0]);
  for (std::uint32_t f = 0; f < kFeatures; ++f) {
    monitor->references[f].name = fmt::format("feature_{}", f);
    FeaturePlan& feature = monitor->plan.features.emplace_back();
    feature.reference = &monitor->references[f];
    feature.first_cell = static_cast<std::uint32_t>(f * reference.cell_count());
    feature.segments.assign(kSegments, counts);
    monitor->alerts.features.push_back({monitor->references[f].name, true, Kind::kDrift, 0.1});
  }
  monitor->plan.log_alpha = -12;
  monitor->alerts.monitor = monitor->alerts.window_subject = monitor->plan.name = "fraud";
  monitor->alerts.segments = monitor->plan.segments;
  return monitor;
}

Window make_window(const Monitor& monitor, std::mt19937_64& random) {
  const FeatureReference& reference = monitor.references.front();
  Window window;
  window.unseen.resize(kFeatures);
  window.values.resize(kFeatures);
  for (std::uint32_t s = 0; s < kSegments; ++s) {
    CellCounts<std::uint64_t>& counts = window.segments.emplace_back();
    counts.rows = kRows;
    counts.classes.assign(kFeatures * kValueClasses, 0);
    counts.below.assign(kFeatures, 0);
    counts.above.assign(kFeatures, 0);
    counts.min.assign(kFeatures, reference.min);
    counts.max.assign(kFeatures, reference.max);
    for (std::uint32_t f = 0; f < kFeatures; ++f) {
      std::uint64_t rows = 0;
      for (std::size_t c = 0; c < reference.cell_count(); ++c) {
        const std::uint64_t mean = kRows / reference.cell_count();
        counts.cells.push_back(mean / 2 + random() % (mean + 1));
        rows += counts.cells.back();
      }
      counts.of_class(f, ValueClass::kValid) = rows;
    }
  }
  return window;
}

double wall_ms() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// Median of many of the same.
struct Costs {
  std::vector<double> cpu, wall;
  template <class Work>
  void measure(Work work) {
    const double cpu_start = thread_cpu_ns(), wall_start = wall_ms();
    work();
    cpu.push_back((thread_cpu_ns() - cpu_start) / 1e6);
    wall.push_back(wall_ms() - wall_start);
  }
  static double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  }
  void print(const char* what) const { fmt::print("{:<58} {:8.2f} ms CPU {:8.2f} ms wall\n", what, median(cpu), median(wall)); }
};

void run() {
  const TempFolder folder;
  const std::string path = folder.path("history.db");
  const auto monitor = make_monitor();
  const auto plan = std::make_shared<const HistoryPlan>(HistoryPlan{monitor, &monitor->alerts, &monitor->plan, "bench"});
  MonitorJudge judge(monitor->plan);
  auto store = HistoryStore::open(path);
  if (!store) return fmt::print("{}\n", store.error().message);
  std::mt19937_64 random(2);
  Costs judging, writing, trimming;
  std::uint64_t before = 0;
  for (int w = 0; w < kWindows; ++w) {
    Window window = make_window(*monitor, random);
    window.start_us = w * kWindowUs;
    window.end_us = window.start_us + kWindowUs;
    std::shared_ptr<const Judgement> judgement;
    judging.measure([&] { judgement = std::make_shared<const Judgement>(judge.judge(window)); });
    const HistoryWindow written{plan, judgement, {}};
    writing.measure([&] {
      if (!store->write(std::span(&written, 1))) fmt::print("not written\n");
    });
    if (w == 0) before = history_size_bytes(path);
  }
  const std::uint64_t bytes = std::filesystem::file_size(path);
  trimming.measure([&] { store->trim({(kWindows - 9) * kWindowUs, 1ULL << 40}).value(); });
  judging.print("judge a window of 4,000 verdicts");
  writing.print("write it, synced");
  trimming.print("take out 8 windows");
  fmt::print("{:<58} {:8.0f} bytes, {:.0f} a verdict\n", "on disk, a window", static_cast<double>(bytes) / kWindows,
             static_cast<double>(bytes) / kWindows / (kFeatures * kSegments));
  fmt::print("{:<58} {:8.0f} bytes\n", "the first window, with names and references", static_cast<double>(before));
  HistoryReader reader(path);
  Costs series, one, whole;
  for (int i = 0; i < 21; ++i) {
    series.measure([&] { reader.feature_points({"fraud", "feature_77", "country=7"}, {}).value(); });
    one.measure([&] { reader.feature_at({"fraud", "feature_77", "country=7"}, (i * 9 + 10) * kWindowUs).value(); });
    whole.measure([&] { reader.segment_points("fraud", "all", {}).value(); });
  }
  series.print("one feature over 192 windows");
  one.print("one window of one feature, with its cells");
  whole.print("one segment over 192 windows");
}

}  // namespace
}  // namespace driftd::bench

int main() { driftd::bench::run(); }
