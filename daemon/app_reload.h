// What a reload changes, and how it is told. Pure.
#pragma once

#include <span>
#include <string>

#include "config/problem.h"
#include "daemon/engine_plan.h"
#include "daemon/status.h"

namespace driftd {

// By monitor: kept where name and statistical definition are the same, reset where only the name is. asked_by, wall_us and problems are the
// caller's.
ReloadStatus compare_plans(const EnginePlan& in_force, const EnginePlan& wanted);

std::vector<ReloadProblem> reload_problems(std::span<const Problem> problems);

// "2 kept, 1 reset (fraud), 1 added (churn)", names as far as a line takes them.
std::string changes_text(const ReloadStatus& reload);

}  // namespace driftd
