#include "daemon/history/point_codec.h"

#include <array>
#include <cmath>

#include "daemon/runtime/codec.h"
#include "detectors/two_sample/psi.h"

namespace driftd {

namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kPsi = "psi";
constexpr std::size_t kSmallestMeasure = 4;  // bytes: name, status, alarm, mask

// NaN is common, so a byte says which of the numbers are there.
void write_numbers(ByteWriter& out, const std::array<double, 7>& numbers) {
  std::uint8_t mask = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) mask |= static_cast<std::uint8_t>(std::isnan(numbers[i]) ? 0 : 1 << i);
  out.u8(mask);
  for (const double number : numbers) {
    if (!std::isnan(number)) out.f64(number);
  }
}

std::array<double, 7> read_numbers(ByteReader& in) {
  std::array<double, 7> numbers;
  const std::uint8_t mask = in.u8();
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = (mask >> i & 1) != 0 ? in.f64() : kNoNumber;
  return numbers;
}

void write_measures(ByteWriter& out, const std::vector<Measure>& measures) {
  const auto is_kept = [](const Measure& measure) { return !std::isnan(measure.ratio) || measure.method == kPsi; };
  std::uint64_t kept = 0;
  for (const Measure& measure : measures) kept += is_kept(measure) ? 1 : 0;
  out.varint(kept);
  for (const Measure& measure : measures) {
    if (!is_kept(measure)) continue;
    out.string(measure.method);
    out.u8(static_cast<std::uint8_t>(measure.score.status));
    out.boolean(measure.alarm);
    write_numbers(out, {measure.score.statistic, measure.score.effect, measure.score.log_p, measure.threshold, measure.ratio,
                        measure.before, measure.after});
  }
}

void read_measures(ByteReader& in, std::vector<MethodStatus>& methods) {
  for (std::size_t left = in.count(kSmallestMeasure); left > 0 && in.ok(); --left) {
    MethodStatus& method = methods.emplace_back();
    method.method = in.string();
    const std::uint8_t status = in.u8();
    if (status > static_cast<std::uint8_t>(Status::kUndefined)) in.fail();
    method.status = static_cast<Status>(status);
    method.alarm = in.boolean();
    const auto numbers = read_numbers(in);
    method.statistic = numbers[0];
    method.effect = numbers[1];
    method.log_p = numbers[2];
    method.threshold = numbers[3];
    method.threshold_ratio = numbers[4];
    method.before = numbers[5];
    method.after = numbers[6];
  }
}

// Counts as they are, a run of zeros as 0 and its length: a dictionary of a thousand categories is mostly zeros.
void write_counts(ByteWriter& out, const std::vector<std::uint64_t>& counts) {
  out.varint(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    out.varint(counts[i]);
    if (counts[i] != 0) continue;
    std::size_t run = 1;
    while (i + run < counts.size() && counts[i + run] == 0) ++run;
    out.varint(run);
    i += run - 1;
  }
}

constexpr std::uint64_t kMostCells = 1 << 20;  // no run of zeros makes a list longer than any dictionary

std::vector<std::uint64_t> read_counts(ByteReader& in) {
  std::vector<std::uint64_t> counts;
  const std::uint64_t size = in.varint();
  if (size > kMostCells) in.fail();
  while (in.ok() && counts.size() < size) {
    const std::uint64_t count = in.varint();
    const std::uint64_t run = count == 0 ? in.varint() : 1;
    if (run == 0 || run > size - counts.size()) in.fail();
    if (in.ok()) counts.insert(counts.end(), run, count);
  }
  return counts;
}

// A verdict leaves out cells that are empty on both sides; here every cell has its place. The last cell of categories carries the
// names of what was unseen in this window, which the side cannot know: where it differs the label goes with the point.
struct PlacedCells {
  std::vector<std::uint64_t> counts;
  std::string_view last_label;  // "" = as on the side
};

PlacedCells place_cells(const std::vector<CellShare>& cells, const ReferenceSide& side) {
  PlacedCells placed{std::vector<std::uint64_t>(side.counts.size(), 0), {}};
  std::size_t at = 0;
  for (const CellShare& cell : cells) {
    std::size_t found = at;
    while (found < side.labels.size() && (side.labels[found] != cell.label || side.counts[found] != cell.reference)) ++found;
    if (found == side.labels.size()) {
      found = side.labels.size() - 1;
      placed.last_label = cell.label;
    }
    placed.counts[found] = cell.current;
    at = found + 1;
  }
  return placed;
}

void fill_cells(const ReferenceSide& side, const std::vector<std::uint64_t>& counts, std::string_view last_label, FeatureStatus& status) {
  const std::vector<double> contributions = psi_contributions(side.counts, counts);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (side.counts[i] + counts[i] == 0) continue;
    const bool own_label = i + 1 == counts.size() && !last_label.empty();
    status.cells.push_back({own_label ? std::string(last_label) : side.labels[i], side.counts[i], counts[i], contributions[i]});
  }
}

}  // namespace

std::string encode_side(const ReferenceSide& side) {
  ByteWriter out;
  out.u8(kFormat);
  out.varint(side.rows);
  for (const std::uint64_t count : side.classes) out.varint(count);
  out.varint(side.labels.size());
  for (const std::string& label : side.labels) out.string(label);
  write_counts(out, side.counts);
  return out.take();
}

bool decode_side(std::string_view bytes, ReferenceSide& side) {
  ByteReader in(bytes);
  if (in.u8() != kFormat) in.fail();
  side.rows = in.varint();
  for (std::uint64_t& count : side.classes) count = in.varint();
  for (std::size_t left = in.count(1); left > 0 && in.ok(); --left) side.labels.emplace_back(in.string());
  side.counts = read_counts(in);
  return in.done() && (side.counts.empty() || side.counts.size() == side.labels.size());
}

std::string encode_point(const Verdict& verdict, const ReferenceSide& side) {
  ByteWriter out;
  out.u8(kFormat);
  write_measures(out, verdict.drift);
  write_measures(out, verdict.quality);
  for (const std::uint64_t count : verdict.classes) out.varint(count);
  write_numbers(out, {verdict.out_of_range_ratio, verdict.unseen_ratio, kNoNumber, kNoNumber, kNoNumber, kNoNumber, kNoNumber});
  const PlacedCells placed = place_cells(verdict.cells, side);
  write_counts(out, placed.counts);
  out.string(placed.last_label);
  return out.take();
}

bool decode_point(std::string_view bytes, const ReferenceSide* side, FeatureStatus& status) {
  ByteReader in(bytes);
  if (in.u8() != kFormat) in.fail();
  read_measures(in, status.methods);
  read_measures(in, status.quality);
  for (std::uint64_t& count : status.classes) count = in.varint();
  const auto shares = read_numbers(in);
  status.out_of_range_ratio = shares[0];
  status.unseen_ratio = shares[1];
  if (side == nullptr) return in.ok();
  const std::vector<std::uint64_t> counts = read_counts(in);
  const std::string_view last_label = in.string();
  if (!in.done() || counts.size() != side->counts.size()) return false;
  fill_cells(*side, counts, last_label, status);
  status.reference_rows = side->rows;
  status.reference_classes = side->classes;
  return true;
}

}  // namespace driftd
