#include "config/fields.h"

#include <doctest/doctest.h>

#include <set>

#include "config/field_value.h"

using namespace driftd;

namespace {

void walk(const ConfigKey& group, const std::string& path, const auto& visit) {
  for (const auto& key : group.keys) {
    visit(key, path + "." + key.name);
    walk(key, path + "." + key.name, visit);
  }
}

}  // namespace

TEST_CASE("every key has help, a slot that fits its type, and a name once in its group") {
  Document document;
  StreamConfig stream;
  WebhookConfig webhook;
  MonitorEntry monitor;
  walk(key_table(), "", [&](const ConfigKey& key, const std::string& path) {
    CAPTURE(path);
    CHECK_FALSE(key.help.empty());
    CHECK(key.help.ends_with('.'));
    CHECK(is_leaf(key) == key.keys.empty());
    const auto names = key_names(key);
    CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
    if (!is_leaf(key)) return;
    void* owner = path.starts_with(".streams")           ? static_cast<void*>(&stream)
                  : path.starts_with(".alerts.webhooks") ? static_cast<void*>(&webhook)
                  : path.starts_with(".monitors")        ? static_cast<void*>(&monitor)
                                                         : &document;
    CHECK_FALSE(print_leaf(key, key.slot(owner)).empty());
    CHECK_FALSE(expected_value(key).empty());
  });
}

TEST_CASE("slots reach the member they name") {
  Document document;
  document.config.log.level = LogLevel::kError;
  document.config.engine.max_payload_bytes = 2 << 20;
  document.defaults.monitor.alerts.close_after = 9;
  const auto print = [&](const char* group, const char* name) {
    const ConfigKey& key = *find_key(*find_key(key_table(), group), name);
    return print_leaf(key, key.slot(&document));
  };
  CHECK(print("log", "level") == "error");
  CHECK(print("engine", "max_payload") == "2MiB");
  CHECK(print("alerts", "close_after") == "9");
  CHECK(find_key(key_table(), "no such group") == nullptr);
}

TEST_CASE("a monitor starts from the defaults") {
  Document document;
  document.defaults.monitor.window.every = Milliseconds(1000);
  const ConfigKey& monitors = *find_key(key_table(), "monitors");
  auto* entry = static_cast<MonitorEntry*>(monitors.append(document));
  CHECK(entry->monitor.window.every == Milliseconds(1000));
  CHECK(monitors.count(document) == 1);
  CHECK(monitors.entry(document, 0) == entry);
}
