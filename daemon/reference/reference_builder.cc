#include "daemon/reference/reference_builder.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "daemon/reference/column_plan.h"
#include "daemon/reference/column_survey.h"
#include "daemon/reference/feature_counter.h"
#include "daemon/reference/reference_format.h"
#include "daemon/reference/segment_keys.h"
#include "daemon/runtime/crew.h"
#include "daemon/table/table_files.h"

namespace driftd {
namespace {

constexpr std::uint64_t kRowsAProgress = 1 << 16;
constexpr std::size_t kThreads = 4;  // each takes the memory of a feature's numbers once more while it sorts them
using Nothing = std::expected<void, TableError>;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

// How one row counts for a frozen feature.
class FeatureCells {
 public:
  explicit FeatureCells(const FeatureReference& feature)
      : feature_(&feature), index_(feature.type == FeatureType::kCategorical ? CategoryIndex(feature.categories) : CategoryIndex()) {}

  void count(const Cell* cell, FeatureCounts& counts) const {
    if (cell == nullptr) return add(ValueClass::kAbsent, 0, counts);
    if (feature_->type == FeatureType::kNumeric) return count(numeric_value(*cell), counts);
    CategoryBuffer buffer;
    const auto value = category_value(*cell, buffer);
    if (value.value_class != ValueClass::kValid) return add(value.value_class, 0, counts);
    // What the reference holds is never unseen to it, even where it lacks the hash.
    add(value.value_class, std::min(index_.cell(hash_category(value.text)), feature_->categories.other_known()), counts);
  }
  void count(NumericValue value, FeatureCounts& counts) const {
    add(value.value_class, value.value_class == ValueClass::kValid ? feature_->numeric.cell(value.value) : 0, counts);
  }

 private:
  static void add(ValueClass value_class, std::uint32_t cell, FeatureCounts& counts) {
    ++counts.classes[static_cast<std::size_t>(value_class)];
    if (value_class == ValueClass::kValid) ++counts.cells[cell];
  }

  const FeatureReference* feature_;
  CategoryIndex index_;
};

class ReferenceBuilder {
 public:
  ReferenceBuilder(TableFiles files, const ReferenceOptions& options) : files_(std::move(files)), options_(options) {}

  std::expected<Reference, ReferenceError> build();

 private:
  // A feature, and where its values come from; no column: the derived error.
  struct Feature {
    FeatureCounter counter;
    std::optional<std::uint32_t> column;
    bool counted;  // in the first pass
  };
  Nothing find_out();
  Nothing count();
  Nothing freeze();
  void say_untracked() const;
  Nothing count_segments();
  Nothing read(int pass, const TableFiles::BlockVisitor& visit);
  Nothing read_rows(int pass, const std::function<Nothing(std::span<const Cell>)>& visit);

  void settle_answers();
  Nothing make_features(std::vector<std::optional<FeatureCounter>> counted);
  bool all_counted() const;
  Nothing count_row(std::span<const Cell> cells);
  void note_time(const Cell* cell);
  NumericValue error_of_row() const;
  bool has_error() const { return plan_.prediction && plan_.label; }
  Nothing check_times() const;
  TableError bad_input(const std::string& what) const { return {TableError::Kind::kBadInput, files_.first_path() + ": " + what}; }
  void say(const std::string& text) const {
    if (options_.say) options_.say(text);
  }

  TableFiles files_;
  const ReferenceOptions& options_;
  std::vector<ColumnEvidence> evidence_;
  SpillFile spill_;
  Crew crew_{kThreads};
  ColumnPlan plan_;
  std::vector<Feature> features_;                              // in the order of Reference::features
  std::vector<std::optional<std::size_t>> feature_of_column_;  // those that the second pass counts
  std::optional<std::size_t> error_feature_;
  AnswerScale answers_;  // where there is an error
  SegmentKeys segments_;
  std::vector<const Cell*> row_;  // by column; null: absent
  std::uint64_t unreadable_times_ = 0;
  Reference reference_;
};

// Reads all rows once, and makes sure that they are those of the first time.
Nothing ReferenceBuilder::read(int pass, const TableFiles::BlockVisitor& visit) {
  std::uint64_t rows = 0;
  Sha256 sha;
  const auto done = files_.read_blocks(
      [&](const RowBlock& block) {
        const auto before = std::exchange(rows, rows + block.rows);
        if (rows / kRowsAProgress != before / kRowsAProgress && options_.progress) options_.progress(pass, rows);
        return visit(block);
      },
      [&](std::string_view bytes) { sha.add(bytes); });
  if (!done) return done;
  auto digest = sha.hex();
  if (pass > 1 && digest != reference_.source_sha256) return std::unexpected(bad_input("the file changed while it was read"));
  reference_.rows = rows;
  reference_.source_sha256 = std::move(digest);
  return {};
}

// The rows again, each in row_ while it is visited.
Nothing ReferenceBuilder::read_rows(int pass, const std::function<Nothing(std::span<const Cell>)>& visit) {
  return read(pass, [&](const RowBlock& block) -> Nothing {
    if (files_.columns().size() > row_.size()) return std::unexpected(bad_input("the file changed while it was read"));
    Nothing visited;
    for (std::size_t i = 0; visited && i < block.rows; ++i) {
      std::ranges::fill(row_, nullptr);
      for (const auto& cell : block.row(i)) row_[cell.column] = &cell;
      visited = visit(block.row(i));
    }
    return visited;
  });
}

Nothing ReferenceBuilder::find_out() {
  ColumnSurvey survey(options_, spill_, crew_);
  auto done = read(1, [&](const RowBlock& block) { return survey.add(block, files_.columns()); });
  if (!done) return done;
  evidence_ = survey.take_evidence();
  evidence_.resize(files_.columns().size());
  if (reference_.rows == 0) return std::unexpected(bad_input("it has no rows"));
  auto plan = plan_columns(files_.columns(), evidence_, options_);
  if (!plan) return std::unexpected(bad_input(plan.error()));
  plan_ = std::move(*plan);
  row_.resize(evidence_.size());
  if (has_error()) settle_answers();
  auto numbers = survey.take_numbers();
  numbers.resize(files_.columns().size());
  return make_features(std::move(numbers));
}

void ReferenceBuilder::settle_answers() {
  const AnswerColumn prediction = evidence_[*plan_.prediction].as_answers(), label = evidence_[*plan_.label].as_answers();
  const PerformanceRule rule = options_.task ? named_rule(*options_.task, options_.threshold, !prediction.integers)
                                             : guess_rule(prediction, label, options_.threshold);
  answers_ = AnswerScale(rule);
  reference_.answers = rule;
}

// counted: in the first pass, by column.
Nothing ReferenceBuilder::make_features(std::vector<std::optional<FeatureCounter>> counted) {
  const auto& names = files_.columns();
  std::vector<std::pair<std::string, std::optional<std::uint32_t>>> wanted;
  for (std::uint32_t column = 0; column < names.size(); ++column) {
    if (plan_.roles[column] != ColumnRole::kLeftOut) wanted.emplace_back(names[column], column);
  }
  if (has_error()) wanted.emplace_back(std::string(kErrorFeature), std::nullopt);
  std::ranges::sort(wanted);
  const auto numeric = [&](const auto& column) { return !column || plan_.roles[*column] == ColumnRole::kNumeric; };
  const auto numbers = static_cast<std::size_t>(std::ranges::count_if(wanted, [&](const auto& w) { return numeric(w.second); }));
  const std::size_t share = options_.memory_bytes / std::max<std::size_t>(1, numbers);
  feature_of_column_.resize(names.size());
  for (const auto& [name, column] : wanted) {
    if (column && numeric(column) && counted[*column]) {
      if (auto fits = counted[*column]->set_memory(share); !fits) return fits;
      features_.push_back({std::move(*counted[*column]), column, true});
      continue;
    }
    if (column) feature_of_column_[*column] = features_.size();
    if (!column) error_feature_ = features_.size();
    features_.push_back(
        {numeric(column) ? FeatureCounter::numeric(name, share, spill_) : FeatureCounter::categorical(name), column, false});
  }
  if (!plan_.segment_by.empty()) segments_ = SegmentKeys(options_.segment_by, plan_.segment_by);
  return {};
}

bool ReferenceBuilder::all_counted() const { return std::ranges::all_of(features_, &Feature::counted) && !plan_.time && segments_.empty(); }

void ReferenceBuilder::note_time(const Cell* cell) {
  const auto time = cell == nullptr ? std::nullopt : time_value(*cell, options_.time_unit);
  if (!time) {
    ++unreadable_times_;
  } else if (!reference_.created_us || *time > *reference_.created_us) {
    reference_.created_us = time;
  }
}

NumericValue ReferenceBuilder::error_of_row() const {
  const auto error = answers_.loss(answer_of(row_[*plan_.prediction]), answer_of(row_[*plan_.label]));
  return error ? NumericValue{ValueClass::kValid, *error} : NumericValue{ValueClass::kAbsent, 0};
}

Nothing ReferenceBuilder::count_row(std::span<const Cell> cells) {
  for (const auto& cell : cells) {
    const auto feature = feature_of_column_[cell.column];
    if (!feature) continue;
    if (auto added = features_[*feature].counter.add(cell); !added) return added;
  }
  if (plan_.time) note_time(row_[*plan_.time]);
  if (!segments_.empty()) segments_.count(row_);
  return error_feature_ ? features_[*error_feature_].counter.add(error_of_row()) : Nothing();
}

Nothing ReferenceBuilder::check_times() const {
  if (!plan_.time || unreadable_times_ == 0) return {};
  const auto& name = files_.columns()[*plan_.time];
  if (!reference_.created_us) {
    return std::unexpected(bad_input(fmt::format("column '{}' holds no time: RFC 3339 or integers of the time unit are wanted", name)));
  }
  say(fmt::format("{} rows have no readable time in '{}'", unreadable_times_, name));
  return {};
}

Nothing ReferenceBuilder::count() {
  Nothing done;
  if (!all_counted()) done = read_rows(2, [&](std::span<const Cell> cells) { return count_row(cells); });
  if (!done) return done;
  if (spill_.used()) say("the numbers did not fit into memory: they were sorted in a temporary file");
  return check_times();
}

void ReferenceBuilder::say_untracked() const {
  for (const auto& [counter, column, counted] : features_) {
    if (counter.untracked() == 0) continue;
    say(fmt::format("'{}' has more than {} categories: those that came later are not known to the reference", counter.name(),
                    kKnownHashes));
  }
}

Nothing ReferenceBuilder::freeze() {
  say_untracked();
  std::vector<std::expected<FeatureReference, TableError>> frozen(features_.size());
  const auto freeze_one = [&](std::size_t i) {
    auto& counter = features_[i].counter;
    frozen[i] = counter.freeze(reference_.rows);
    counter = FeatureCounter::categorical("");  // its values are no longer needed
  };
  // What was spilled is merged through memory of its own, from one file: one feature after the other.
  if (spill_.used()) {
    for (std::size_t i = 0; i < features_.size(); ++i) freeze_one(i);
  } else {
    crew_.run(features_.size(), freeze_one);
  }
  for (auto& feature : frozen) {
    if (!feature) return std::unexpected(feature.error());
    reference_.features.push_back(std::move(*feature));
  }
  return {};
}

Nothing ReferenceBuilder::count_segments() {
  reference_.segment_rows = {reference_.rows};
  if (segments_.empty()) return {};
  if (segments_.keep_most_frequent()) say(fmt::format("there are more segments: the {} most frequent ones are counted", kKeptSegments));
  reference_.segments = segments_.keys();
  reference_.segment_rows.insert(reference_.segment_rows.end(), segments_.rows().begin(), segments_.rows().end());
  std::vector<FeatureCells> cells;
  for (auto& feature : reference_.features) {
    cells.emplace_back(feature);
    feature.segments.resize(1 + segments_.size(), {std::vector<std::uint64_t>(feature.cell_count(), 0), {}});
  }
  return read_rows(3, [&](std::span<const Cell>) -> Nothing {
    const auto segment = segments_.find(row_);
    if (!segment) return {};
    for (std::size_t i = 0; i < features_.size(); ++i) {
      auto& counts = reference_.features[i].segments[1 + *segment];
      features_[i].column ? cells[i].count(row_[*features_[i].column], counts) : cells[i].count(error_of_row(), counts);
    }
    return {};
  });
}

ReferenceError as_reference_error(const TableError& error) {
  const bool io = error.kind == TableError::Kind::kIo;
  return {io ? ReferenceError::Kind::kIo : ReferenceError::Kind::kBadInput, error.message};
}

std::expected<Reference, ReferenceError> ReferenceBuilder::build() {
  Nothing done = find_out();
  if (done) done = count();
  if (done) done = freeze();
  if (done) done = count_segments();
  if (!done) return std::unexpected(as_reference_error(done.error()));
  const auto name = [&](std::optional<std::uint32_t> column) { return column ? files_.columns()[*column] : std::string(); };
  reference_.time_column = name(plan_.time);
  reference_.prediction_column = name(plan_.prediction);
  reference_.label_column = name(plan_.label);
  if (!plan_.segment_by.empty()) reference_.segment_by = options_.segment_by;
  reference_.id = reference_id(reference_);
  return std::move(reference_);
}

// The whole of a .ref file; nullopt: it is something else.
std::expected<std::optional<std::string>, TableError> read_reference_file(const std::string& path) {
  const auto file = open_to_read(path);
  if (!file) return std::unexpected(file.error());
  std::string bytes;
  std::vector<char> part(1 << 20);
  for (;;) {
    const auto got = read_some(*file, part.data(), part.size(), path);
    if (!got) return std::unexpected(got.error());
    bytes.append(part.data(), *got);
    if (!looks_like_reference(bytes) && !path.ends_with(".ref")) return std::nullopt;
    if (*got == 0) return bytes;
  }
}

}  // namespace

int exit_code(ReferenceError::Kind kind) {
  switch (kind) {
    case ReferenceError::Kind::kBadInput: return EX_DATAERR;
    case ReferenceError::Kind::kIo: return EX_IOERR;
    case ReferenceError::Kind::kCorrupt: return EX_CONFIG;
  }
  return EX_SOFTWARE;
}

std::expected<Reference, ReferenceError> build_reference(const std::vector<std::string>& paths, const ReferenceOptions& options) {
  auto files = TableFiles::of(paths, options.say);
  if (!files) return std::unexpected(as_reference_error(files.error()));
  return ReferenceBuilder(std::move(*files), options).build();
}

std::expected<Reference, ReferenceError> load_reference(const std::string& path, const ReferenceOptions& options) {
  if (path == "-") return build_reference({path}, options);
  const auto bytes = read_reference_file(path);
  if (!bytes) return std::unexpected(as_reference_error(bytes.error()));
  if (!*bytes) return build_reference({path}, options);
  auto reference = decode_reference(**bytes);
  if (!reference) return std::unexpected(ReferenceError{ReferenceError::Kind::kCorrupt, path + ": " + reference.error()});
  return std::move(*reference);
}

}  // namespace driftd
