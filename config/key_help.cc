#include "config/key_help.h"

#include "config/bind.h"
#include "config/field_value.h"
#include "config/fields.h"

namespace driftd {
namespace {

void walk(Document& document, const ConfigKey& group, void* owner, const std::string& path, std::vector<KeyHelp>& rows) {
  for (const auto& key : group.keys) {
    if (key.stream_key) continue;
    KeyHelp row{join_path(path, key.name), "", "", key.help, key.required};
    if (is_leaf(key)) {
      row.takes = expected_value(key);
      row.standard = print_leaf(key, key.slot(owner));
      rows.push_back(std::move(row));
      continue;
    }
    const bool entries = key.type == FieldType::kEntries;
    if (entries) row.path += "[]";
    const std::string below = row.path;
    rows.push_back(std::move(row));
    if (!key.repeats) walk(document, key, entries ? key.append(document) : owner, below, rows);
  }
}

}  // namespace

std::vector<KeyHelp> key_help() {
  Document document;
  std::vector<KeyHelp> rows;
  walk(document, key_table(), &document, "", rows);
  return rows;
}

}  // namespace driftd
