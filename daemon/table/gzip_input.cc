#include "daemon/table/gzip_input.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace driftd {
namespace {

constexpr std::size_t kRawBytes = 256 << 10;
constexpr int kGzipOnly = 15 + 16;  // zlib's window bits: largest window, gzip header required

}  // namespace

// A gzip stream, between two members where `between`.
struct GzipInput::Inflater {
  Inflater() {
    if (::inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { ::inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  z_stream stream{};
  bool between = true;
};

GzipInput::GzipInput(FileHandle file, std::string name) : file_(std::move(file)), name_(std::move(name)), raw_(new char[kRawBytes]) {}
GzipInput::GzipInput(GzipInput&&) noexcept = default;
GzipInput& GzipInput::operator=(GzipInput&&) noexcept = default;
GzipInput::~GzipInput() = default;

std::expected<GzipInput, TableError> GzipInput::open(const std::string& path) {
  if (path == "-") return GzipInput(FileHandle(::dup(STDIN_FILENO)), "stdin");
  auto file = open_to_read(path);
  if (!file) return std::unexpected(file.error());
  return GzipInput(std::move(*file), path);
}

std::unexpected<TableError> GzipInput::bad_gzip(const char* what) const {
  return std::unexpected(TableError{TableError::Kind::kBadInput, name_ + ": " + what});
}

// Makes raw bytes available; false at the end of the file.
std::expected<bool, TableError> GzipInput::fill() {
  if (raw_at_ < raw_size_) return true;
  const auto got = read_some(file_, raw_.get(), kRawBytes, name_);
  if (!got) return std::unexpected(got.error());
  raw_at_ = 0;
  raw_size_ = *got;
  if (!started_) {
    started_ = true;
    if (raw_size_ >= 2 && std::memcmp(raw_.get(), "\x1f\x8b", 2) == 0) inflater_ = std::make_unique<Inflater>();
  }
  return raw_size_ > 0;
}

std::expected<std::size_t, TableError> GzipInput::read(char* to, std::size_t size) {
  if (started_ && !inflater_ && raw_at_ == raw_size_) return read_some(file_, to, size, name_);
  const auto more = fill();
  if (!more) return std::unexpected(more.error());
  if (inflater_) return inflate(to, size);
  const std::size_t count = std::min(size, raw_size_ - raw_at_);
  std::memcpy(to, raw_.get() + raw_at_, count);
  raw_at_ += count;
  return count;
}

std::expected<std::size_t, TableError> GzipInput::inflate(char* to, std::size_t size) {
  z_stream& stream = inflater_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(to);
  stream.avail_out = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30));
  const uInt wanted = stream.avail_out;
  while (stream.avail_out == wanted) {
    const auto more = fill();
    if (!more) return std::unexpected(more.error());
    if (!*more) {
      if (inflater_->between) return 0;
      return bad_gzip("the gzip data is cut off");
    }
    inflater_->between = false;
    stream.next_in = reinterpret_cast<Bytef*>(raw_.get() + raw_at_);
    stream.avail_in = static_cast<uInt>(raw_size_ - raw_at_);
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    raw_at_ = raw_size_ - stream.avail_in;
    if (result != Z_OK && result != Z_STREAM_END) return bad_gzip("the gzip data is damaged");
    if (result == Z_STREAM_END) {
      inflater_->between = true;
      ::inflateReset(&stream);
    }
  }
  return wanted - stream.avail_out;
}

}  // namespace driftd
