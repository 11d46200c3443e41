#include "daemon/metrics/catalogue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

using namespace driftd;

namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return std::islower(c) || std::isdigit(c) || c == '_'; }) &&
         !std::isdigit(text.front());
}

}  // namespace

TEST_CASE("every row keeps the rules of Prometheus and of interfaces 3") {
  std::set<std::string_view> names;
  for (const MetricSpec& spec : metric_catalogue()) {
    CAPTURE(std::string(spec.name));
    CHECK(is_name(spec.name));
    CHECK((spec.name.starts_with("driftd_") || spec.name.starts_with("process_")));
    CHECK(names.insert(spec.name).second);
    CHECK(spec.name.ends_with("_total") == (spec.type == MetricType::kCounter));
    CHECK(spec.help.ends_with("."));
    std::string_view labels = spec.labels;
    while (!labels.empty()) {
      const std::string_view label = labels.substr(0, labels.find(','));
      CHECK(is_name(label));
      labels.remove_prefix(std::min(labels.size(), label.size() + 1));
    }
  }
}

TEST_CASE("every metric is in a group, and groups are in order") {
  const auto groups = metric_groups();
  CHECK(groups.front().first == metric_catalogue().front().name);
  std::size_t last = 0;
  for (const MetricGroup& group : groups.subspan(1)) {
    CAPTURE(std::string(group.title));
    const auto place = find_metric(group.first);
    REQUIRE(place);
    CHECK(*place > last);
    last = *place;
  }
}

TEST_CASE("a metric is found by its name") {
  for (std::size_t i = 0; i < metric_catalogue().size(); ++i) CHECK(find_metric(metric_catalogue()[i].name) == i);
  CHECK_FALSE(find_metric("driftd_nothing").has_value());
}
