#include "daemon/http/gzip_body.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace driftd {
namespace {

constexpr int kLevel = 2;             // metrics shrink to a twentieth at any level; this one is quick
constexpr int kGzipWindow = 15 + 16;  // the largest window, and a gzip header
constexpr int kMemoryLevel = 8;
constexpr std::array<std::string_view, 5> kText{"text/", "application/json", "application/openmetrics-text", "application/javascript",
                                                "image/svg+xml"};

}  // namespace

bool is_compressible(std::string_view content_type) {
  return std::ranges::any_of(kText, [&](std::string_view prefix) { return content_type.starts_with(prefix); });
}

std::string gzip_body(std::string_view body) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  std::string out(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // into a buffer that holds the worst case: it ends
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace driftd
