#include "daemon/table/read_ahead.h"

#include <doctest/doctest.h>

#include "tests/temp_folder.h"

namespace driftd {
namespace {

ReadAhead ahead(const std::string& path, ReadAhead::Tap tap) {
  auto input = GzipInput::open(path);
  REQUIRE(input);
  return {std::move(*input), std::move(tap)};
}

}  // namespace

TEST_CASE("what is read ahead is the file, and the tap has seen it when it comes") {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 600'000; ++i) text += std::to_string(i) + ",";
  const auto path = folder.write("x", text);
  for (const std::size_t step : {1000U, 300'000U, 1U << 20}) {
    CAPTURE(step);
    std::string tapped, seen, part(step, '\0');
    auto input = ahead(path, [&](std::string_view bytes) { tapped += bytes; });
    CHECK(input.name() == path);
    for (;;) {
      const auto got = input.read(part.data(), step);
      REQUIRE(got);
      if (*got == 0) break;
      seen.append(part, 0, *got);
    }
    CHECK(seen == text);
    CHECK(tapped == text);
  }
}

TEST_CASE("an error comes behind the bytes before it") {
  const TempFolder folder;
  const auto path = folder.write("x", "\x1f\x8bno gzip");
  std::size_t tapped = 0;
  auto input = ahead(path, [&](std::string_view bytes) { tapped += bytes.size(); });
  char part[16];
  const auto got = input.read(part, sizeof part);
  REQUIRE(!got);
  CHECK(got.error().message == path + ": the gzip data is damaged");
  CHECK(tapped == 0);
}

TEST_CASE("reading may end early") {
  const TempFolder folder;
  const auto path = folder.write("x", std::string(10 << 20, 'x'));
  auto input = ahead(path, [](std::string_view) {});
  char byte = 0;
  CHECK(input.read(&byte, 1) == 1U);
  CHECK(byte == 'x');
}

}  // namespace driftd
