#include "detectors/sequential/state_bytes.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace driftd {

TEST_CASE("a frame has the same bytes everywhere") {
  std::string out = "x";
  StateWriter writer(out, 0x04030201);
  writer.u64(0x0102030405060708);
  writer.f64(1.0);
  writer.seal();
  CHECK(out.substr(0, 25) == std::string("x\x01\x02\x03\x04\x10\0\0\0\x08\x07\x06\x05\x04\x03\x02\x01\0\0\0\0\0\0\xf0\x3f", 25));
  CHECK(out.size() == 33);
}

TEST_CASE("doubles come back bit for bit, and what follows a frame is left") {
  const double values[] = {-0.0, 5e-324, std::numeric_limits<double>::infinity(), std::nan("7")};
  std::string out;
  StateWriter writer(out, 1);
  for (const double value : values) writer.f64(value);
  writer.seal();
  out += "tail";
  std::string_view in = out;
  StateReader reader(in, 1);
  for (const double value : values) CHECK(std::bit_cast<std::uint64_t>(reader.f64()) == std::bit_cast<std::uint64_t>(value));
  CHECK(reader.close(in));
  CHECK(in == "tail");
}

TEST_CASE("a reader that was asked for too much, too little or the wrong thing does not close") {
  std::string out;
  StateWriter writer(out, 1);
  writer.u64(5);
  writer.seal();
  std::string_view in = out;
  CHECK_FALSE(StateReader(in, 2).ok());
  CHECK_FALSE(StateReader("", 1).ok());
  StateReader unread(in, 1);
  CHECK_FALSE(unread.close(in));
  StateReader greedy(in, 1);
  CHECK(greedy.u64() == 5);
  CHECK(greedy.u64() == 0);
  CHECK_FALSE(greedy.close(in));
  StateReader bounded(in, 1);
  CHECK(bounded.count(4) == 0);
  CHECK_FALSE(bounded.close(in));
  CHECK(in.size() == out.size());
}

}  // namespace driftd
