#include "daemon/metrics/open_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace driftd {
namespace {

constexpr std::string_view kTotal = "_total", kInfo = "_info";
constexpr std::array<std::string_view, 3> kUnits{"seconds", "bytes", "ratio"};

std::string_view without(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

struct Family {
  std::string_view name, type, unit;
};

Family family_of(const MetricSpec& spec) {
  if (spec.type == MetricType::kGauge && spec.name.ends_with(kInfo)) return {without(spec.name, kInfo), "info", ""};
  Family family{without(spec.name, kTotal), metric_type_name(spec.type), ""};
  for (const std::string_view unit : kUnits) {
    if (family.name.ends_with(unit) && family.name[family.name.size() - unit.size() - 1] == '_') family.unit = unit;
  }
  return family;
}

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

// "1.0" rather than "1": bounds of buckets are label values, and have one way to be written.
void append_bound(double bound, std::string& out) {
  if (std::isinf(bound)) {
    out += "+Inf";
  } else if (bound == std::floor(bound)) {
    fmt::format_to(std::back_inserter(out), "{:.1f}", bound);
  } else {
    fmt::format_to(std::back_inserter(out), "{}", bound);
  }
}

void append_number(double value, std::string& out) {
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  fmt::format_to(std::back_inserter(out), "{}", value);
}

class Writer {
 public:
  Writer(const MetricSpec& spec, std::string& out) : spec_(spec), out_(out) {}

  void head() {
    const Family family = family_of(spec_);
    fmt::format_to(std::back_inserter(out_), "# TYPE {} {}\n", family.name, family.type);
    if (!family.unit.empty()) fmt::format_to(std::back_inserter(out_), "# UNIT {} {}\n", family.name, family.unit);
    fmt::format_to(std::back_inserter(out_), "# HELP {} ", family.name);
    append_escaped(spec_.help, out_);
    out_ += '\n';
  }

  void value(const Sample& sample, bool exemplars) {
    name(sample, "", nullptr);
    append_number(sample.value, out_);
    if (exemplars && spec_.type == MetricType::kCounter && !sample.exemplar.alert_id.empty()) {
      out_ += " # {alert_id=\"";
      append_escaped(sample.exemplar.alert_id, out_);
      fmt::format_to(std::back_inserter(out_), "\"}} 1 {:.3f}", sample.exemplar.time_seconds);
    }
    out_ += '\n';
  }

  void histogram(const Sample& sample) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < sample.buckets.counts.size(); ++i) {
      count += sample.buckets.counts[i];
      const double bound = i < sample.buckets.upper.size() ? sample.buckets.upper[i] : HUGE_VAL;
      name(sample, "_bucket", &bound);
      fmt::format_to(std::back_inserter(out_), "{}\n", count);
    }
    name(sample, "_count", nullptr);
    fmt::format_to(std::back_inserter(out_), "{}\n", count);
    name(sample, "_sum", nullptr);
    append_number(sample.buckets.sum, out_);
    out_ += '\n';
  }

 private:
  // All before the value, with its blank. bound: of a bucket.
  void name(const Sample& sample, std::string_view suffix, const double* bound) {
    out_.append(spec_.name).append(suffix);
    std::string_view names = spec_.labels;
    char before = '{';
    for (const std::string& value : sample.labels) {
      const std::string_view name = names.empty() ? spec_.traits.detail_label : names.substr(0, names.find(','));
      names.remove_prefix(std::min(names.size(), name.size() + 1));
      out_ += before;
      out_.append(name).append("=\"");
      append_escaped(value, out_);
      out_ += '"';
      before = ',';
    }
    if (bound != nullptr) {
      out_ += before;
      out_ += "le=\"";
      append_bound(*bound, out_);
      out_ += '"';
      before = ',';
    }
    out_ += before == ',' ? "} " : " ";
  }

  const MetricSpec& spec_;
  std::string& out_;
};

}  // namespace

void append_open_metrics(const MetricSpec& spec, const std::vector<const Sample*>& samples, bool exemplars, std::string& out) {
  Writer writer(spec, out);
  writer.head();
  for (const Sample* sample : samples) {
    spec.type == MetricType::kHistogram ? writer.histogram(*sample) : writer.value(*sample, exemplars);
  }
}

}  // namespace driftd
