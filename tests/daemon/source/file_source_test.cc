#include "daemon/source/file_source.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/temp_folder.h"

namespace driftd {

namespace {

struct Read {
  std::vector<std::vector<std::string>> rows;  // by partition
  std::size_t finished = 0;
};

Read read_all(FileSource& source) {
  Read read;
  for (;;) {
    SourceEvent event = source.poll(std::chrono::milliseconds(0));
    switch (event.kind) {
      case SourceEvent::Kind::kPartition: read.rows.emplace_back(); break;
      case SourceEvent::Kind::kBatch:
        for (const Message& message : event.batch->messages) {
          CHECK(message.offset == static_cast<std::int64_t>(read.rows[event.partition].size()));
          read.rows[event.partition].emplace_back(message.payload);
        }
        source.recycle(std::move(event.batch));
        break;
      case SourceEvent::Kind::kFinished: ++read.finished; break;
      default: return read;
    }
  }
}

}  // namespace

TEST_CASE("each file is a partition; CSV records travel raw, the header does not") {
  const TempFolder folder;
  const auto a = folder.write("a.csv", "x,y\n1,2\n\"3\n4\",5\n"), b = folder.write("b.csv", "x,y\r\n6,7\r\n");
  auto source = FileSource::open({{"t", {a, b}}});
  REQUIRE(source);
  CHECK((*source)->layout("t").format == Format::kCsv);
  CHECK((*source)->layout("t").csv_header == std::vector<std::string>{"x", "y"});
  const Read read = read_all(**source);
  CHECK(read.finished == 2);
  CHECK(read.rows == std::vector<std::vector<std::string>>{{"1,2", "\"3\n4\",5"}, {"6,7"}});
  CHECK_FALSE((*source)->error());
}

TEST_CASE("JSON lines: blank lines are skipped, the last line needs no end; many rows take several batches") {
  const TempFolder folder;
  std::string text = "{\"x\": 1}\n\n  \r\n{\"x\": 2}\r\n";
  for (int i = 0; i < 5000; ++i) text += "{\"x\": " + std::to_string(i) + "}\n";
  const auto path = folder.write("a.jsonl", text + "{\"x\": 3}");
  auto source = FileSource::open({{"t", {path}, 1'000'000}});
  REQUIRE(source);
  const Read read = read_all(**source);
  REQUIRE(read.rows.size() == 1);
  CHECK(read.rows[0].size() == 5003);
  CHECK(read.rows[0][1] == "{\"x\": 2}");
  CHECK(read.rows[0].back() == "{\"x\": 3}");
}

TEST_CASE("each topic has partitions and a layout of its own") {
  const TempFolder folder;
  const auto a = folder.write("a.csv", "x,y\n1,2\n"), b = folder.write("b.csv", "x,y\n3,4\n"), c = folder.write("c.jsonl", "{}\n");
  auto source = FileSource::open({{"rows", {a, b}}, {"labels", {c}}});
  REQUIRE(source);
  CHECK((*source)->layout("rows").csv_header.size() == 2);
  CHECK((*source)->layout("labels").format == Format::kJson);
  std::vector<TopicPartition> ids;
  for (int i = 0; i < 3; ++i) ids.push_back((*source)->poll({}).id);
  CHECK(ids == std::vector<TopicPartition>{{"rows", 0}, {"rows", 1}, {"labels", 0}});
}

TEST_CASE("files that do not fit together, or are not there, are refused by name") {
  const TempFolder folder;
  const auto a = folder.write("a.csv", "x,y\n1,2\n"), b = folder.write("b.csv", "x,z\n1,2\n"), c = folder.write("c.jsonl", "{}\n");
  CHECK(FileSource::open({{"t", {a, b}}}).error().message == b + ":1:1: the header differs from the first file's");
  CHECK(FileSource::open({{"t", {a, c}}}).error().message == c + ": CSV and JSON lines cannot be replayed together");
  CHECK(FileSource::open({{"t", {folder.path("none.csv")}}}).error().kind == TableError::Kind::kIo);
  CHECK(FileSource::open({{"t", {folder.write("empty.csv", "")}}}).error().kind == TableError::Kind::kBadInput);
}

}  // namespace driftd
