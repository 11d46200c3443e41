#include "daemon/cli/demo_stream.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/runtime/event_time.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {

namespace fs = std::filesystem;

std::expected<std::string, std::string> find_demo_rows() {
  constexpr std::string_view kFile = "census-employment/stream.csv.gz";
  std::vector<fs::path> places;
  if (const char* named = std::getenv("DRIFTD_DEMO_DATA")) places.push_back(fs::path(named));
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  // build/<preset>/driftd
  if (!error) places.push_back(program.parent_path() / "../../deploy/demo" / kFile);
  places.push_back(fs::path("/usr/share/driftd/demo") / kFile);
  std::string looked;
  for (const fs::path& place : places) {
    if (fs::exists(place, error)) return place.lexically_normal().string();
    looked += "\n  " + place.lexically_normal().string();
  }
  return std::unexpected("the demo's data set is not here; looked at:" + looked);
}

std::expected<std::unique_ptr<DemoStream>, std::string> DemoStream::open(const std::string& path, const std::string& reference_csv) {
  auto input = GzipInput::open(path);
  if (!input) return std::unexpected(input.error().message);
  std::unique_ptr<DemoStream> stream(new DemoStream(CsvRecordSplitter(ChunkBuffer(std::move(*input)))));
  std::string header_line;
  if (auto read = stream->read_header(header_line); !read) return std::unexpected(read.error());
  if (auto split = stream->split_reference(header_line, reference_csv); !split) return std::unexpected(split.error());
  return stream;
}

std::expected<bool, std::string> DemoStream::next_fields(std::string* raw) {
  const auto record = splitter_.next();
  if (!record) return std::unexpected(record.error().message);
  if (!*record) return false;
  if (const auto problem = fields_.split((*record)->text, ',')) return std::unexpected(std::string(problem->what));
  if (raw != nullptr) *raw = (*record)->text;
  if (!header_.empty() && fields_.size() != header_.size()) return std::unexpected("a row of " + splitter_.name() + " has too few fields");
  return true;
}

std::expected<void, std::string> DemoStream::read_header(std::string& header_line) {
  const auto read = next_fields(&header_line);
  if (!read) return std::unexpected(read.error());
  header_.assign(fields_.fields().begin(), fields_.fields().end());
  const auto found = std::find(header_.begin(), header_.end(), "event_time");
  if (found == header_.end()) return std::unexpected(splitter_.name() + " has no column event_time");
  time_column_ = static_cast<std::size_t>(found - header_.begin());
  return {};
}

std::expected<void, std::string> DemoStream::split_reference(const std::string& header_line, const std::string& reference_csv) {
  std::ofstream out(reference_csv, std::ios::binary | std::ios::trunc);
  out << header_line << '\n';
  std::string raw;
  for (;;) {
    const auto read = next_fields(&raw);
    if (!read) return std::unexpected(read.error());
    if (!*read) break;
    if (fields_[time_column_] >= "2016") {
      make_row();
      break;
    }
    out << raw << '\n';
  }
  if (!out.flush()) return std::unexpected("cannot write " + reference_csv);
  return {};
}

// Codes and ages travel as JSON numbers, as a service would send them; the reference says which are categories.
void DemoStream::make_row() {
  JsonWriter json;
  json.begin_object();
  for (std::size_t i = 0; i < header_.size(); ++i) {
    json.key(header_[i]);
    if (i == time_column_) {
      json.string(fields_[i]);
    } else if (header_[i] == "score") {
      json.number(std::strtod(std::string(fields_[i]).c_str(), nullptr));
    } else {
      json.number(static_cast<std::int64_t>(std::strtoll(std::string(fields_[i]).c_str(), nullptr, 10)));
    }
  }
  json.end_object();
  row_ = {parse_rfc3339(fields_[time_column_]).value_or(0), json.take()};
  has_row_ = true;
}

std::expected<void, std::string> DemoStream::advance() {
  has_row_ = false;
  const auto read = next_fields(nullptr);
  if (!read) return std::unexpected(read.error());
  if (*read) make_row();
  return {};
}

}  // namespace driftd
