// `driftd compare`: every two-sample statistic of two files, column by column.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "daemon/cli/arguments.h"
#include "daemon/cli/verb.h"
#include "daemon/reference/comparison.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {
namespace {

constexpr const char* kHelp =
    "Compare two files of rows (CSV or JSON lines, plain or gzip) column by column.\n"
    "ks and w1 are exact; the others count rows in cells frozen from REFERENCE: numbers in 256 fine cells joined into 10, categories by "
    "name.\n"
    "chi2 and g are unmerged, as SciPy's; p_value joins cells with low counts first, as the daemon does.\n\n"
    "Examples:\n"
    "  driftd compare january.csv february.csv\n"
    "  driftd compare january.csv february.csv --columns 'amount*' --json";

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }

// Largest difference first.
std::string comparison_page(std::vector<ColumnComparison> comparisons) {
  const auto weight = [](const ColumnComparison& column) { return std::isnan(column.find("psi")) ? -1.0 : column.find("psi"); };
  std::ranges::stable_sort(comparisons, std::ranges::greater{}, weight);
  std::size_t width = 6;
  for (const auto& column : comparisons) width = std::max(width, column.name.size());
  std::string text = fmt::format("{:<{}}  {:<11}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}\n", "column", width, "type", "n", "m",
                                 "psi", "js", "ks", "w1", "p_value");
  for (const auto& column : comparisons) {
    text += fmt::format("{:<{}}  {:<11}  {:>9}  {:>9}", column.name, width,
                        column.type == FeatureType::kNumeric ? "numeric" : "categorical", column.find("n"), column.find("m"));
    for (const char* statistic : {"psi", "js_base2", "ks", "w1", "p_value"}) text += fmt::format("  {:>9}", number(column.find(statistic)));
    text += '\n';
  }
  return text;
}

std::string comparison_json(const std::vector<ColumnComparison>& comparisons) {
  JsonWriter json(1);
  json.begin_object();
  for (const auto& column : comparisons) {
    json.key(column.name).begin_object();
    for (const auto& [name, value] : column.statistics) json.field(name, value);
    json.end_object();
  }
  return json.end_object().take() + '\n';
}

}  // namespace

int run_compare(std::span<const std::string> args) {
  CLI::App app(kHelp, "driftd compare");
  std::string reference, current;
  bool json = false;
  ComparisonOptions options;
  app.add_option("REFERENCE", reference, "What is compared with; its columns and types count")->type_name("FILE")->required();
  app.add_option("CURRENT", current, "What is compared")->type_name("FILE")->required();
  app.add_option("--columns", options.columns, "Only these columns (glob; may be repeated)")->allow_extra_args(false);
  app.add_flag("--json", json, "One JSON document: column, statistic, value");
  if (const auto done = parse_arguments(app, args)) return *done;
  options.say = [](const std::string& text) { fmt::print(stderr, "driftd: {}\n", text); };
  auto comparisons = compare_files(reference, current, options);
  if (!comparisons) {
    fmt::print(stderr, "driftd: {}\n", comparisons.error().message);
    return exit_code(comparisons.error().kind);
  }
  const std::string text = json ? comparison_json(*comparisons) : comparison_page(std::move(*comparisons));
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

}  // namespace driftd
