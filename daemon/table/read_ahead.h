// The bytes of a file, read and unpacked by a thread of their own while those before them are looked at. Memory: 2 MiB.
// Used by one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/table/gzip_input.h"

namespace driftd {

class ReadAhead {
 public:
  // Sees every byte once, in order, on the thread that reads: what it did is done before read() gives those bytes or the end.
  using Tap = std::function<void(std::string_view)>;
  ReadAhead(GzipInput input, Tap tap);
  ReadAhead(ReadAhead&&) noexcept;
  ReadAhead& operator=(ReadAhead&&) noexcept;
  ~ReadAhead();  // waits for the read at hand

  // As GzipInput::read. Not after the end or an error.
  std::expected<std::size_t, TableError> read(char* to, std::size_t size);
  const std::string& name() const;

 private:
  class Reading;
  std::unique_ptr<Reading> reading_;
};

}  // namespace driftd
