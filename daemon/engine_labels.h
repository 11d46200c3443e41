// How the predictions of one monitor are compared with labels that come later: configuration and reference -> rule, scale, join.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "config/config.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/window/label_join.h"
#include "detectors/reference/reference.h"

namespace driftd {

// Whether its losses are a part of their own: it has labels on a topic, and performance.task is not off.
bool joins_labels(const MonitorConfig& monitor);

std::optional<Task> chosen_task(TaskChoice choice);  // nullopt: none is named

// The task the configuration names, else that of the reference, else what its columns look like.
PerformanceRule performance_rule(const MonitorConfig& monitor, const Reference& reference);

// losses: the plan of the joined panes. What the streams say (index, lateness of labels) is left open, and the engine's index too.
std::unique_ptr<LabelJoinPlan> make_label_join(const MonitorConfig& monitor, const Reference& reference, const PanePlan& losses,
                                               std::uint64_t max_pending);

// What of the join changes a statistic: part of the key of its state.
void write_join(const MonitorConfig& monitor, const PerformanceRule& rule, JsonWriter& json);

// The losses 0 and 1 of a model whose reference has no labels: sequential detectors can watch them, nothing can be compared.
std::unique_ptr<const FeatureReference> unknown_losses();

}  // namespace driftd
