#include "daemon/app_reload.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace driftd {
namespace {

constexpr std::size_t kNamesShown = 10;

// What the state of each monitor belongs to: its features, and its losses where it has labels on a topic of their own.
std::map<std::string, std::string> definitions(const EnginePlan& plan) {
  std::map<std::string, std::string> keys;
  for (std::size_t part = 0; part < plan.panes.size(); ++part) {
    keys[plan.configs[plan.owners[part]].name] += plan.panes[part].state_key + '\n';
  }
  return keys;
}

void add_group(const char* what, const std::vector<std::string>& names, bool named, std::string& text) {
  if (names.empty()) return;
  text += fmt::format("{}{} {}", text.empty() ? "" : ", ", names.size(), what);
  if (!named) return;
  const std::size_t shown = std::min(names.size(), kNamesShown);
  text += fmt::format(" ({}{})", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                      shown < names.size() ? ", ..." : "");
}

}  // namespace

ReloadStatus compare_plans(const EnginePlan& in_force, const EnginePlan& wanted) {
  ReloadStatus reload;
  const auto before = definitions(in_force), after = definitions(wanted);
  for (const auto& [name, definition] : after) {
    const auto found = before.find(name);
    (found == before.end() ? reload.added : found->second == definition ? reload.kept : reload.reset).push_back(name);
  }
  for (const auto& [name, definition] : before) {
    if (!after.contains(name)) reload.removed.push_back(name);
  }
  return reload;
}

std::vector<ReloadProblem> reload_problems(std::span<const Problem> problems) {
  std::vector<ReloadProblem> told;
  for (const Problem& problem : problems) told.push_back({problem.source, problem.line, problem.column, problem.message});
  return told;
}

std::string changes_text(const ReloadStatus& reload) {
  std::string text;
  add_group("kept", reload.kept, false, text);
  add_group("reset", reload.reset, true, text);
  add_group("added", reload.added, true, text);
  add_group("removed", reload.removed, true, text);
  return text;
}

}  // namespace driftd
