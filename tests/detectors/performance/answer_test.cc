#include "detectors/performance/answer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "detectors/reference/cells.h"

using namespace driftd;

namespace {

Answer number(double x) { return {Answer::Kind::kNumber, x, 0}; }
Answer text(std::string_view bytes) { return {Answer::Kind::kText, 0, hash_category(bytes)}; }

const Answer kNone{};

}  // namespace

TEST_CASE("a number and its text are one answer") {
  CHECK(text_hash_of(number(7)) == text_hash_of(text("7")));
  CHECK(text_hash_of(number(0.5)) == text_hash_of(text("0.5")));
  CHECK(number_of(text("true")) == 1.0);
  CHECK(number_of(text("false")) == 0.0);
  CHECK_FALSE(number_of(text("1")));
  CHECK_FALSE(number_of(kNone));
}

TEST_CASE("the loss of a pair, or none") {
  struct Row {
    const char* name;
    Task task;
    Answer prediction, label;
    std::optional<double> want;
  };
  const std::vector<Row> rows{
      {"right class", Task::kBinary, number(0.7), number(1), 0},
      {"wrong class", Task::kBinary, number(0.7), number(0), 1},
      {"booleans", Task::kBinary, text("true"), text("false"), 1},
      {"no probability", Task::kBinary, number(1.5), number(1), std::nullopt},
      {"no class", Task::kBinary, number(0.5), number(2), std::nullopt},
      {"a word", Task::kBinary, number(0.5), text("yes"), std::nullopt},
      {"missing label", Task::kBinary, number(0.5), kNone, std::nullopt},
      {"equal words", Task::kMulticlass, text("cat"), text("cat"), 0},
      {"other words", Task::kMulticlass, text("cat"), text("dog"), 1},
      {"number and text", Task::kMulticlass, number(3), text("3"), 0},
      {"missing prediction", Task::kMulticlass, kNone, text("cat"), std::nullopt},
      {"distance", Task::kRegression, number(3), number(1.5), 1.5},
      {"a word among numbers", Task::kRegression, number(3), text("x"), std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(AnswerScale({row.task, 0.5, false}).loss(row.prediction, row.label) == row.want);
  }
}

TEST_CASE("known classes have numbers, the others share one") {
  std::vector<std::uint64_t> classes{hash_category("cat"), hash_category("dog")};
  std::ranges::sort(classes);
  const AnswerScale scale({Task::kMulticlass, 0.5, false}, classes);
  const auto known = scale.pair(text("cat"), text("dog"));
  REQUIRE(known);
  CHECK(known->prediction + known->label == 1);
  const auto other = scale.pair(text("cow"), text("cow"));
  REQUIRE(other);
  CHECK(other->prediction == 2);
  CHECK(other->label == 2);
  CHECK(scale.pair(text("cow"), text("hen"))->prediction == 3);
  CHECK(scale.loss(text("cow"), text("hen")) == 1.0);
}

TEST_CASE("what columns look like tells the task") {
  struct Row {
    const char* name;
    AnswerColumn prediction, label;
    PerformanceRule want;
  };
  const AnswerColumn zero_one{true, 0, 1, true}, score{true, 0.01, 0.99, false}, words{};
  const std::vector<Row> rows{
      {"classes 0 and 1", zero_one, zero_one, {Task::kBinary, 0.4, false}},
      {"a score", score, zero_one, {Task::kBinary, 0.4, true}},
      {"words", words, words, {Task::kMulticlass, 0.4, false}},
      {"few integers", {true, 0, 9, true}, {true, 0, 9, true}, {Task::kMulticlass, 0.4, false}},
      {"counts", {true, 0, 900, true}, {true, 0, 977, true}, {Task::kRegression, 0.4, false}},
      {"fractions", {true, 0, 9, false}, {true, 0, 9, true}, {Task::kRegression, 0.4, false}},
      {"below zero", {true, -3, 3, true}, {true, 0, 3, true}, {Task::kRegression, 0.4, false}},
      {"numbers for words", {true, 0, 900, true}, words, {Task::kMulticlass, 0.4, false}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(guess_rule(row.prediction, row.label, 0.4) == row.want);
  }
}
