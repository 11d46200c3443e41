#include "config/substitute.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace driftd;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("driftd-substitute-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name, std::ios::binary) << text; }
};

}  // namespace

TEST_CASE("substitutions are expanded once") {
  const SubstituteContext context{{{"A", "1"}, {"EMPTY", ""}, {"NESTED", "${env:A}"}}, "/"};
  struct Row {
    const char *text, *want;
    bool from_outside;
  };
  for (const auto& row :
       {Row{"plain", "plain", false}, Row{"${env:A}", "1", true}, Row{"x${env:A}y${env:A}", "x1y1", true}, Row{"${env:B:-d}", "d", true},
        Row{"${env:B:-}", "", true}, Row{"${env:EMPTY:-d}", "d", true}, Row{"${env:EMPTY}", "", true}, Row{"${env:A:-d}", "1", true},
        Row{"${env:NESTED}", "${env:A}", true}, Row{"$$", "$", false}, Row{"$${env:A}", "${env:A}", false}, Row{"a$b", "a$b", false},
        Row{"$", "$", false}, Row{"", "", false}}) {
    CAPTURE(row.text);
    const auto got = substitute(row.text, context);
    REQUIRE(got.has_value());
    CHECK(got->text == row.want);
    CHECK(got->from_outside == row.from_outside);
  }
}

TEST_CASE("errors of substitutions know their place") {
  const auto error = substitute("ab${env:NOPE}", {{}, "/"});
  REQUIRE_FALSE(error.has_value());
  CHECK(error.error().offset == 2);
  CHECK(error.error().width == 11);
  CHECK(error.error().message == "environment variable NOPE is not set; set it or write ${env:NOPE:-default}");
  for (const char* bad : {"${", "${env:", "${env:}", "${env:1A}", "${x}", "${file:}", "${file:/nonexistent}"}) {
    CAPTURE(bad);
    CHECK_FALSE(substitute(bad, {{}, "/"}).has_value());
  }
}

TEST_CASE("files: relative, one newline cut, at most 64 KiB") {
  const Folder folder;
  folder.write("secret", "pass word\n\n");
  folder.write("crlf", "x\r\n");
  folder.write("most", std::string(65'536, 'x'));
  folder.write("more", std::string(65'537, 'x'));
  const SubstituteContext context{{}, folder.path};
  CHECK(substitute("<${file:secret}>", context)->text == "<pass word\n>");
  CHECK(substitute("${file:crlf}", context)->text == "x");
  CHECK(substitute("${file:" + (folder.path / "crlf").string() + "}", context)->text == "x");
  CHECK(substitute("${file:most}", context)->text.size() == 65'536);
  CHECK(read_small_file(folder.path / "more").error() == (folder.path / "more").string() + " is larger than 64KiB");
  CHECK(read_small_file(folder.path).error() == "cannot read " + folder.path.string() + ": it is a folder");
}
