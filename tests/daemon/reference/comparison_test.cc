// compare_files against SciPy 1.17.1 and NumPy (conformance/two_sample/expected.tsv), from the files on; and what files alone can do.
#include "daemon/reference/comparison.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/conformance/generator.h"
#include "tests/conformance/golden_file.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

const std::set<std::string> kOnSamples{"ks", "ks_p", "ks_p_exact", "ks_p_asymp", "w1", "yates_chi2", "yates_chi2_p", "fisher_p"};

bool is_p(const std::string& statistic) { return statistic.ends_with("_p") || statistic.find("_p_") != std::string::npos; }

// Tolerances of algorithms 0.5; SciPy's g is summed with an error of about one ulp of the rows.
bool close(const std::string& statistic, double got, double want, double rows) {
  if (is_p(statistic)) return std::abs(got - want) <= (want >= 1e-9 ? 1e-9 * want : 1e-12);
  const double slack = statistic == "g" ? 1e-16 * rows : 0;
  return std::abs(got - want) <= slack + 1e-12 * std::max(std::abs(want), 1e-3);
}

// The files of a pair; samples that are not kept are generated into the folder.
std::string sample_file(const TempFolder& folder, const std::string& pair, const std::string& side) {
  const auto stored = two_sample_folder() / (pair + "." + side + ".csv");
  if (std::filesystem::exists(stored)) return stored.string();
  std::string text = "x\n";
  for (const double value : two_sample_values(pair, side)) text += fmt::format("{}\n", value);
  return folder.write(pair + "." + side + ".csv", text);
}

std::vector<ColumnComparison> compared(const std::string& reference, const std::string& current, const ComparisonOptions& options = {}) {
  auto comparisons = compare_files(reference, current, options);
  if (!comparisons) FAIL(comparisons.error().message);
  return std::move(*comparisons);
}

}  // namespace

TEST_CASE("every golden pair, from its files") {
  const TempFolder folder;
  std::string loaded;
  ColumnComparison x;
  int checked = 0;
  for (const auto& row : golden::rows("two_sample/expected.tsv")) {
    if (row[0] != loaded) {
      loaded = row[0];
      auto comparisons = compared(sample_file(folder, loaded, "reference"), sample_file(folder, loaded, "current"));
      REQUIRE(comparisons.size() == 1);
      x = std::move(comparisons[0]);
    }
    const std::string group = x.type == FeatureType::kNumeric ? "k256b10." : "cells.";
    const bool on_cells = row[1].starts_with(group);
    const std::string statistic = on_cells ? row[1].substr(group.size()) : row[1];
    if (!on_cells && !kOnSamples.contains(statistic)) continue;
    CAPTURE(loaded);
    CAPTURE(statistic);
    const double want = golden::number<double>(row[2]), got = x.find(statistic);
    CAPTURE(got);
    CAPTURE(want);
    CHECK(close(statistic, got, want, x.find("n") + x.find("m")));
    ++checked;
  }
  CHECK(checked == 414);
}

TEST_CASE("p_value is of merged cells, and says how many") {
  const TempFolder folder;
  auto rare = compared(folder.write("r.csv", "c\na\na\na\na\na\na\na\na\nb\nb\n"), folder.write("w.csv", "c\na\na\na\nb\nb\nz\n"));
  CHECK(rare[0].find("min_expected") < 5);
  CHECK(rare[0].find("cells_used") == 2);
  CHECK(rare[0].find("chi2_df") == 2);
  CHECK(rare[0].find("p_value") > 0);
}

TEST_CASE("columns by name, types of the reference, rows without a value") {
  const TempFolder folder;
  const auto r = folder.write("r.csv", "id,x,c,gone\nk1,1.5,a,1.5\nk2,,b,2.5\nk3,2.5,a,2.5\n");
  const auto w = folder.write("w.jsonl", "{\"c\":\"a\",\"x\":1.5,\"new\":1}\n{\"x\":\"text\",\"c\":7}\n");
  std::vector<std::string> said;
  ComparisonOptions options;
  options.say = [&](const std::string& text) { said.push_back(text); };
  const auto columns = compared(r, w, options);
  REQUIRE(columns.size() == 3);
  CHECK(columns[0].name == "c");
  CHECK(columns[0].find("m") == 2);
  CHECK(columns[1].name == "gone");
  CHECK(columns[1].find("m") == 0);
  CHECK(std::isnan(columns[1].find("psi")));
  CHECK(columns[2].find("n") == 2);
  CHECK(columns[2].find("m") == 1);
  CHECK(said == std::vector<std::string>{"'id' is left out: no text repeats, as in a key (--columns 'id' compares it)",
                                         w + ": there is no column 'gone'"});
  options.columns = {"i*"};
  CHECK(compared(r, w, options)[0].name == "id");
}

TEST_CASE("one outlier in the window moves the statistics of a shift by less than 2%") {  // field lesson B1
  const TempFolder folder;
  const auto text = [](const std::string& side, const char* more) {
    std::string rows = "x\n";
    for (const double value : two_sample_values("shift", side)) rows += fmt::format("{}\n", value);
    return rows + more;
  };
  const auto r = folder.write("r.csv", text("reference", ""));
  const double without = compared(r, folder.write("w.csv", text("current", "")))[0].find("psi");
  const double with = compared(r, folder.write("v.csv", text("current", "10000\n")))[0].find("psi");
  CHECK(std::abs(with - without) < 0.02 * without);
}

TEST_CASE("what cannot be compared says why") {
  const TempFolder folder;
  const auto good = folder.write("good.csv", "x\n1.5\n"), bad = folder.write("bad.csv", "x\n1,2\n");
  const auto error = [](const std::string& r, const std::string& w, const ComparisonOptions& options = {}) {
    const auto comparisons = compare_files(r, w, options);
    return comparisons ? "no error" : comparisons.error().message;
  };
  CHECK(error(good, bad) == bad + ":2:2: this record has 2 fields, the header 1");
  CHECK(error(good, folder.path("none")) == folder.path("none") + ": No such file or directory");
  ComparisonOptions options;
  options.columns = {"y"};
  CHECK(error(good, good, options) == good + ": no column to compare; there are: x");
}

}  // namespace driftd
