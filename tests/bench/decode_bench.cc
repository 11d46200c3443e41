// ns per record of driftd's decoder and of what it is compared with, in memory. The contestants read the same records in turn.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "daemon/decode/decoder.h"
#include "detectors/reference/cell_kernel.h"
#include "tests/bench/contest.h"
#include "tests/bench/fixture.h"
#include "tests/bench/readers.h"

namespace driftd::bench {
namespace {

constexpr std::size_t kRecords = 40'000;

// driftd's side, as far as a stage: columns, then cells, then counters.
class Road {
 public:
  Road(const Fixture& fixture) : plan_(make_plan(fixture)), decoder_(make_decoder(plan_)), counts_(plan_.numeric_columns()) {
    reserve(plan_, batch_);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      kernels_.emplace_back(make_cells(255, i));
      counts_[i].resize(256);
    }
  }

  void run(const std::vector<Message>& messages, bool cells) {
    for (std::size_t at = 0; at < messages.size();) {
      at += decoder_->decode(messages, at, batch_);
      if (!batch_.rejected.empty()) std::abort();
      if (cells) count();
    }
  }

 private:
  void count() {
    std::uint16_t ids[kBatchRows];
    for (std::size_t f = 0; f < counts_.size(); ++f) {
      kernels_[f].cells({batch_.numeric.data() + f * kColumnStride, batch_.rows}, ids);
      for (std::uint32_t row = 0; row < batch_.rows; ++row) {
        if (batch_.numeric_class[f * kColumnStride + row] == ValueClass::kValid) ++counts_[f][ids[row]];
      }
    }
  }

  DecodePlan plan_;
  std::unique_ptr<Decoder> decoder_;
  RecordBatch batch_;
  std::vector<CellKernel> kernels_;
  std::vector<std::vector<std::uint32_t>> counts_;
};

template <class Run>
Contestant contestant(std::string name, std::size_t records, Run run) {
  return {std::move(name), [records, run] {
            const double start = thread_cpu_ns();
            run();
            return (thread_cpu_ns() - start) / static_cast<double>(records);
          }};
}

void compare(const std::string& title, const Fixture& fixture) {
  const std::vector<std::string> records = make_records(fixture, kRecords * 20 / fixture.features, 1);
  const std::vector<Message> messages = messages_of(records);
  std::size_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  fmt::print("{}: {} features, {} bytes a record\n", title, fixture.features, bytes / records.size());
  std::vector<double> values(fixture.features + 1);
  Road columns(fixture), cells(fixture);
  std::vector<Contestant> contestants;
  // The positional readers know one order and all fields; other fixtures are compared with the parse alone.
  const bool positional = !fixture.shuffled && fixture.missing == 0;
  std::vector<std::pair<std::string, std::shared_ptr<Reader>>> readers;
  readers.emplace_back("copy + DOM parse", make_parse_only(field_names(fixture)));
  if (positional) readers.emplace_back("copy + DOM parse + positional walk", make_dom_reader(field_names(fixture)));
  if (positional) readers.emplace_back("copy + On-Demand (not all validated)", make_on_demand_reader(field_names(fixture)));
  for (const auto& [name, reader] : readers) {
    contestants.push_back(contestant(name, records.size(), [&, reader = reader] {
      for (const std::string& record : records) {
        if (!reader->read(record, values.data())) std::abort();
      }
    }));
  }
  contestants.push_back(contestant("driftd: copy + parse + columns", records.size(), [&] { columns.run(messages, false); }));
  contestants.push_back(contestant("driftd: the same + cells + counters", records.size(), [&] { cells.run(messages, true); }));
  const Contest contest(std::move(contestants), 11);
  contest.print_costs("record");
}

}  // namespace
}  // namespace driftd::bench

int main() {
  using driftd::bench::compare;
  compare("M20-long", {.features = 20});
  compare("M20-short", {.features = 20, .long_numbers = false});
  compare("L100-long", {.features = 100});
  compare("M20-long, 5% missing", {.features = 20, .missing = 0.05});
  compare("M20-long, shuffled keys", {.features = 20, .shuffled = true});
}
