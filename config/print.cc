#include "config/print.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <functional>
#include <string_view>
#include <utility>

#include "config/bind.h"
#include "config/field_value.h"
#include "config/fields.h"

namespace driftd {
namespace {

// Breaks a help text into comment lines.
std::string comment(std::string_view text, const std::string& indent) {
  constexpr std::size_t kWidth = 110;
  std::string out;
  while (!text.empty()) {
    std::size_t cut = text.size();
    if (indent.size() + text.size() > kWidth) cut = text.rfind(' ', kWidth - indent.size());
    if (cut == std::string_view::npos) cut = text.size();
    out += fmt::format("{}# {}\n", indent, text.substr(0, cut));
    text = cut < text.size() ? text.substr(cut + 1) : std::string_view{};
  }
  return out;
}

// How a page differs from another: which keys it leaves out and what stands around each.
struct Style {
  std::function<bool(const ConfigKey&)> left_out;
  std::function<bool(const ConfigKey&)> empty;                                    // groups that are named but not opened
  std::function<std::string(const ConfigKey&, const std::string& indent)> above;  // whole lines
  std::function<std::string(const ConfigKey&, void* owner)> value;
  std::function<std::string(const std::string& path)> beside;
};

// Walks table and structs together and writes one line a key.
class Page {
 public:
  Page(Document& document, const Style& style) : document_(document), style_(style) {}

  std::string write() {
    write_keys(key_table(), &document_, "", "");
    return std::move(text_);
  }

 private:
  void write_keys(const ConfigKey& group, void* owner, const std::string& path, const std::string& indent) {
    for (const auto& key : group.keys) {
      if (!style_.left_out(key)) write_key(key, owner, join_path(path, key.name), indent);
    }
  }
  void write_key(const ConfigKey& key, void* owner, const std::string& path, const std::string& indent);
  void write_entries(const ConfigKey& key, const std::string& path, const std::string& indent);

  Document& document_;
  const Style& style_;
  std::string text_;
};

void Page::write_key(const ConfigKey& key, void* owner, const std::string& path, const std::string& indent) {
  const std::string above = style_.above(key, indent);
  if (!text_.empty() && indent.empty() && !above.empty()) text_ += '\n';
  text_ += above;
  if (is_leaf(key)) {
    text_ += fmt::format("{}{}: {}{}\n", indent, key.name, style_.value(key, owner), style_.beside(path));
  } else if (key.type == FieldType::kEntries) {
    write_entries(key, path, indent);
  } else if (style_.empty(key)) {
    text_ += fmt::format("{}{}: {{}}\n", indent, key.name);
  } else {
    text_ += fmt::format("{}{}:\n", indent, key.name);
    write_keys(key, owner, path, indent + "  ");
  }
}

void Page::write_entries(const ConfigKey& key, const std::string& path, const std::string& indent) {
  const std::size_t count = key.count(document_);
  text_ += fmt::format("{}{}:{}\n", indent, key.name, count == 0 ? " []" : "");
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t start = text_.size();
    write_keys(key, key.entry(document_, i), fmt::format("{}[{}]", path, i), indent + "    ");
    std::size_t first = start;  // the first key of an entry carries the dash
    while (text_.compare(first + indent.size() + 4, 1, "#") == 0) first = text_.find('\n', first) + 1;
    text_[first + indent.size() + 2] = '-';
  }
}

std::string origin_of(const std::string& path, const std::map<std::string, std::string>& origins) {
  const auto origin = origins.find(path);
  return "  # " + (origin == origins.end() ? "default" : origin->second);
}

Document document_of(const Config& config) {
  Document document;
  document.config = config;
  for (const auto& monitor : config.monitors) document.monitors.emplace_back().monitor = monitor;
  return document;
}

}  // namespace

std::string print_config(const Config& config, const std::map<std::string, std::string>* origins) {
  Document document = document_of(config);
  const Style style{
      .left_out = [](const ConfigKey& field) { return field.stream_key || field.monitor_default; },
      .empty = [](const ConfigKey&) { return false; },
      .above = [](const ConfigKey&, const std::string&) { return std::string(); },
      .value = [](const ConfigKey& field, void* owner) { return print_leaf(field, field.slot(owner)); },
      .beside = [origins](const std::string& path) { return origins == nullptr ? std::string() : origin_of(path, *origins); },
  };
  return Page(document, style).write();
}

std::string print_reference() {
  Document document;
  document.config.streams.emplace_back();
  document.config.alert_sinks.webhooks.emplace_back();
  document.monitors.emplace_back();
  const Style style{
      .left_out = [](const ConfigKey& field) { return field.stream_key; },
      .empty = [](const ConfigKey& field) { return field.repeats; },
      .above = [](const ConfigKey& field, const std::string& indent) { return comment(field.help, indent); },
      .value = [](const ConfigKey& field,
                  void* owner) { return field.example.empty() ? print_leaf(field, field.slot(owner)) : field.example; },
      .beside = [](const std::string&) { return std::string(); },
  };
  return Page(document, style).write();
}

std::string hash_of(const Config& config) {
  Config judged;
  judged.engine.max_payload_bytes = config.engine.max_payload_bytes;
  judged.streams = config.streams;
  judged.monitors = config.monitors;
  for (MonitorConfig& monitor : judged.monitors) {
    monitor.reference.clear();
    monitor.features.bins.clear();
  }
  const std::string text = print_config(judged);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size())).substr(0, 12);
}

std::string hash_of(const Config& config, const MonitorConfig& monitor) {
  Config alone;
  alone.engine = config.engine;
  alone.monitors = {monitor};
  for (const StreamConfig& stream : config.streams) {
    if (stream.name == monitor.stream || stream.name == monitor.labels.stream) alone.streams.push_back(stream);
  }
  return hash_of(alone);
}

}  // namespace driftd
