// The saved form of a detector's state: a frame {tag u32, payload size u32, payload, checksum u64}, little-endian, doubles bit for bit.
// Equal states give equal bytes. Reading never throws and never reads outside its bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace driftd {

// Appends one frame to a string. seal() must be called once, last.
class StateWriter {
 public:
  StateWriter(std::string& out, std::uint32_t tag);
  void u64(std::uint64_t value);
  void f64(double value);
  void seal();

 private:
  std::string& out_;
  std::size_t start_;
};

// Opens the frame at the front of `in`. After the first read that does not fit, every read gives 0 and close() is false.
class StateReader {
 public:
  StateReader(std::string_view in, std::uint32_t tag);
  std::uint64_t u64();
  double f64();
  // A number that the writer only writes up to `max`; anything larger fails.
  std::uint64_t count(std::uint64_t max);
  void require(bool holds) { ok_ = ok_ && holds; }
  bool ok() const { return ok_; }
  // True iff everything was read and nothing was wrong; then `in` is moved behind the frame.
  bool close(std::string_view& in) const;

 private:
  std::string_view payload_;
  std::size_t frame_bytes_ = 0;
  bool ok_ = false;
};

}  // namespace driftd
