// Files as a source: one file is one partition, row number = offset (from 0), end of file = no record will ever come.
// CSV records and JSON lines travel as raw text, so that files and Kafka share one road. Thread: source.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/runtime/free_list.h"
#include "daemon/source/source.h"
#include "daemon/table/csv_splitter.h"

namespace driftd {

struct FileSourceOptions {
  std::string topic;             // of every file; partition = its place in the list
  std::int64_t row_time_us = 0;  // > 0: a record's time is its row number times this; else records have no time
};

class FileSource final : public Source {
 public:
  // Opens every file and reads the CSV headers, which must be equal. All files have one format.
  static std::expected<std::unique_ptr<FileSource>, TableError> open(const std::vector<std::string>& paths, FileSourceOptions options);
  ~FileSource() override;

  Format format() const { return format_; }
  const std::vector<std::string>& csv_header() const { return header_; }
  char csv_delimiter() const { return delimiter_; }
  // What stopped a file before its end; read it after the last partition finished.
  const std::optional<TableError>& error() const { return error_; }

  SourceEvent poll(std::chrono::milliseconds timeout) override;
  void pause(std::uint32_t partition) override;
  void resume(std::uint32_t partition) override;
  void recycle(std::unique_ptr<MessageBatch> batch) override;

 private:
  struct File;
  explicit FileSource(FileSourceOptions options);
  std::expected<void, TableError> add(const std::string& path);
  std::expected<void, TableError> read_header(File& file);
  SourceEvent read_batch(std::uint32_t partition);

  FileSourceOptions options_;
  Format format_ = Format::kJson;
  std::vector<std::string> header_;
  char delimiter_ = ',';
  std::vector<std::unique_ptr<File>> files_;
  std::size_t announced_ = 0;
  std::size_t next_ = 0;  // files take turns
  std::optional<TableError> error_;
  FreeList<MessageBatch> spare_;
};

}  // namespace driftd
