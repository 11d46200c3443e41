#include "daemon/cli/test_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "config/suggest.h"
#include "daemon/decode/csv_record.h"
#include "daemon/decode/field_path.h"
#include "daemon/decode/json_tree.h"
#include "daemon/runtime/number_text.h"
#include "daemon/runtime/split.h"
#include "daemon/source/file_source.h"
#include "detectors/reference/category_text.h"

namespace driftd {
namespace {

using Rows = std::expected<std::vector<std::string>, TableError>;

std::unexpected<TableError> bad(const RowPart& part, std::string_view what) {
  return std::unexpected(TableError{TableError::Kind::kBadInput, fmt::format("{}: {}", part.place, what)});
}

// ---- CSV as JSON

// A column of a file: where its values go, and whether they are meant as numbers.
struct Column {
  std::string path;
  bool numeric = false;
};

std::string escaped_path(std::string_view key) {
  std::string path;
  for (const char c : key) path += c == '.' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  return path;
}

Column column_of(const std::string& name, const Reference& reference) {
  const auto feature = std::ranges::find(reference.features, name, [](const FeatureReference& each) { return flat_name(each.name); });
  if (feature == reference.features.end()) return {escaped_path(name), false};
  return {feature->name, feature->type == FeatureType::kNumeric};
}

// A whole number written as one keeps all of its digits: it may be a time.
JsonTree number_or_text(std::string_view cell, bool numeric) {
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), whole);
  if (error == std::errc{} && end == cell.data() + cell.size() && std::to_string(whole) == cell) return {whole};
  const NumberText number = classify_number(cell);
  if (number.value_class != ValueClass::kValid) return {std::string(cell)};
  CategoryBuffer buffer;
  if (numeric || category_text(number.value, buffer) == cell) return {number.value};
  return {std::string(cell)};
}

// Without a value, as the CSV decoder sees it; there is no NaN in JSON.
bool is_missing(std::string_view cell, bool numeric) {
  const ValueClass value_class = classify_number(cell).value_class;
  return value_class == ValueClass::kNull || (numeric && value_class == ValueClass::kNan);
}

std::string json_of(std::span<const std::string_view> cells, const std::vector<Column>& columns) {
  JsonTree row{JsonTree::Object{}};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!is_missing(cells[i], columns[i].numeric)) row.set(columns[i].path, number_or_text(cells[i], columns[i].numeric));
  }
  JsonWriter json;
  write_json(json, row);
  return json.take();
}

// ---- Files

std::expected<void, TableError> add_batch(const FileLayout& layout, const MessageBatch& batch, const std::vector<Column>& columns,
                                          std::vector<std::string>& rows) {
  CsvFields fields;
  for (const Message& message : batch.messages) {
    if (layout.format == Format::kJson) {
      rows.emplace_back(message.payload);
      continue;
    }
    const auto wrong = fields.split(message.payload, layout.csv_delimiter);
    if (wrong || fields.size() != columns.size()) {
      const std::string what =
          wrong ? std::string(wrong->what) : fmt::format("it has {} fields, the header {}", fields.size(), columns.size());
      return std::unexpected(TableError{TableError::Kind::kBadInput, fmt::format("row {}: {}", message.offset + 1, what)});
    }
    rows.push_back(json_of(fields.fields(), columns));
  }
  return {};
}

Rows read_rows(const std::string& path, const Reference& reference) {
  auto source = FileSource::open({{"", {path}}});
  if (!source) return std::unexpected(source.error());
  const FileLayout& layout = (*source)->layout("");
  std::vector<Column> columns;
  for (const std::string& name : layout.csv_header) columns.push_back(column_of(name, reference));
  std::vector<std::string> rows;
  for (SourceEvent event; event.kind != SourceEvent::Kind::kFinished; event = (*source)->poll({})) {
    if (event.kind != SourceEvent::Kind::kBatch) continue;
    if (auto added = add_batch(layout, *event.batch, columns, rows); !added) {
      return std::unexpected(TableError{added.error().kind, fmt::format("{}: {}", path, added.error().message)});
    }
  }
  if ((*source)->error()) return std::unexpected(*(*source)->error());
  return rows;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) {
    if (line.find_first_not_of(" \r") != std::string_view::npos) lines.emplace_back(line);
  }
  return lines;
}

// SplitMix64: the same numbers on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    std::uint64_t x = state_ += 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return static_cast<std::size_t>((x ^ x >> 31) % bound);  // the bias is bound / 2^64
  }

 private:
  std::uint64_t state_;
};

// The files that tests draw from, each read once.
class RowReader {
 public:
  explicit RowReader(const RowContext& context) : context_(context) {}

  Rows read(const RowPart& part) {
    if (!part.lines.empty()) return split_lines(part.lines);
    if (!part.file.empty()) return read_rows(part.file, context_.reference);
    return draw(part);
  }

 private:
  Rows draw(const RowPart& part) {
    const std::string& path = part.of.empty() ? context_.reference_path : part.of;
    if (path.ends_with(".ref"))
      return bad(part, fmt::format("draw: {} is a frozen reference, which holds no rows; name a file of rows: `of: FILE`", path));
    auto from = files_.find(path);
    if (from == files_.end()) {
      auto read = read_rows(path, context_.reference);
      if (!read) return read;
      if (read->empty()) return bad(part, fmt::format("draw: {} has no rows", path));
      from = files_.emplace(path, std::move(*read)).first;
    }
    Random random(part.seed);
    std::vector<std::string> rows;
    for (std::uint64_t i = 0; i < part.draw; ++i) rows.push_back(from->second[random.below(from->second.size())]);
    return rows;
  }

  const RowContext& context_;
  std::map<std::string, std::vector<std::string>> files_;
};

// ---- Changes

JsonTree json_or_text(const std::string& text) {
  auto value = parse_json(text);
  return value ? std::move(*value) : JsonTree{text};
}

// Applies shift and replace of one part, and knows which of their fields were met.
class RowChanges {
 public:
  explicit RowChanges(const RowPart& part) : part_(part) {
    for (const auto& [path, text] : part.replace) values_[path] = json_or_text(text);
  }
  bool none() const { return part_.shift.empty() && part_.replace.empty(); }

  // "" or what is wrong with the row.
  std::string apply(std::string& row) {
    auto tree = parse_json(row);
    if (!tree || tree->object() == nullptr) return "a record that is no JSON object cannot be changed";
    for (const auto& [path, by] : part_.shift) {
      const JsonTree* value = tree->find(path);
      if (value == nullptr || value->is_null()) continue;
      if (std::isnan(value->number())) return fmt::format("shift.{}: not a number in {}", path, row.substr(0, 200));
      met_.insert(path);
      tree->set(path, {value->number() + by});
    }
    for (const auto& [path, value] : values_) {
      if (tree->find(path) != nullptr) met_.insert(path);
      if (!tree->set(path, value)) return fmt::format("replace.{}: no object on the way to it", path);
    }
    JsonWriter json;
    write_json(json, *tree);
    row = json.take();
    return "";
  }

  // A field of the changes that no row has, and that is no feature: most likely a slip.
  std::string never_met(const Reference& reference) const {
    std::vector<std::string> names;
    for (const auto& feature : reference.features) names.push_back(feature.name);
    const auto unknown = [&](const std::string& path, bool any_feature) {
      return !met_.contains(path) && !(any_feature && reference.find(path) != nullptr);
    };
    for (const auto& [path, by] : part_.shift) {
      if (unknown(path, false)) return fmt::format("shift.{}: no row has a number there{}", path, did_you_mean(path, names));
    }
    for (const auto& [path, text] : part_.replace) {
      if (unknown(path, true)) return fmt::format("replace.{}: no row has this field{}", path, did_you_mean(path, names));
    }
    return "";
  }

 private:
  const RowPart& part_;
  std::map<std::string, JsonTree> values_;
  std::set<std::string> met_;
};

}  // namespace

Rows make_rows(const std::vector<RowPart>& parts, const RowContext& context) {
  RowReader reader(context);
  std::vector<std::string> all;
  for (const RowPart& part : parts) {
    auto rows = reader.read(part);
    if (!rows) return rows;
    RowChanges changes(part);
    for (std::size_t i = 0; !changes.none() && i < rows->size(); ++i) {
      if (const std::string wrong = changes.apply((*rows)[i]); !wrong.empty()) return bad(part, fmt::format("row {}: {}", i + 1, wrong));
    }
    if (const std::string wrong = changes.never_met(context.reference); !wrong.empty()) return bad(part, wrong);
    std::ranges::move(*rows, std::back_inserter(all));
  }
  return all;
}

}  // namespace driftd
