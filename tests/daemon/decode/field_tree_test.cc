#include "daemon/decode/field_tree.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {
namespace {

// A key as simdjson's tape has it, with bytes behind it that belong to something else.
std::vector<std::uint8_t> stored(const std::string& key) {
  const auto bytes = static_cast<std::uint32_t>(key.size());
  std::vector<std::uint8_t> text(sizeof bytes + key.size() + 64, 0xAA);
  std::memcpy(text.data(), &bytes, sizeof bytes);
  std::memcpy(text.data() + sizeof bytes, key.data(), key.size());
  return text;
}

// Walks the keys of one flat record; the fields found.
std::vector<Field*> walk(FieldTree& tree, const std::vector<std::string>& keys) {
  std::vector<Field*> found;
  tree.begin_record();
  Followers* after = &tree.root().first;
  for (const std::string& key : keys) {
    Field& field = tree.find(tree.root(), *after, stored(key).data());
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
  const Field& inner = tree.find(*top[0], top[0]->first, stored("amount").data());
  CHECK(inner.numeric == 1);
  CHECK(inner.reads == Reads::kNumber);
}

TEST_CASE("keys that differ only behind the first 28 bytes, in length or in a NUL are different") {
  DecodePlan plan = test_plan();
  plan.slots.clear();
  const std::string base(28, 'k');
  const std::vector<std::string> keys{base, base + "a",          base + "b", base + std::string(1, '\0'), base.substr(0, 27),
                                      "",   std::string(1, '\0')};
  for (const std::string& key : keys) add_slot(plan, key, SlotType::kNumeric);
  FieldTree tree(plan);
  for (int record = 0; record < 3; ++record) {
    const std::vector<Field*> fields = walk(tree, keys);
    for (std::uint32_t i = 0; i < keys.size(); ++i) CHECK(fields[i]->numeric == i);
  }
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
