// The demo's data set as Kafka records: census-employment (deploy/demo/census-employment/ORIGIN.md). 2015 becomes the reference,
// later years are produced as JSON at a pace of event time.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "daemon/decode/csv_record.h"
#include "daemon/table/csv_splitter.h"

namespace driftd {

// Where stream.csv.gz is: $DRIFTD_DEMO_DATA, beside the source tree the program was built in, or in /usr/share/driftd.
std::expected<std::string, std::string> find_demo_rows();

class DemoStream {
 public:
  struct Row {
    std::int64_t time_us = 0;
    std::string json;
  };
  // Reads the file up to the first row of 2016; those rows are written to reference_csv.
  static std::expected<std::unique_ptr<DemoStream>, std::string> open(const std::string& path, const std::string& reference_csv);

  // The row that is next; nullptr at the end of the file.
  const Row* peek() const { return has_row_ ? &row_ : nullptr; }
  std::expected<void, std::string> advance();

 private:
  explicit DemoStream(CsvRecordSplitter splitter) : splitter_(std::move(splitter)) {}
  std::expected<void, std::string> read_header(std::string& header_line);
  std::expected<void, std::string> split_reference(const std::string& header_line, const std::string& reference_csv);
  std::expected<bool, std::string> next_fields(std::string* raw);
  void make_row();

  CsvRecordSplitter splitter_;
  CsvFields fields_;
  std::vector<std::string> header_;
  std::size_t time_column_ = 0;
  Row row_;
  bool has_row_ = false;
};

}  // namespace driftd
