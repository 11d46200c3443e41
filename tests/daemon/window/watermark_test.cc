#include "daemon/window/watermark.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

namespace driftd {

namespace {

// The definition, word by word: k-th largest of the last N, never moving back.
class PlainWatermark {
 public:
  std::int64_t update(std::int64_t time) {
    times_.push_back(time);
    if (times_.size() > kWatermarkRecords) times_.erase(times_.begin());
    if (times_.size() < kWatermarkRank) return value_;
    std::vector<std::int64_t> sorted = times_;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    value_ = std::max(value_, sorted[kWatermarkRank - 1]);
    return value_;
  }

 private:
  std::vector<std::int64_t> times_;
  std::int64_t value_ = kNoTime;
};

std::vector<std::int64_t> stream(const char* kind, std::mt19937_64& random) {
  std::vector<std::int64_t> times;
  std::int64_t now = 1'000'000;
  for (int i = 0; i < 5000; ++i) {
    now += static_cast<std::int64_t>(random() % 100);
    std::int64_t time = now;
    if (kind == std::string_view("disordered")) time -= static_cast<std::int64_t>(random() % 20'000);
    if (kind == std::string_view("future") && random() % 50 == 0) time += 1'000'000'000;
    if (kind == std::string_view("ties")) time = now / 1000;
    if (kind == std::string_view("falling")) time = -now;
    times.push_back(time);
  }
  return times;
}

}  // namespace

TEST_CASE("the watermark is the k-th largest of the last N event times") {
  for (const char* kind : {"ordered", "disordered", "future", "ties", "falling"}) {
    CAPTURE(kind);
    std::mt19937_64 random(7);
    Watermark fast;
    PlainWatermark plain;
    for (const std::int64_t time : stream(kind, random)) REQUIRE(fast.update(time) == plain.update(time));
  }
}

TEST_CASE("fewer than k records give no watermark, and k-1 records from the future move nothing") {
  Watermark watermark;
  for (int i = 0; i < 7; ++i) CHECK(watermark.update(100) == kNoTime);
  CHECK(watermark.update(100) == 100);
  for (int i = 0; i < 7; ++i) CHECK(watermark.update(4'000'000'000'000'000) == 100);
}

TEST_CASE("a restored watermark goes on as the undisturbed one") {
  std::mt19937_64 random(11);
  Watermark undisturbed, restored;
  for (const std::int64_t time : stream("disordered", random)) {
    undisturbed.update(time);
    restored.update(time);
    ByteWriter out;
    restored.save(out);
    Watermark next;
    ByteReader in(out.bytes());
    REQUIRE(next.load(in));
    REQUIRE(in.done());
    restored = next;
    REQUIRE(restored.value() == undisturbed.value());
  }
}

}  // namespace driftd
