#include "config/join_streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/field_value.h"
#include "config/suggest.h"

namespace driftd {
namespace {

struct LeafPath {
  const ConfigKey* field;
  std::string path;
};

// The leaves below a group, with their paths from it.
void collect_leaves(const ConfigKey& group, const std::string& path, std::vector<LeafPath>& leaves) {
  for (const auto& key : group.keys) {
    if (is_leaf(key)) {
      leaves.push_back({&key, join_path(path, key.name)});
    } else {
      collect_leaves(key, join_path(path, key.name), leaves);
    }
  }
}

// The keys of a stream that a monitor may set: start ... queue, owned by a StreamConfig.
const std::vector<LeafPath>& shared_leaves() {
  static const std::vector<LeafPath> leaves = [] {
    std::vector<LeafPath> all;
    collect_leaves(*find_key(key_table(), "streams"), "", all);
    std::erase_if(all, [](const LeafPath& leaf) { return leaf.path == "name" || leaf.path == "topics"; });
    return all;
  }();
  return leaves;
}

std::string monitor_path(std::size_t i) { return fmt::format("monitors[{}]", i); }

class Joiner {
 public:
  Joiner(Document& document, Places& places, Report& report)
      : document_(document), places_(places), report_(report), declared_(document.declared_streams = document.config.streams.size()) {}

  void run() {
    check_declared();
    for (std::size_t i = 0; i < document_.monitors.size(); ++i) join(i);
    for (std::size_t i = 0; i < document_.monitors.size(); ++i) join_labels(i);
  }

 private:
  StreamConfig& stream(std::size_t i) { return document_.config.streams[i]; }
  Mark place(const std::string& path) const;
  void check_declared();
  void join(std::size_t i);
  void join_named(std::size_t i);
  void join_topic(std::size_t i);
  void make_stream(std::size_t i);
  void join_declared(std::size_t i, std::size_t found);
  void join_implied(std::size_t i, std::size_t found);
  void join_labels(std::size_t i);
  void make_label_stream(std::size_t i);
  void share_label_field(std::size_t i, const std::string& key, const std::string& wanted, std::string& field);
  void share_key(const LeafPath& leaf, std::size_t i, std::size_t found);

  Document& document_;
  Places& places_;
  Report& report_;
  std::size_t declared_;
  std::map<std::string, std::size_t> by_name_, by_topic_;  // streams: declared ones, and implied ones by their topic
  std::map<std::string, std::size_t> set_by_;              // "streams[1].time.lateness" -> monitor that set it
};

Mark Joiner::place(const std::string& path) const {
  const auto found = places_.find(path);
  return found != places_.end() ? found->second : places_.at("");
}

void Joiner::check_declared() {
  for (std::size_t i = 0; i < declared_; ++i) {
    const std::string path = fmt::format("streams[{}]", i);
    const auto [name, fresh] = by_name_.emplace(stream(i).name, i);
    if (!fresh && !stream(i).name.empty()) {
      report_.problem(place(path + ".name"),
                      fmt::format("{}.name: '{}' is the name of streams[{}] too", path, stream(i).name, name->second));
    }
    for (const auto& topic : stream(i).topics) {
      const auto [owner, first] = by_topic_.emplace(topic, i);
      if (!first)
        report_.problem(place(path + ".topics"),
                        fmt::format("{}.topics: streams[{}] reads topic '{}' already", path, owner->second, topic));
    }
    const bool empty_list = stream(i).topics.empty() && places_.contains(path + ".topics") && report_.clean();
    if (empty_list) report_.problem(place(path + ".topics"), fmt::format("{}.topics: expected at least one topic", path));
  }
}

void Joiner::join(std::size_t i) {
  if (!places_.contains(monitor_path(i))) return;  // no map of keys: already a problem
  const bool has_stream = places_.contains(monitor_path(i) + ".stream"), has_topic = places_.contains(monitor_path(i) + ".topic");
  if (has_stream && has_topic) {
    report_.problem(place(monitor_path(i) + ".topic"), fmt::format("{}: 'topic' and 'stream' exclude each other", monitor_path(i)));
  } else if (has_stream) {
    join_named(i);
  } else if (has_topic) {
    if (!document_.monitors[i].topic.empty()) join_topic(i);
  } else {
    report_.problem(place(monitor_path(i)), fmt::format("{}: missing key 'topic' (or 'stream')", monitor_path(i)));
  }
}

void Joiner::join_named(std::size_t i) {
  const std::string& name = document_.monitors[i].monitor.stream;
  std::vector<std::string> names;
  for (std::size_t s = 0; s < declared_; ++s) names.push_back(stream(s).name);
  if (std::ranges::find(names, name) == names.end()) {
    report_.problem(place(monitor_path(i) + ".stream"),
                    fmt::format("{}.stream: no stream is named '{}'{}", monitor_path(i), name, did_you_mean(name, names)));
  }
  for (const auto& leaf : shared_leaves()) {
    const std::string path = monitor_path(i) + "." + leaf.path;
    if (places_.contains(path))
      report_.problem(place(path), fmt::format("{}: belongs into the entry of stream '{}' in 'streams'", path, name));
  }
}

void Joiner::join_topic(std::size_t i) {
  const std::string& topic = document_.monitors[i].topic;
  if (const auto owner = by_topic_.find(topic); owner != by_topic_.end()) {
    return owner->second < declared_ ? join_declared(i, owner->second) : join_implied(i, owner->second);
  }
  if (by_name_.contains(topic)) {
    report_.problem(
        place(monitor_path(i) + ".topic"),
        fmt::format("{}.topic: stream '{}' exists and does not read topic '{}'; rename the stream", monitor_path(i), topic, topic));
    return;
  }
  make_stream(i);
}

void Joiner::make_stream(std::size_t i) {
  MonitorEntry& entry = document_.monitors[i];
  StreamConfig made = entry.stream;
  made.name = entry.topic;
  made.topics = {entry.topic};
  entry.monitor.stream = made.name;
  const std::size_t index = document_.config.streams.size();
  by_topic_.emplace(entry.topic, index);
  document_.config.streams.push_back(std::move(made));
  const std::string path = fmt::format("streams[{}]", index);
  places_[path] = place(monitor_path(i));
  places_[path + ".name"] = places_[path + ".topics"] = place(monitor_path(i) + ".topic");
  for (const auto& leaf : shared_leaves()) {
    const auto own = places_.find(monitor_path(i) + "." + leaf.path);
    const auto inherited = places_.find("defaults." + leaf.path);
    if (own != places_.end()) set_by_[path + "." + leaf.path] = i;
    if (own != places_.end() || inherited != places_.end())
      places_[path + "." + leaf.path] = own != places_.end() ? own->second : inherited->second;
  }
}

void Joiner::join_declared(std::size_t i, std::size_t found) {
  if (stream(found).topics.size() > 1) {
    report_.problem(
        place(monitor_path(i) + ".topic"),
        fmt::format("{0}.topic: stream '{1}' reads this topic among others; write 'stream: {1}'", monitor_path(i), stream(found).name));
    return;
  }
  document_.monitors[i].monitor.stream = stream(found).name;
  join_named(i);
}

void Joiner::join_implied(std::size_t i, std::size_t found) {
  document_.monitors[i].monitor.stream = stream(found).name;
  for (const auto& leaf : shared_leaves()) {
    if (places_.contains(monitor_path(i) + "." + leaf.path)) share_key(leaf, i, found);
  }
}

// A key that one monitor sets counts for the topic; two that differ are a conflict.
void Joiner::share_key(const LeafPath& leaf, std::size_t i, std::size_t found) {
  const std::string path = fmt::format("streams[{}].{}", found, leaf.path), own_path = monitor_path(i) + "." + leaf.path;
  StreamConfig& own = document_.monitors[i].stream;
  const auto [setter, first] = set_by_.emplace(path, i);
  if (first) {
    places_[path] = place(own_path);
    if (leaf.field->type == FieldType::kStart) {
      std::tie(stream(found).start, stream(found).start_time_us) = std::tie(own.start, own.start_time_us);
    } else {
      std::visit([&](auto* to) { *to = *std::get<decltype(to)>(leaf.field->slot(&own)); }, leaf.field->slot(&stream(found)));
    }
    return;
  }
  const std::string here = print_leaf(*leaf.field, leaf.field->slot(&own)),
                    there = print_leaf(*leaf.field, leaf.field->slot(&stream(found)));
  if (here == there) return;
  report_.problem(place(own_path), fmt::format("{}: monitors '{}' and '{}' read topic '{}' and differ: {} and {}", own_path,
                                               document_.monitors[setter->second].monitor.name, document_.monitors[i].monitor.name,
                                               document_.monitors[i].topic, there, here));
}

void Joiner::join_labels(std::size_t i) {
  MonitorEntry& entry = document_.monitors[i];
  LabelsConfig& labels = entry.monitor.labels;
  if (labels.topic.empty()) return;
  if (!by_topic_.contains(labels.topic)) make_label_stream(i);
  StreamConfig& read = stream(by_topic_.at(labels.topic));
  labels.stream = read.name;
  if (read.name == entry.monitor.stream) {
    report_.problem(place(monitor_path(i) + ".labels.topic"),
                    fmt::format("{}.labels.topic: '{}' is where the predictions are; labels in the same record need fields.label only",
                                monitor_path(i), labels.topic));
    return;
  }
  share_label_field(i, "id", labels.id, read.fields.event_id);
  share_label_field(i, "value", labels.value, read.fields.label);
  share_label_field(i, "event_time", labels.event_time, read.fields.event_time);
}

// As the predictions are read, but for where things are in a record.
void Joiner::make_label_stream(std::size_t i) {
  const MonitorEntry& entry = document_.monitors[i];
  const auto own = std::ranges::find(document_.config.streams, entry.monitor.stream, &StreamConfig::name);
  StreamConfig made = own != document_.config.streams.end() ? *own : entry.stream;
  made.name = entry.monitor.labels.topic;
  made.topics = {made.name};
  StreamConfig::Fields fields;
  fields.event_time_unit = made.fields.event_time_unit;
  made.fields = std::move(fields);
  const std::size_t index = document_.config.streams.size();
  by_topic_.emplace(made.name, index);
  document_.config.streams.push_back(std::move(made));
  const std::string path = fmt::format("streams[{}]", index);
  places_[path] = places_[path + ".name"] = places_[path + ".topics"] = place(monitor_path(i) + ".labels.topic");
}

// What a monitor says of a label, and what its stream has: one of them is enough, two must agree.
void Joiner::share_label_field(std::size_t i, const std::string& key, const std::string& wanted, std::string& field) {
  if (field.empty()) field = wanted;
  if (wanted.empty() || field == wanted) return;
  const std::string path = monitor_path(i) + ".labels." + key;
  report_.problem(place(path), fmt::format("{}: topic '{}' is read with '{}' already; got '{}'", path,
                                           document_.monitors[i].monitor.labels.topic, field, wanted));
}

}  // namespace

void join_streams(Document& document, Places& places, Report& report) { Joiner(document, places, report).run(); }

}  // namespace driftd
