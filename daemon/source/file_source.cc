#include "daemon/source/file_source.h"

#include <array>
#include <utility>
#include <variant>

#include "daemon/table/table_reader.h"

namespace driftd {

namespace {

constexpr std::size_t kRowsPerBatch = 1024;
constexpr std::size_t kBytesPerBatch = 1 << 20;

// Rows are copied: a file's text moves on under its views.
class FileRows final : public MessageStorage {
 public:
  std::string bytes;
};

// Lines of a JSON lines file: LF or CRLF; blank lines are skipped.
class LineSplitter {
 public:
  explicit LineSplitter(ChunkBuffer buffer) : buffer_(std::move(buffer)) {}

  std::expected<std::optional<std::string_view>, TableError> next() {
    for (;;) {
      buffer_.consume(std::exchange(pending_, 0));
      auto line = next_line();
      if (!line || !*line) return line;
      ++line_number_;
      std::string_view text = **line;
      if (text.ends_with('\r')) text.remove_suffix(1);
      if (text.find_first_not_of(" \t") != std::string_view::npos) return text;
    }
  }

 private:
  std::expected<std::optional<std::string_view>, TableError> next_line() {
    for (std::size_t from = 0;;) {
      const std::string_view text = buffer_.unread();
      const std::size_t newline = text.find('\n', from);
      if (newline != std::string_view::npos) {
        pending_ = newline + 1;
        return text.substr(0, newline);
      }
      if (text.size() > kMaxRecordBytes) {
        return std::unexpected(TableError{TableError::Kind::kBadInput,
                                          buffer_.name() + ":" + std::to_string(line_number_ + 1) + ":1: a line of more than 64 MiB"});
      }
      from = text.size();
      const auto more = buffer_.more();
      if (!more) return std::unexpected(more.error());
      if (*more) continue;
      pending_ = buffer_.unread().size();
      return pending_ == 0 ? std::optional<std::string_view>() : buffer_.unread();
    }
  }

  ChunkBuffer buffer_;
  std::size_t pending_ = 0;
  std::size_t line_number_ = 0;
};

}  // namespace

struct FileSource::File {
  std::variant<CsvRecordSplitter, LineSplitter> rows;
  std::int64_t row_time_us = 0;
  std::int64_t next_row = 0;
  bool finished = false;
  bool paused = false;

  std::expected<std::optional<std::string_view>, TableError> next() {
    if (auto* lines = std::get_if<LineSplitter>(&rows)) return lines->next();
    auto record = std::get<CsvRecordSplitter>(rows).next();
    if (!record) return std::unexpected(record.error());
    return *record ? std::optional((*record)->text) : std::nullopt;
  }
};

FileSource::FileSource() : spare_(64) {}
FileSource::~FileSource() = default;

std::expected<std::unique_ptr<FileSource>, TableError> FileSource::open(const std::vector<FileTopic>& topics) {
  std::unique_ptr<FileSource> source(new FileSource());
  for (const FileTopic& topic : topics) {
    for (std::size_t place = 0; place < topic.paths.size(); ++place) {
      if (auto added = source->add(topic, place); !added) return std::unexpected(added.error());
    }
  }
  return source;
}

std::expected<void, TableError> FileSource::add(const FileTopic& topic, std::size_t place) {
  const std::string& path = topic.paths[place];
  auto input = GzipInput::open(path);
  if (!input) return std::unexpected(input.error());
  ChunkBuffer buffer(std::move(*input));
  const auto json = is_json_lines(buffer);
  if (!json) return std::unexpected(json.error());
  const Format format = *json ? Format::kJson : Format::kCsv;
  FileLayout& layout = layouts_[topic.topic];
  if (place > 0 && format != layout.format) {
    return std::unexpected(TableError{TableError::Kind::kBadInput, path + ": CSV and JSON lines cannot be replayed together"});
  }
  layout.format = format;
  auto file = format == Format::kJson ? std::make_unique<File>(File{LineSplitter(std::move(buffer))})
                                      : std::make_unique<File>(File{CsvRecordSplitter(std::move(buffer))});
  if (format == Format::kCsv) {
    if (auto header = read_header(*file, layout); !header) return header;
  }
  file->row_time_us = topic.row_time_us;
  files_.push_back(std::move(file));
  ids_.push_back({topic.topic, static_cast<std::int32_t>(place)});
  return {};
}

std::expected<void, TableError> FileSource::read_header(File& file, FileLayout& layout) {
  auto& splitter = std::get<CsvRecordSplitter>(file.rows);
  const auto record = splitter.next();
  if (!record) return std::unexpected(record.error());
  if (!*record)
    return std::unexpected(TableError{TableError::Kind::kBadInput, splitter.name() + ":1:1: an empty file: a header line is needed"});
  const char delimiter = detect_delimiter((*record)->text);
  CsvFields fields;
  if (const auto problem = fields.split((*record)->text, delimiter))
    return std::unexpected(splitter.error_at(**record, problem->offset, problem->what));
  const std::vector<std::string> header(fields.fields().begin(), fields.fields().end());
  if (!layout.csv_header.empty() && (header != layout.csv_header || delimiter != layout.csv_delimiter)) {
    return std::unexpected(splitter.error_at(**record, 0, "the header differs from the first file's"));
  }
  layout.csv_header = header;
  layout.csv_delimiter = delimiter;
  splitter.set_delimiter(delimiter);
  return {};
}

SourceEvent FileSource::read_batch(std::uint32_t partition) {
  File& file = *files_[partition];
  SourceEvent event;
  event.partition = partition;
  event.batch = spare_.take();
  if (!event.batch) event.batch = std::make_unique<MessageBatch>();
  MessageBatch& batch = *event.batch;
  batch.source_partition = partition;
  batch.messages.clear();
  batch.gaps.clear();
  if (!batch.storage) batch.storage = std::make_unique<FileRows>();
  std::string& bytes = static_cast<FileRows&>(*batch.storage).bytes;
  bytes.clear();
  std::array<std::size_t, kRowsPerBatch> ends;  // NOLINT: filled before it is read
  std::size_t rows = 0;
  while (rows < kRowsPerBatch && bytes.size() < kBytesPerBatch) {
    const auto row = file.next();
    if (!row && !error_) error_ = row.error();
    if (!row || !*row) {
      file.finished = true;
      break;
    }
    bytes += **row;
    ends[rows++] = bytes.size();
  }
  for (std::size_t i = 0, begin = 0; i < rows; begin = ends[i++]) {
    const std::int64_t offset = file.next_row++;
    const std::int64_t time = file.row_time_us > 0 ? offset * file.row_time_us : kNoTime;
    batch.messages.push_back({offset, time, std::string_view(bytes).substr(begin, ends[i] - begin), {}, false});
  }
  event.kind = rows > 0 ? SourceEvent::Kind::kBatch : SourceEvent::Kind::kNothing;
  return event;
}

SourceEvent FileSource::poll(std::chrono::milliseconds /*timeout*/) {
  SourceEvent event;
  if (announced_ < files_.size()) {
    event.kind = SourceEvent::Kind::kPartition;
    event.partition = static_cast<std::uint32_t>(announced_++);
    event.id = ids_[event.partition];
    return event;
  }
  for (std::size_t tried = 0; tried < files_.size(); ++tried) {
    const std::size_t index = next_++ % files_.size();
    if (files_[index] == nullptr || files_[index]->paused) continue;
    if (!files_[index]->finished) event = read_batch(static_cast<std::uint32_t>(index));
    if (event.kind == SourceEvent::Kind::kBatch) return event;
    files_[index].reset();
    event.batch.reset();
    event.kind = SourceEvent::Kind::kFinished;
    event.partition = static_cast<std::uint32_t>(index);
    return event;
  }
  return event;
}

void FileSource::pause(std::uint32_t partition) {
  if (files_[partition]) files_[partition]->paused = true;
}
void FileSource::resume(std::uint32_t partition) {
  if (files_[partition]) files_[partition]->paused = false;
}
void FileSource::recycle(std::unique_ptr<MessageBatch> batch) { spare_.give(std::move(batch)); }

}  // namespace driftd
