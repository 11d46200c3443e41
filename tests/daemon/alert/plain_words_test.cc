#include "daemon/alert/plain_words.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("shares") {
  const struct {
    double input;
    const char* want;
  } rows[] = {{0, "0%"},           {1, "100%"},      {0.24, "24%"},       {0.0996, "10%"},   {0.0994, "9.9%"},
              {0.05, "5.0%"},      {0.0012, "0.1%"}, {0.001, "0.1%"},     {0.0005, "0.05%"}, {0.00001, "under 0.01%"},
              {0.996, "over 99%"}, {0.994, "99%"},   {0.9999, "over 99%"}};
  for (const auto& row : rows) {
    CAPTURE(row.input);
    CHECK(share_words(row.input) == row.want);
  }
}

TEST_CASE("numbers") {
  CHECK(number_words(0.2134) == "0.213");
  CHECK(number_words(0.1) == "0.1");
  CHECK(number_words(-0.171) == "-0.171");
  CHECK(number_words(0) == "0");
  CHECK(number_words(12345.6) == "12346");
  CHECK(number_words(1.23456e7) == "1.23e+07");
}

TEST_CASE("methods") {
  CHECK(method_words("psi") == "PSI");
  CHECK(method_words("a_new_one") == "a_new_one");
}

TEST_CASE("long texts are cut between characters") {
  CHECK(clipped(std::string(120, 'a')) == std::string(120, 'a'));
  CHECK(clipped(std::string(121, 'a')) == std::string(120, 'a') + "…");
  CHECK(clipped(std::string(119, 'a') + "üx") == std::string(119, 'a') + "…");
  CHECK(clipped(std::string(118, 'a') + "üx") == std::string(118, 'a') + "ü…");
}

}  // namespace driftd
