#include "daemon/reference/reference_format.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "daemon/runtime/codec.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

constexpr std::string_view kMagic = "driftref";
constexpr std::uint64_t kMostRows = std::uint64_t{1} << 53;  // a double holds every count
constexpr std::size_t kSectionOverhead = 4 + 8 + 8;          // tag, length, checksum

constexpr std::uint32_t tag_of(const char (&text)[5]) {
  std::uint32_t tag = 0;
  for (std::size_t i = 4; i-- > 0;) tag = tag << 8 | static_cast<unsigned char>(text[i]);
  return tag;
}
constexpr std::uint32_t kHead = tag_of("head"), kFeature = tag_of("feat"), kTail = tag_of("tail");

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string id_of(std::uint64_t content_hash) { return fmt::format("{:016x}", content_hash).substr(0, 12); }

// --- writing

void append_section(std::string& file, std::uint32_t tag, std::string_view payload) {
  ByteWriter section;
  section.u32(tag);
  section.u64(payload.size());
  section.raw(payload);
  section.u64(checksum(section.bytes()));
  file += section.bytes();
}

void write_strings(ByteWriter& out, const std::vector<std::string>& texts) {
  out.varint(texts.size());
  for (const auto& text : texts) out.string(text);
}

void write_doubles(ByteWriter& out, const std::vector<double>& values) {
  out.varint(values.size());
  for (const double value : values) out.f64(value);
}

template <class Integer>
void write_varints(ByteWriter& out, const std::vector<Integer>& values) {
  out.varint(values.size());
  for (const Integer value : values) out.varint(value);
}

void write_rule(ByteWriter& out, const PerformanceRule& rule) {
  out.u8(static_cast<std::uint8_t>(rule.task));
  out.f64(rule.threshold);
  out.boolean(rule.probabilities);
}

std::string head_payload(const Reference& reference) {
  ByteWriter out;
  out.string(reference.source_sha256);
  out.varint(reference.rows);
  out.boolean(reference.created_us.has_value());
  out.i64(reference.created_us.value_or(0));
  out.string(reference.time_column);
  out.string(reference.prediction_column);
  out.string(reference.label_column);
  out.boolean(reference.answers.has_value());
  if (reference.answers) write_rule(out, *reference.answers);
  write_strings(out, reference.segment_by);
  write_strings(out, reference.segments);
  write_varints(out, reference.segment_rows);
  return out.take();
}

void write_cells(ByteWriter& out, const FeatureReference& feature) {
  if (feature.type == FeatureType::kNumeric) {
    out.boolean(feature.numeric.discrete);
    write_doubles(out, feature.numeric.edges);
    write_varints(out, feature.numeric.coarse);
    return;
  }
  write_strings(out, feature.categories.dictionary);
  out.varint(feature.categories.known_hashes.size());
  for (const std::uint64_t hash : feature.categories.known_hashes) out.u64(hash);
  out.varint(feature.categories.seen_once);
  out.varint(feature.categories.seen_twice);
}

// The numbers of a feature in the order of the file; one list for both directions.
template <class Feature>
auto summary_fields(Feature& f) {
  return std::array{&f.min, &f.max, &f.mean, &f.standard_deviation, &f.q0001, &f.q001, &f.q25, &f.q75, &f.q999, &f.q9999};
}

std::string feature_payload(const FeatureReference& feature) {
  ByteWriter out;
  out.string(feature.name);
  out.u8(static_cast<std::uint8_t>(feature.type));
  write_cells(out, feature);
  out.varint(feature.segments.size());
  for (const auto& counts : feature.segments) {
    write_varints(out, counts.cells);
    for (const std::uint64_t rows : counts.classes) out.varint(rows);
  }
  for (const double* value : summary_fields(feature)) out.f64(*value);
  out.u32(static_cast<std::uint32_t>(feature.sum_exponent));
  out.varint(feature.distinct);
  out.boolean(feature.zero_one);
  return out.take();
}

std::string content_of(const Reference& reference) {
  ByteWriter start;
  start.raw(kMagic);
  start.u32(kReferenceVersion);
  std::string file = start.take();
  append_section(file, kHead, head_payload(reference));
  for (const auto& feature : reference.features) append_section(file, kFeature, feature_payload(feature));
  return file;
}

// --- reading

std::vector<std::string> read_strings(ByteReader& in) {
  std::vector<std::string> texts(in.count(1));
  for (auto& text : texts) text = in.string();
  return texts;
}

std::vector<double> read_doubles(ByteReader& in) {
  std::vector<double> values(in.count(sizeof(double)));
  for (auto& value : values) value = in.f64();
  return values;
}

template <class Integer>
std::vector<Integer> read_varints(ByteReader& in) {
  std::vector<Integer> values(in.count(1));
  for (auto& value : values) {
    const std::uint64_t read = in.varint();
    if (!std::in_range<Integer>(read)) in.fail();
    value = static_cast<Integer>(read);
  }
  return values;
}

// What a rule of reference.h says about a value that was read; "" = fine.
using Problem = std::string_view;

template <class List>
bool strictly_increasing(const List& values) {
  return std::ranges::adjacent_find(values, std::ranges::greater_equal{}) == values.end();
}

Problem head_problem(const Reference& reference) {
  if (reference.segment_rows.size() != reference.segments.size() + 1) return "its segments and their rows differ in number";
  if (!strictly_increasing(reference.segments)) return "its segments are not sorted";
  if (reference.segment_rows[0] != reference.rows) return "its rows differ from those of all segments";
  if (reference.rows > kMostRows) return "its rows are more than there can be";
  if (reference.created_us && (*reference.created_us < kMinEventTime || *reference.created_us > kMaxEventTime)) {
    return "its newest event time is out of range";
  }
  return "";
}

Problem numeric_problem(const NumericCells& cells) {
  if (cells.edges.size() > kMostEdges) return "its edges are too many";
  if (!std::ranges::all_of(cells.edges, [](double edge) { return std::isfinite(edge); })) return "an edge is not finite";
  if (!strictly_increasing(cells.edges)) return "its edges are not increasing";
  const bool ends = !cells.coarse.empty() && cells.coarse.front() == 0 && cells.coarse.back() == cells.size();
  return ends && strictly_increasing(cells.coarse) ? "" : "its coarse cells do not cover the fine ones";
}

Problem category_problem(const CategoryCells& cells) {
  if (!strictly_increasing(cells.known_hashes)) return "its hashes are not sorted";
  return cells.dictionary.size() <= kDictionarySize ? "" : "its dictionary is too large";
}

Problem counts_problem(const FeatureReference& feature, const Reference& reference) {
  if (feature.segments.size() != reference.segment_rows.size()) return "it lacks counts of a segment";
  for (std::size_t s = 0; s < feature.segments.size(); ++s) {
    const auto& counts = feature.segments[s];
    const auto too_many = [&](std::uint64_t count) { return count > reference.rows; };  // and so no sum overflows
    const auto sum = [](const auto& list) { return std::accumulate(list.begin(), list.end(), std::uint64_t{0}); };
    if (std::ranges::any_of(counts.cells, too_many) || std::ranges::any_of(counts.classes, too_many)) return "it counts more than its rows";
    if (counts.cells.size() != feature.cell_count()) return "its counts do not fit its cells";
    if (sum(counts.classes) != reference.segment_rows[s]) return "its value classes do not sum to the rows";
    if (sum(counts.cells) != counts.classes[static_cast<std::size_t>(ValueClass::kValid)]) return "its cells do not sum to the valid rows";
  }
  return "";
}

Problem feature_problem(const FeatureReference& feature, const Reference& reference) {
  if (!reference.features.empty() && reference.features.back().name >= feature.name) return "features are not sorted by name";
  const Problem cells = feature.type == FeatureType::kNumeric ? numeric_problem(feature.numeric) : category_problem(feature.categories);
  return cells.empty() ? counts_problem(feature, reference) : cells;
}

PerformanceRule read_rule(ByteReader& in) {
  const std::uint8_t task = in.u8();
  if (task > static_cast<std::uint8_t>(Task::kRegression)) in.fail();
  PerformanceRule rule;
  rule.task = static_cast<Task>(task);
  rule.threshold = in.f64();
  rule.probabilities = in.boolean();
  return rule;
}

void read_head(ByteReader& in, Reference& reference) {
  reference.source_sha256 = in.string();
  reference.rows = in.varint();
  const bool has_time = in.boolean();
  const std::int64_t created = in.i64();
  if (has_time) reference.created_us = created;
  reference.time_column = in.string();
  reference.prediction_column = in.string();
  reference.label_column = in.string();
  if (in.boolean()) reference.answers = read_rule(in);
  reference.segment_by = read_strings(in);
  reference.segments = read_strings(in);
  reference.segment_rows = read_varints<std::uint64_t>(in);
}

void read_cells(ByteReader& in, FeatureReference& feature) {
  if (feature.type == FeatureType::kNumeric) {
    feature.numeric.discrete = in.boolean();
    feature.numeric.edges = read_doubles(in);
    feature.numeric.coarse = read_varints<std::uint32_t>(in);
    return;
  }
  feature.categories.dictionary = read_strings(in);
  feature.categories.known_hashes.resize(in.count(sizeof(std::uint64_t)));
  for (auto& hash : feature.categories.known_hashes) hash = in.u64();
  feature.categories.seen_once = in.varint();
  feature.categories.seen_twice = in.varint();
}

FeatureReference read_feature(ByteReader& in) {
  FeatureReference feature;
  feature.name = in.string();
  const std::uint8_t type = in.u8();
  if (type > static_cast<std::uint8_t>(FeatureType::kCategorical)) in.fail();
  feature.type = static_cast<FeatureType>(type);
  read_cells(in, feature);
  feature.segments.resize(in.count(1 + kValueClasses));
  for (auto& counts : feature.segments) {
    counts.cells = read_varints<std::uint64_t>(in);
    for (auto& rows : counts.classes) rows = in.varint();
  }
  for (double* value : summary_fields(feature)) *value = in.f64();
  feature.sum_exponent = static_cast<std::int32_t>(in.u32());
  feature.distinct = in.varint();
  feature.zero_one = in.boolean();
  return feature;
}

struct Section {
  std::size_t number = 0, start = 0;  // number from 1; start in bytes from the file's
  std::uint32_t tag = 0;
  std::string_view payload;

  std::string place() const { return fmt::format("section {} at byte {}", number, start); }
};

// Walks the sections of a file; after an error every call gives the same one.
class SectionReader {
 public:
  SectionReader(std::string_view bytes, std::size_t from) : bytes_(bytes), position_(from) {}

  std::expected<Section, std::string> next() {
    Section section{.number = ++number_, .start = position_, .tag = 0, .payload = {}};
    const std::size_t left = bytes_.size() - position_;
    if (left < kSectionOverhead) return std::unexpected(section.place() + ": the file is cut off");
    ByteReader in(bytes_.substr(position_));
    section.tag = in.u32();
    const std::uint64_t length = in.u64();
    if (length > left - kSectionOverhead) {
      return std::unexpected(fmt::format("{}: it says {} bytes, only {} are left", section.place(), length, left - kSectionOverhead));
    }
    section.payload = in.raw(length);
    const auto summed = bytes_.substr(position_, in.position());
    if (in.u64() != checksum(summed)) return std::unexpected(section.place() + ": its checksum does not match");
    position_ += kSectionOverhead + length;
    return section;
  }

  std::size_t position() const { return position_; }

 private:
  std::string_view bytes_;
  std::size_t position_;
  std::size_t number_ = 0;
};

// The trailer: nothing may be missing before it, nothing may follow it.
std::expected<std::string, std::string> read_tail(const Section& tail, std::string_view bytes, std::size_t end) {
  ByteReader in(tail.payload);
  const std::uint64_t sections = in.u64(), hash = in.u64();
  if (!in.done()) return std::unexpected(tail.place() + ": it cannot be read");
  if (sections != tail.number - 1)
    return std::unexpected(fmt::format("{}: {} sections were written, {} are here", tail.place(), sections, tail.number - 1));
  if (hash != checksum(bytes.substr(0, tail.start))) return std::unexpected(tail.place() + ": the hash of the content does not match");
  if (end != bytes.size()) return std::unexpected(fmt::format("byte {}: something follows the end", end));
  return id_of(hash);
}

// Reads a section that is not the trailer into the reference; the message says what is wrong with it.
std::string read_section(const Section& section, Reference& reference) {
  ByteReader in(section.payload);
  if (section.number == 1 && section.tag == kHead) {
    read_head(in, reference);
    if (!in.done()) return section.place() + ": it cannot be read";
    const Problem problem = head_problem(reference);
    return problem.empty() ? "" : fmt::format("{}: {}", section.place(), problem);
  }
  if (section.number == 1 || section.tag != kFeature) return section.place() + ": it is of an unknown kind";
  FeatureReference feature = read_feature(in);
  if (!in.done()) return section.place() + ": it cannot be read";
  if (const Problem problem = feature_problem(feature, reference); !problem.empty()) {
    return fmt::format("{}, feature '{}': {}", section.place(), feature.name, problem);
  }
  reference.features.push_back(std::move(feature));
  return "";
}

}  // namespace

std::string encode_reference(const Reference& reference) {
  std::string file = content_of(reference);
  ByteWriter tail;
  tail.u64(1 + reference.features.size());
  tail.u64(checksum(file));
  append_section(file, kTail, tail.bytes());
  return file;
}

std::string reference_id(const Reference& reference) { return id_of(checksum(content_of(reference))); }

bool looks_like_reference(std::string_view bytes) { return bytes.starts_with(kMagic); }

std::expected<Reference, std::string> decode_reference(std::string_view bytes) {
  if (!looks_like_reference(bytes)) return std::unexpected("not a driftd reference: it does not begin with `driftref`");
  ByteReader start(bytes.substr(kMagic.size()));
  const std::uint32_t version = start.u32();
  if (!start.ok()) return std::unexpected("the file is cut off in its version");
  if (version != kReferenceVersion) {
    return std::unexpected(fmt::format("version {} is unknown: this driftd reads version {}", version, kReferenceVersion));
  }
  Reference reference;
  SectionReader sections(bytes, kMagic.size() + start.position());
  for (;;) {
    const auto section = sections.next();
    if (!section) return std::unexpected(section.error());
    if (section->tag == kTail && section->number > 1) {
      auto id = read_tail(*section, bytes, sections.position());
      if (!id) return std::unexpected(id.error());
      reference.id = std::move(*id);
      return reference;
    }
    if (auto problem = read_section(*section, reference); !problem.empty()) return std::unexpected(problem);
  }
}

}  // namespace driftd
