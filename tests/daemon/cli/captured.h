// Runs a verb with its standard output and error caught.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace driftd {

struct Captured {
  int exit_code = 0;
  std::string out, err;
};

// Sends what is written to a stream into an unnamed file until it is taken.
class CapturedStream {
 public:
  explicit CapturedStream(std::FILE* stream) : stream_(stream), file_(std::tmpfile()) {
    std::fflush(stream_);
    saved_ = ::dup(::fileno(stream_));
    ::dup2(::fileno(file_), ::fileno(stream_));
  }
  CapturedStream(const CapturedStream&) = delete;
  CapturedStream& operator=(const CapturedStream&) = delete;
  ~CapturedStream() { restore(); }

  std::string take() {
    restore();
    std::string text;
    std::rewind(file_);
    std::array<char, 4096> chunk{};
    while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), file_)) text.append(chunk.data(), size);
    std::fclose(file_);
    return text;
  }

 private:
  void restore() {
    if (saved_ < 0) return;
    std::fflush(stream_);
    ::dup2(saved_, ::fileno(stream_));
    ::close(saved_);
    saved_ = -1;
  }

  std::FILE* stream_;
  std::FILE* file_;
  int saved_ = -1;
};

inline Captured capture(int (*run)(std::span<const std::string>), const std::vector<std::string>& args) {
  Captured captured;
  CapturedStream out(stdout), err(stderr);
  captured.exit_code = run(args);
  captured.err = err.take();
  captured.out = out.take();
  return captured;
}

}  // namespace driftd
