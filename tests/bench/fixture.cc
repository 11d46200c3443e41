#include "tests/bench/fixture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace driftd::bench {
namespace {

constexpr std::int64_t kFirstTimeMs = 1'772'323'200'000;

double next_value(std::mt19937_64& random) { return std::lognormal_distribution<double>(0.0, 1.5)(random); }

std::string number_text(const Fixture& fixture, std::size_t feature, double value) {
  if (fixture.long_numbers) return fmt::format("{:.17g}", value);
  return feature % 4 == 0 ? fmt::format("{}", static_cast<int>(value * 10)) : fmt::format("{:.{}f}", value, 2 + feature % 5);
}

}  // namespace

std::vector<std::string> feature_names(std::size_t features) {
  static const std::vector<std::string> kStems{"age", "amt_7d", "tx_30d", "income", "limit", "util", "dist_km", "score_a", "hour", "risk"};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < features; ++i) {
    names.push_back(i < kStems.size() ? kStems[i] : fmt::format("{}_{}", kStems[i % kStems.size()], i / kStems.size()));
  }
  return names;
}

std::string segment_name(std::size_t segment) { return segment == 0 ? "web" : segment == 1 ? "app" : fmt::format("s{}", segment); }

std::vector<std::string> field_names(const Fixture& fixture) {
  std::vector<std::string> names{"ts", "id", "segment"};
  for (std::string& name : feature_names(fixture.features)) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> make_records(const Fixture& fixture, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::vector<std::string> names = feature_names(fixture.features);
  std::vector<std::string> records;
  for (std::size_t n = 0; n < count; ++n) {
    std::vector<std::string> fields{fmt::format(R"("ts":{})", kFirstTimeMs + static_cast<std::int64_t>(n)),
                                    fmt::format(R"("id":"{:08x}")", random() & 0xFFFFFFFF),
                                    fmt::format(R"("segment":"{}")", segment_name(random() % fixture.segments))};
    for (std::size_t i = 0; i < names.size(); ++i) {
      const double value = next_value(random);
      if (std::uniform_real_distribution<double>()(random) < fixture.missing) continue;
      fields.push_back(fmt::format(R"("{}":{})", names[i], number_text(fixture, i, value)));
    }
    if (fixture.shuffled) std::shuffle(fields.begin(), fields.end(), random);
    records.push_back(fmt::format("{{{}}}", fmt::join(fields, ",")));
  }
  return records;
}

std::vector<Message> messages_of(const std::vector<std::string>& records) {
  std::vector<Message> messages(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    messages[i].offset = static_cast<std::int64_t>(i);
    messages[i].payload = records[i];
  }
  return messages;
}

DecodePlan make_plan(const Fixture& fixture) {
  DecodePlan plan;
  plan.fields.event_time = "ts";
  plan.max_payload_bytes = 1 << 20;
  std::uint32_t column = 0;
  for (const std::string& name : feature_names(fixture.features)) plan.slots.push_back({name, SlotType::kNumeric, column++, {}});
  plan.slots.push_back({"segment", SlotType::kCategorical, 0, {}});
  return plan;
}

NumericCells make_cells(std::size_t edges, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<double> distinct;
  while (distinct.size() < 16 * edges) distinct.insert(next_value(random));
  const std::vector<double> sorted(distinct.begin(), distinct.end());
  NumericCells cells;
  for (std::size_t i = 0; i < edges; ++i) cells.edges.push_back(sorted[16 * i + 8]);
  return cells;
}

}  // namespace driftd::bench
