#include "config/suggest.h"

#include <doctest/doctest.h>

#include <vector>

using namespace driftd;

TEST_CASE("edit distance counts inserts, deletes, replacements and swaps of neighbours") {
  struct Row {
    const char *a, *b;
    std::size_t want;
  };
  for (const auto& row :
       {Row{"", "", 0}, Row{"", "abc", 3}, Row{"abc", "", 3}, Row{"brokers", "brokers", 0}, Row{"brokrs", "brokers", 1},
        Row{"borkers", "brokers", 1}, Row{"treshold", "threshold", 1}, Row{"ca", "abc", 3}, Row{"kitten", "sitting", 3}}) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(edit_distance(row.a, row.b) == row.want);
    CHECK(edit_distance(row.b, row.a) == row.want);
  }
}

TEST_CASE("a suggestion is close, and close for the length of the word") {
  const std::vector<std::string> names{"threshold", "topic", "topics", "name", "by"};
  CHECK(suggest("treshold", names) == "threshold");
  CHECK(suggest("thresh", names) == std::nullopt);  // 3 edits
  CHECK(suggest("topicc", names) == "topic");       // the first of two at the same distance
  CHECK(suggest("topis", names) == "topic");
  CHECK(suggest("nam", names) == std::nullopt);  // 1 edit of 3 letters is a third
  CHECK(suggest("nmae", names) == "name");
  CHECK(suggest("bx", names) == std::nullopt);
  CHECK(suggest("", names) == std::nullopt);
  CHECK(suggest(std::string(1000, 'a'), names) == std::nullopt);
  CHECK(did_you_mean("nmae", names) == "; did you mean 'name'?");
  CHECK(did_you_mean("zzzz", names).empty());
}
