#include "detectors/sequential/state_bytes.h"

#include <bit>
#include <cstddef>

namespace driftd {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kChecksumBytes = 8;

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::uint64_t get(std::string_view in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(static_cast<unsigned char>(in[i])) << (8 * i);
  return value;
}

// FNV-1a: every step is a bijection of the running value, so one changed byte always changes the checksum.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

}  // namespace

StateWriter::StateWriter(std::string& out, std::uint32_t tag) : out_(out), start_(out.size()) {
  put(out_, tag, 4);
  put(out_, 0, 4);
}

void StateWriter::u64(std::uint64_t value) { put(out_, value, 8); }

void StateWriter::f64(double value) { u64(std::bit_cast<std::uint64_t>(value)); }

void StateWriter::seal() {
  const std::size_t payload = out_.size() - start_ - kHeaderBytes;
  for (std::size_t i = 0; i < 4; ++i) out_[start_ + 4 + i] = static_cast<char>(payload >> (8 * i) & 0xff);
  put(out_, checksum(std::string_view(out_).substr(start_)), kChecksumBytes);
}

StateReader::StateReader(std::string_view in, std::uint32_t tag) {
  if (in.size() < kHeaderBytes + kChecksumBytes || get(in, 4) != tag) return;
  const std::uint64_t payload = get(in.substr(4), 4);
  if (payload > in.size() - kHeaderBytes - kChecksumBytes) return;
  const std::string_view sealed = in.substr(0, kHeaderBytes + payload);
  if (get(in.substr(sealed.size()), kChecksumBytes) != checksum(sealed)) return;
  payload_ = sealed.substr(kHeaderBytes);
  frame_bytes_ = sealed.size() + kChecksumBytes;
  ok_ = true;
}

std::uint64_t StateReader::u64() {
  if (payload_.size() < 8) ok_ = false;
  if (!ok_) return 0;
  const std::uint64_t value = get(payload_, 8);
  payload_.remove_prefix(8);
  return value;
}

double StateReader::f64() { return std::bit_cast<double>(u64()); }

std::uint64_t StateReader::count(std::uint64_t max) {
  const std::uint64_t value = u64();
  require(value <= max);
  return ok_ ? value : 0;
}

bool StateReader::close(std::string_view& in) const {
  if (!ok_ || !payload_.empty()) return false;
  in.remove_prefix(frame_bytes_);
  return true;
}

}  // namespace driftd
