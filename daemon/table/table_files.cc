#include "daemon/table/table_files.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace driftd {
namespace {

std::expected<FileHandle, TableError> spool_stdin() {
  auto file = open_temporary();
  if (!file) return file;
  const FileHandle input(::dup(STDIN_FILENO));
  std::vector<char> part(1 << 20);
  for (;;) {
    const auto got = read_some(input, part.data(), part.size(), "stdin");
    if (!got) return std::unexpected(got.error());
    if (*got == 0) return file;
    if (const auto written = write_all(*file, {part.data(), *got}); !written) return std::unexpected(written.error());
  }
}

}  // namespace

std::expected<TableFiles, TableError> TableFiles::of(std::vector<std::string> paths, std::function<void(const std::string&)> say) {
  TableFiles files(std::move(paths), std::move(say));
  if (std::ranges::count(files.paths_, "-") > 1)
    return std::unexpected(TableError{TableError::Kind::kBadInput, "stdin can be read only once"});
  if (std::ranges::count(files.paths_, "-") == 1) {
    if (files.say_) files.say_("stdin is copied to a temporary file: it is read more than once");
    auto spooled = spool_stdin();
    if (!spooled) return std::unexpected(spooled.error());
    files.spooled_ = std::move(*spooled);
  }
  return files;
}

std::expected<GzipInput, TableError> TableFiles::open(const std::string& path) const {
  if (path != "-") return GzipInput::open(path);
  ::lseek(spooled_.get(), 0, SEEK_SET);
  return GzipInput(FileHandle(::dup(spooled_.get())), "stdin");
}

std::uint32_t TableFiles::column_of(const std::string& name) {
  const auto [found, is_new] = index_.emplace(name, static_cast<std::uint32_t>(columns_.size()));
  if (is_new) columns_.push_back(name);
  return found->second;
}

std::optional<std::uint32_t> TableFiles::find(const std::string& column) const {
  const auto found = index_.find(column);
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

std::expected<void, TableError> TableFiles::read_file(const std::string& path, const BlockVisitor& visit, const ReadAhead::Tap& tap) {
  auto input = open(path);
  if (!input) return std::unexpected(input.error());
  const auto reader = read_table(std::move(*input), {.say = say_, .tap = tap});
  if (!reader) return std::unexpected(reader.error());
  std::vector<std::uint32_t> ours;  // column of the file -> ours
  bool same = true;                 // each column has the same number in both
  std::vector<Cell> cells;
  for (;;) {
    const auto more = (*reader)->next();
    const auto& names = (*reader)->columns();
    while (ours.size() < names.size()) {
      ours.push_back(column_of(names[ours.size()]));
      same = same && ours.back() + 1 == ours.size();
    }
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
    auto block = (*reader)->block();
    if (!same) {
      cells.assign(block.cells.begin(), block.cells.end());
      for (auto& cell : cells) cell.column = ours[cell.column];
      block.cells = cells;
    }
    if (auto visited = visit(block); !visited) return visited;
  }
}

std::expected<void, TableError> TableFiles::read(const RowVisitor& visit, const ReadAhead::Tap& tap) {
  const auto visit_rows = [&](const RowBlock& block) {
    std::expected<void, TableError> visited;
    for (std::size_t i = 0; visited && i < block.rows; ++i) visited = visit(block.row(i));
    return visited;
  };
  return read_blocks(visit_rows, tap);
}

std::expected<void, TableError> TableFiles::read_blocks(const BlockVisitor& visit, const ReadAhead::Tap& tap) {
  for (const auto& path : paths_) {
    if (auto read = read_file(path, visit, tap); !read) return read;
  }
  say_ = {};
  return {};
}

}  // namespace driftd
