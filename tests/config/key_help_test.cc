#include "config/key_help.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "config/print.h"

using namespace driftd;

namespace {

std::map<std::string, KeyHelp> by_path() {
  std::map<std::string, KeyHelp> rows;
  for (KeyHelp& row : key_help()) rows.emplace(row.path, row);
  return rows;
}

}  // namespace

TEST_CASE("every key has its type, default and help") {
  const auto rows = by_path();
  CHECK(rows.at("http.listen").standard == "\"127.0.0.1:3738\"");
  CHECK(rows.at("log.level").takes.find("debug") != std::string::npos);
  CHECK(rows.at("monitors[].window.every").standard == "5m");
  CHECK(rows.at("kafka.brokers").required);
  CHECK(rows.at("kafka.brokers").takes == "a list of texts");
  CHECK((rows.at("http").takes.empty() && rows.at("http").standard.empty()));
  for (const auto& [path, row] : rows) CHECK_MESSAGE(!row.help.empty(), path);
}

TEST_CASE("the keys are those of the reference page") {
  const std::string page = print_reference();
  std::size_t keys = 0;  // lines that are neither empty nor a comment
  for (std::size_t start = 0; start < page.size(); start = page.find('\n', start) + 1) {
    const std::size_t text = page.find_first_not_of(' ', start);
    keys += page[text] != '#' && page[text] != '\n' ? 1 : 0;
  }
  CHECK(keys == key_help().size());
  CHECK(by_path().size() == keys);
}
