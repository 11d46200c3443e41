#include "daemon/reference/reference_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "daemon/reference/reference_format.h"
#include "tests/conformance/generator.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

using Counts = std::vector<std::uint64_t>;
using Said = std::vector<std::string>;

Reference built(const std::vector<std::string>& paths, ReferenceOptions options = {}) {
  auto reference = build_reference(paths, options);
  if (!reference) FAIL(reference.error().message);
  return std::move(*reference);
}

std::string error_of(const std::vector<std::string>& paths, const ReferenceOptions& options = {}) {
  const auto reference = build_reference(paths, options);
  return reference ? "no error" : reference.error().message;
}

std::uint64_t class_count(const FeatureReference& feature, ValueClass value_class, std::size_t segment = 0) {
  return feature.segments[segment].classes[static_cast<std::size_t>(value_class)];
}

std::vector<std::string> names(const Reference& reference) {
  std::vector<std::string> names;
  for (const auto& feature : reference.features) names.push_back(feature.name);
  return names;
}

// 300 rows of everything that a file can hold, in a fixed order.
std::vector<std::string> sample_rows() {
  SplitMix64 random(3);
  std::vector<std::string> rows;
  for (int i = 0; i < 300; ++i) {
    const auto draw = random.next();
    const std::string x = draw % 17 == 0 ? "" : draw % 19 == 0 ? "nan" : std::to_string(next_n8(random));
    const std::string country = draw % 3 == 0 ? "de" : draw % 3 == 1 ? "at" : "";
    const std::string second = std::to_string(10 + i % 50);
    rows.push_back("key" + std::to_string(i) + "," + std::to_string(i) + ",2026-03-01T10:05:" + second + "Z," + x + "," + country + "," +
                   std::to_string(draw % 2) + "," + std::to_string(draw / 2 % 2));
  }
  return rows;
}

std::string sample_text(const std::vector<std::string>& rows) {
  std::string text = "id,row,time,x,country,predicted,label\n";
  for (const auto& row : rows) text += row + "\n";
  return text;
}

ReferenceOptions sample_options() {
  ReferenceOptions options;
  options.segment_by = {"country"};
  options.prediction_column = "predicted";
  options.label_column = "label";
  return options;
}

}  // namespace

TEST_CASE("a small file is counted as by hand") {
  const TempFolder folder;
  const auto path = folder.write("x.csv", "x,colour\n1,red\n2,red\n,blue\nnan,red\n2,\ninf,red\n4,red\n4,red\n");
  const auto reference = built({path});
  CHECK(reference.rows == 8);
  // printf 'x,colour\n1,red\n...' | sha256sum
  CHECK(reference.source_sha256 == "b9f6e074c5fc962d2bdd476093017adc1e403ccab8cbd9be4488912e0cb1e458");
  REQUIRE(names(reference) == std::vector<std::string>{"colour", "x"});

  const auto& x = *reference.find("x");
  CHECK(x.numeric.discrete);
  CHECK(x.numeric.edges == std::vector<double>{1, 2, 4});
  CHECK(x.segments[0].cells == Counts{1, 2, 2, 0});
  CHECK(class_count(x, ValueClass::kValid) == 5);
  CHECK(class_count(x, ValueClass::kNull) == 1);
  CHECK(class_count(x, ValueClass::kNan) == 1);
  CHECK(class_count(x, ValueClass::kPositiveInfinity) == 1);
  CHECK(x.min == 1);
  CHECK(x.max == 4);
  CHECK(x.mean == doctest::Approx(2.6).epsilon(1e-15));
  CHECK(x.standard_deviation == doctest::Approx(1.2).epsilon(1e-15));
  CHECK(x.q25 == 2);
  CHECK(x.q75 == 4);
  CHECK(x.distinct == 3);
  CHECK(std::ldexp(x.max, x.sum_exponent) < std::ldexp(1.0, 62));
  CHECK(std::ldexp(x.max, x.sum_exponent) >= std::ldexp(1.0, 61));

  const auto& colour = *reference.find("colour");
  CHECK(colour.type == FeatureType::kCategorical);
  CHECK(colour.categories.dictionary == std::vector<std::string>{"red"});
  CHECK(colour.segments[0].cells == Counts{6, 1, 0});
  CHECK(class_count(colour, ValueClass::kNull) == 1);
  CHECK(colour.categories.seen_once == 1);
}

TEST_CASE("JSON lines: nested fields, absent ones, wrong types") {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 10; ++i)
    text += R"({"a":{"n":1.5,"s":"x"},"b":true,"list":[1]})"
            "\n";
  text += R"({"a":{"n":"2","s":7}})"
          "\n";
  text += R"({"a":{"n":-0.0,"s":null,"s":"second"},"b":false})"
          "\n";
  Said said;
  ReferenceOptions options;
  options.say = [&](const std::string& line) { said.push_back(line); };
  const auto reference = built({folder.write("x.jsonl", text)}, options);
  CHECK(said == Said{"'list' is left out: it holds arrays or objects"});
  REQUIRE(names(reference) == std::vector<std::string>{"a.n", "a.s", "b"});
  const auto& n = *reference.find("a.n");
  CHECK(n.numeric.edges == std::vector<double>{0, 1.5});
  CHECK(class_count(n, ValueClass::kWrongType) == 1);
  const auto& s = *reference.find("a.s");
  CHECK(s.distinct == 2);  // x and 7
  CHECK(class_count(s, ValueClass::kNull) == 1);
  const auto& b = *reference.find("b");
  CHECK(class_count(b, ValueClass::kAbsent) == 1);
  CHECK(b.zero_one);
}

TEST_CASE("what is left out is said, and can be asked for") {
  const TempFolder folder;
  const auto path = folder.write("x.csv", sample_text(sample_rows()));
  Said said;
  ReferenceOptions options;
  options.say = [&](const std::string& line) { said.push_back(line); };
  const auto reference = built({path}, options);
  CHECK(said == Said{"'time' is taken as the time of the rows (--time names another)",
                     "'id' is left out: no text repeats, as in a key (--categorical 'id' keeps it)",
                     "'row' is left out: its integers only grow, like row numbers (--numeric 'row' keeps it)"});
  CHECK(names(reference) == std::vector<std::string>{"country", "label", "predicted", "x"});
  CHECK(reference.time_column == "time");
  CHECK(reference.created_us == 1'772'359'559'000'000);

  options.say = {};
  options.numeric = {"r*"};
  options.categorical = {"id", "predicted"};
  options.exclude = {"l?bel", "time"};
  const auto asked = built({path}, options);
  CHECK(names(asked) == std::vector<std::string>{"country", "id", "predicted", "row", "x"});
  CHECK(asked.find("predicted")->type == FeatureType::kCategorical);
  CHECK(asked.time_column.empty());
  CHECK(!asked.created_us);
}

TEST_CASE("the derived error, with segments of its own") {
  const TempFolder folder;
  const auto rows = sample_rows();
  const auto reference = built({folder.write("x.csv", sample_text(rows))}, sample_options());
  CHECK(reference.segments == std::vector<std::string>{"country=at", "country=de"});
  Counts errors{0, 0, 0}, totals{0, 0, 0};
  for (const auto& row : rows) {
    const bool differ = row[row.size() - 3] != row.back();
    const std::size_t segment = row.find(",at,") != std::string::npos ? 1 : row.find(",de,") != std::string::npos ? 2 : 0;
    ++totals[0], errors[0] += differ;
    if (segment > 0) ++totals[segment], errors[segment] += differ;
  }
  CHECK(reference.segment_rows == totals);
  const auto& error = *reference.find("error");
  CHECK(error.zero_one);
  CHECK(error.numeric.edges == std::vector<double>{0, 1});
  for (std::size_t s = 0; s < 3; ++s) CHECK(error.segments[s].cells == Counts{totals[s] - errors[s], errors[s], 0});
  for (const auto& feature : reference.features) {  // every row of a segment is in one class
    for (std::size_t s = 0; s < 3; ++s) {
      const auto& classes = feature.segments[s].classes;
      CHECK(std::accumulate(classes.begin(), classes.end(), std::uint64_t{0}) == totals[s]);
    }
  }
  CHECK(decode_reference(encode_reference(reference)));
}

TEST_CASE("equal input gives equal bytes; memory and order of rows change nothing but the hash of the source") {
  const TempFolder folder;
  auto rows = sample_rows();
  const auto path = folder.write("x.csv", sample_text(rows));
  const auto bytes = encode_reference(built({path}, sample_options()));
  CHECK(encode_reference(built({path}, sample_options())) == bytes);
  auto small = sample_options();
  small.memory_bytes = 0;
  CHECK(encode_reference(built({path}, small)) == bytes);

  SplitMix64 random(5);
  for (std::size_t i = rows.size() - 1; i > 0; --i) std::swap(rows[i], rows[random.next() % (i + 1)]);
  auto options = sample_options();
  options.exclude = {"row"};  // what the order itself says
  auto shuffled = built({folder.write("y.csv", sample_text(rows))}, options);
  auto ordered = built({path}, options);
  shuffled.source_sha256 = ordered.source_sha256;
  CHECK(encode_reference(shuffled) == encode_reference(ordered));
}

TEST_CASE("files are one table, and their bytes one source") {
  const TempFolder folder;
  const auto rows = sample_rows();
  const auto whole = built({folder.write("x.csv", sample_text(rows))});
  const auto first = folder.write("a.csv", sample_text({rows.begin(), rows.begin() + 100}));
  const auto second = folder.write("b.csv", sample_text({rows.begin() + 100, rows.end()}));
  auto parts = built({first, second});
  CHECK(parts.source_sha256 != whole.source_sha256);  // the header is there twice
  parts.source_sha256 = whole.source_sha256;
  CHECK(encode_reference(parts) == encode_reference(whole));
}

TEST_CASE("a column that turns to text late, or is asked for as numbers, is counted in full") {
  const TempFolder folder;
  std::string text = "late,asked,x\n";
  for (int i = 0; i < 30'000; ++i) text += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + std::to_string(i % 11) + ".5\n";
  const auto path = folder.write("x.csv", text + "end,end,1\n");
  ReferenceOptions options;
  options.numeric = {"asked"};
  const auto reference = built({path}, options);
  CHECK(reference.find("late")->distinct == 8);
  CHECK(reference.find("late")->type == FeatureType::kCategorical);
  CHECK(reference.find("asked")->distinct == 5);
  CHECK(class_count(*reference.find("asked"), ValueClass::kValid) == 30'000);
  CHECK(class_count(*reference.find("asked"), ValueClass::kWrongType) == 1);
  CHECK(class_count(*reference.find("x"), ValueClass::kValid) == 30'001);
}

TEST_CASE("JSON texts before and between numbers do not hide what a column mostly is") {
  const TempFolder folder;
  const auto path = folder.write("x.jsonl", "{\"a\":\"t\",\"b\":3}\n{\"a\":4,\"b\":\"u\"}\n{\"a\":3,\"b\":2}\n{\"c\":4.5}\n{\"c\":4.5}\n");
  const auto reference = built({path});
  for (const char* name : {"a", "b"}) {
    CHECK(class_count(*reference.find(name), ValueClass::kValid) == 2);
    CHECK(class_count(*reference.find(name), ValueClass::kWrongType) == 1);
    CHECK(class_count(*reference.find(name), ValueClass::kAbsent) == 2);
  }
  CHECK(class_count(*reference.find("c"), ValueClass::kAbsent) == 3);
}

TEST_CASE("a file that changes between passes is refused, even where it keeps its rows") {
  const TempFolder folder;
  for (const char* changed : {"a,b\n2,x\n1,y\n1,y\n", "a,b\n1,x\n", "a,b,c\n1,x,1\n2,y,1\n2,y,1\n"}) {
    const auto path = folder.write("x.csv", "a,b\n1,x\n2,y\n2,y\n");
    ReferenceOptions options;
    options.missing_is_fine = true;
    options.time_column = "none";  // that it is not there is said between the passes
    options.say = [&](const std::string&) { folder.write("x.csv", changed); };
    CHECK(error_of({path}, options) == path + ": the file changed while it was read");
  }
}

TEST_CASE("numbers beyond the memory are spilled, aloud, with the same result") {
  const TempFolder folder;
  std::string text = "x\n";
  SplitMix64 random(1);
  for (int i = 0; i < 20'000; ++i) text += std::to_string(next_n8(random)) + "\n";
  const auto path = folder.write("x.csv", text);
  Said said;
  ReferenceOptions options;
  options.memory_bytes = 20'000;
  options.say = [&](const std::string& line) { said.push_back(line); };
  CHECK(encode_reference(built({path}, options)) == encode_reference(built({path})));
  CHECK(said == Said{"the numbers did not fit into memory: they were sorted in a temporary file"});
}

TEST_CASE("moments and quantiles of a large sample") {
  const TempFolder folder;
  const auto sample = two_sample_values("asymptotic", "reference");
  std::string text = "x\n";
  for (const double value : sample) text += std::to_string(value) + "\n";
  const auto reference = built({folder.write("x.csv", text)});
  const auto& x = *reference.find("x");
  CHECK(x.numeric.edges.size() >= 250);
  long double sum = 0, squares = 0;
  for (const double value : sample) sum += std::stod(std::to_string(value));
  const long double mean = sum / static_cast<long double>(sample.size());
  for (const double value : sample) squares += (std::stod(std::to_string(value)) - mean) * (std::stod(std::to_string(value)) - mean);
  CHECK(std::abs(x.mean - static_cast<double>(mean)) < 1e-14);
  CHECK(x.standard_deviation ==
        doctest::Approx(static_cast<double>(std::sqrt(squares / static_cast<long double>(sample.size())))).epsilon(1e-13));
}

TEST_CASE("one outlier of 1e6 leaves the cells of the rest") {  // field lesson B10
  const TempFolder folder;
  std::string text = "x\n";
  for (const double value : two_sample_values("exact_limit", "reference")) text += std::to_string(value) + "\n";
  const auto without = built({folder.write("x.csv", text)});
  const auto with = built({folder.write("y.csv", text + "1000000\n")});
  const auto& edges = with.find("x")->numeric.edges;
  REQUIRE(edges.size() == without.find("x")->numeric.edges.size());
  CHECK(edges.back() < 5);
  CHECK(with.find("x")->max == 1e6);
}

TEST_CASE("what cannot be built says why") {
  const TempFolder folder;
  const auto x = folder.write("x.csv", "a,b\n1,x\n2,y\n2,y\n");
  const auto with = [](auto change) {
    ReferenceOptions options;
    change(options);
    return options;
  };
  CHECK(error_of({folder.path("none.csv")}) == folder.path("none.csv") + ": No such file or directory");
  const auto empty = folder.write("empty.csv", "a,b\n");
  CHECK(error_of({empty}) == empty + ": it has no rows");
  CHECK(error_of({x}, with([](auto& o) { o.time_column = "t"; })) == x + ": --time: there is no column 't'; there are: a, b");
  CHECK(error_of({x}, with([](auto& o) { o.time_column = "b"; })) ==
        x + ": column 'b' holds no time: RFC 3339 or integers of the time unit are wanted");
  CHECK(error_of({x}, with([](auto& o) { o.numeric = {"c*"}; })) == x + ": --numeric 'c*' matches no column; there are: a, b");
  CHECK(error_of({x}, with([](auto& o) { o.numeric = o.categorical = {"a"}; })) ==
        x + ": column 'a' is asked for as categorical and as numeric");
  CHECK(error_of({x}, with([](auto& o) { o.exclude = {"*"}; })) == x + ": no column is left that could be a feature");
  CHECK(error_of({x}, with([](auto& o) { o.segment_by = {"c"}; })) == x + ": --segment-by: there is no column 'c'; there are: a, b");
  const auto ragged = folder.write("ragged.csv", "a,b\n1,x\n2\n");
  CHECK(error_of({ragged}) == ragged + ":3:2: this record has 1 fields, the header 2");
}

TEST_CASE("a .ref file is loaded, rows are built, damage is told from both") {
  const TempFolder folder;
  const auto rows = folder.write("x.csv", sample_text(sample_rows()));
  const auto reference = built({rows});
  const auto bytes = encode_reference(reference);
  const auto loaded = load_reference(folder.write("x.ref", bytes), {});
  REQUIRE(loaded);
  CHECK(encode_reference(*loaded) == bytes);
  CHECK(loaded->id == reference.id);
  CHECK(load_reference(rows, {})->id == reference.id);

  const auto damaged = load_reference(folder.write("bad.ref", bytes.substr(0, bytes.size() - 1)), {});
  REQUIRE(!damaged);
  CHECK(damaged.error().kind == ReferenceError::Kind::kCorrupt);
  CHECK(damaged.error().message.starts_with(folder.path("bad.ref") + ": section "));
  const auto other = load_reference(folder.write("rows.ref", "a,b\n1,2\n"), {});
  REQUIRE(!other);
  CHECK(exit_code(other.error().kind) == 78);
  CHECK(exit_code(load_reference(folder.path("none"), {}).error().kind) == 74);
  CHECK(exit_code(load_reference(folder.write("bad.csv", "a\n\"\n"), {}).error().kind) == 65);
}

}  // namespace driftd
