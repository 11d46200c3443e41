// Files as a source: one file is one partition, row number = offset (from 0), end of file = no record will ever come.
// CSV records and JSON lines travel as raw text, so that files and Kafka share one road. Thread: source.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/runtime/free_list.h"
#include "daemon/source/source.h"
#include "daemon/table/csv_splitter.h"

namespace driftd {

// The files of one topic; the partition of a file is its place in the list.
struct FileTopic {
  std::string topic;
  std::vector<std::string> paths;
  std::int64_t row_time_us = 0;  // > 0: a record's time is its row number times this; else records have no time
};

// How the files of a topic are written: all in one way.
struct FileLayout {
  Format format = Format::kJson;
  std::vector<std::string> csv_header;
  char csv_delimiter = ',';
};

class FileSource final : public Source {
 public:
  // Opens every file and reads the CSV headers, which must be equal within a topic, as the format must.
  static std::expected<std::unique_ptr<FileSource>, TableError> open(const std::vector<FileTopic>& topics);
  ~FileSource() override;

  const FileLayout& layout(const std::string& topic) const { return layouts_.at(topic); }
  // What stopped a file before its end; read it after the last partition finished.
  const std::optional<TableError>& error() const { return error_; }

  SourceEvent poll(std::chrono::milliseconds timeout) override;
  void pause(std::uint32_t partition) override;
  void resume(std::uint32_t partition) override;
  void recycle(std::unique_ptr<MessageBatch> batch) override;

 private:
  struct File;
  FileSource();
  std::expected<void, TableError> add(const FileTopic& topic, std::size_t place);
  std::expected<void, TableError> read_header(File& file, FileLayout& layout);
  SourceEvent read_batch(std::uint32_t partition);

  std::map<std::string, FileLayout> layouts_;  // by topic
  std::vector<TopicPartition> ids_;            // by source partition
  std::vector<std::unique_ptr<File>> files_;   // likewise
  std::size_t announced_ = 0;
  std::size_t next_ = 0;  // files take turns
  std::optional<TableError> error_;
  FreeList<MessageBatch> spare_;
};

}  // namespace driftd
