#include "config/reload_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <type_traits>
#include <utility>

#include "config/bind.h"
#include "config/field_value.h"
#include "config/fields.h"

namespace driftd {
namespace {

struct Comparison {
  Document in_force, wanted;
  const Loaded& loaded;
  Problems problems;
};

template <class Value>
constexpr bool kOnlyReloads =  // only below keys that a reload takes
    std::is_same_v<Value, StreamConfig> || std::is_same_v<Value, std::vector<DetectorConfig>> ||
    std::is_same_v<Value, std::optional<FalseAlarms>>;

bool equal(const KeySlot& a, const KeySlot& b) {
  return std::visit(
      [&b]<class Value>(Value* left) {
        if constexpr (kOnlyReloads<Value>) {
          return false;
        } else {
          return *left == *std::get<Value*>(b);
        }
      },
      a);
}

void compare(const ConfigKey& group, const std::string& path, Comparison& made) {
  for (const ConfigKey& key : group.keys) {
    if (key.reloads) continue;
    const std::string below = join_path(path, key.name);
    if (!is_leaf(key)) {
      compare(key, below, made);
      continue;
    }
    const KeySlot before = key.slot(&made.in_force), after = key.slot(&made.wanted);
    if (equal(before, after)) continue;
    const auto origin = made.loaded.origins.find(below);
    const std::string place = origin == made.loaded.origins.end() ? made.loaded.config.source : origin->second;
    made.problems.push_back(problem_at(place, fmt::format("{}: a change takes a restart; in force is {}, the file says {}", below,
                                                          print_leaf(key, before), print_leaf(key, after))));
  }
}

// The number behind the last colon, which is cut off.
std::optional<std::uint32_t> take_number(std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  text.resize(colon);
  return number;
}

}  // namespace

Problem problem_at(const std::string& place, std::string message) {
  Problem problem{place, 0, 0, std::move(message), "", ""};
  std::string source = place;
  const auto column = take_number(source);
  const auto line = column ? take_number(source) : std::nullopt;
  if (line) problem.source = std::move(source), problem.line = *line, problem.column = *column;
  return problem;
}

Problems needs_restart(const Config& in_force, const Loaded& wanted) {
  Comparison made{{}, {}, wanted, {}};
  made.in_force.config = in_force;
  made.wanted.config = wanted.config;
  compare(key_table(), "", made);
  return std::move(made.problems);
}

}  // namespace driftd
