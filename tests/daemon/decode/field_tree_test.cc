#include "daemon/decode/field_tree.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

// A key with bytes behind it that belong to something else.
std::string stored(const std::string& key) { return key + std::string(64, '\xAA'); }
std::string_view view_of(const std::string& text, const std::string& key) { return std::string_view(text).substr(0, key.size()); }

// Walks the keys of one flat record; the fields found.
std::vector<Field*> walk(FieldTree& tree, const std::vector<std::string>& keys) {
  std::vector<Field*> found;
  tree.begin_record();
  Followers* after = &tree.root().first;
  for (const std::string& key : keys) {
    const std::string text = stored(key);
    Field& field = tree.find(tree.root(), *after, view_of(text, key));
    found.push_back(&field);
    after = &field.next;
  }
  return found;
}

}  // namespace

TEST_CASE("a key finds what is read from it, whatever came before") {
  FieldTree tree(test_plan());
  const std::vector<std::vector<std::string>> records{{"ts", "x", "kind"},         {"kind", "x", "ts"}, {"x", "kind"},
                                                      {"junk", "x", "junk", "ts"}, {"ts", "x", "kind"}, {"x", "x", "xx"}};
  for (const auto& keys : records) {
    const std::vector<Field*> fields = walk(tree, keys);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      CAPTURE(keys[i]);
      CHECK(fields[i]->numeric == (keys[i] == "x" ? 0 : kNoColumn));
      CHECK(fields[i]->category == (keys[i] == "x" ? 0 : keys[i] == "kind" ? 1 : kNoColumn));
      CHECK(fields[i]->event_time == (keys[i] == "ts"));
      CHECK((fields[i]->reads == Reads::kNothing) == (keys[i] == "junk" || keys[i] == "xx"));
    }
  }
}

TEST_CASE("the same key in another object is another field") {
  FieldTree tree(test_plan());
  const std::vector<Field*> top = walk(tree, {"pay", "amount"});
  CHECK(top[0]->has_children);
  CHECK(top[1]->reads == Reads::kNothing);
  const Field& inner = tree.find(*top[0], top[0]->first, view_of(stored("amount"), "amount"));
  CHECK(inner.numeric == 1);
  CHECK(inner.reads == Reads::kNumber);
}

TEST_CASE("keys that differ only behind the first 32 bytes, in length or in a NUL are different") {
  DecodePlan plan = test_plan();
  plan.slots.clear();
  const std::string base(32, 'k');
  const std::vector<std::string> keys{base, base + "a",          base + "b", base + std::string(1, '\0'), base.substr(0, 31),
                                      "",   std::string(1, '\0')};
  for (const std::string& key : keys) add_slot(plan, key, SlotType::kNumeric);
  FieldTree tree(plan);
  for (int record = 0; record < 3; ++record) {
    const std::vector<Field*> fields = walk(tree, keys);
    for (std::uint32_t i = 0; i < keys.size(); ++i) CHECK(fields[i]->numeric == i);
  }
}

TEST_CASE("a text shows its next key when that is one of the two that came next before") {
  const std::string quoted = "a\"b", accented = "\xc3\xa9", control = "a\x01", long_key(40, 'k');
  DecodePlan plan = test_plan();
  for (const std::string& key : {quoted, accented, control, long_key, std::string(30, 'k'), std::string(31, 'k')})
    add_slot(plan, key, SlotType::kNumeric);
  FieldTree tree(plan);
  struct Row {
    std::string first, second;  // the keys that the next record begins with, and the one after it
    std::string text;
    bool shown;  // the second of them
  };
  const Row rows[] = {
      {"x", "kind", "kind\":", true},
      {"x", "kind", "kind\" :", false},
      {"x", "kind", "kinds\":", false},
      {"x", "kind", "kin\":", false},
      {"x", "kind", "ts\":", false},
      {"kind", long_key, long_key + "\":", true},
      {"kind", long_key, long_key + "\"", false},
      {"kind", long_key, long_key.substr(1) + "\":", false},
      {long_key, std::string(30, 'k'), std::string(30, 'k') + "\":", true},
      {long_key, std::string(30, 'k'), std::string(31, 'k') + "\":", false},
      {"ts", std::string(31, 'k'), std::string(31, 'k') + "\":", true},
      {"y", quoted, quoted + "\":", false},
      {"p", accented, accented + "\":", false},
      {accented, control, control + "\":", false},
      {control, "junk", "junk\":", true},
      {"pay", "", "\":", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::vector<Field*> fields = walk(tree, {row.first, row.second});
    const std::string text = row.text + std::string(64, '\0');
    CHECK((tree.guess(fields[0]->next, text.data()) == fields[1]) == row.shown);
  }
  // The second guess becomes the first.
  const std::vector<Field*> one = walk(tree, {"x", "y"}), other = walk(tree, {"x", "ts"});
  const std::string text = "y\":" + std::string(64, '\0');
  CHECK(tree.guess(one[0]->next, text.data()) == one[1]);
  CHECK(one[0]->next.likely == one[1]);
  CHECK(one[0]->next.second == other[1]);
}

TEST_CASE("a field is read once a record") {
  FieldTree tree(test_plan());
  Field& x = *walk(tree, {"x"})[0];
  CHECK(tree.first_time(x));
  CHECK_FALSE(tree.first_time(x));
  tree.begin_record();
  CHECK(tree.first_time(x));
}

TEST_CASE("learning stops when it is full, and starts again with the next record") {
  FieldTree tree(test_plan());
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kLearnedFields + 5; ++i) keys.push_back("junk" + std::to_string(i));
  keys.push_back("x");
  const std::vector<Field*> crowded = walk(tree, keys);
  CHECK(crowded[kLearnedFields] == crowded[kLearnedFields + 1]);  // unknown, both
  CHECK(crowded.back()->numeric == 0);
  const std::vector<Field*> fresh = walk(tree, {"new", "newer", "x"});
  CHECK(fresh[0] != fresh[1]);
  CHECK(fresh[2]->numeric == 0);
}

}  // namespace driftd
