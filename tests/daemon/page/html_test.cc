#include "daemon/page/html.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("text cannot become markup") {
  struct Row {
    const char* name;
    std::string input;
    const char* want;
  };
  const Row rows[] = {
      {"plain", "amount", "amount"},
      {"a tag", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"out of an attribute", "\" onload='x'", "&quot; onload=&#39;x&#39;"},
      {"an entity", "&lt;", "&amp;lt;"},
      {"line ends and tabs stay", "a\n\tb", "a\n\tb"},
      {"control characters", std::string("\0\x1b\x7f", 3), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
      {"a control character of two bytes", "\xc2\x9b", "\xef\xbf\xbd"},
      {"a letter of two bytes with the same lead", "\xc2\xa0", "\xc2\xa0"},
      {"not UTF-8", "a\xc3", "a\xef\xbf\xbd"},
      {"UTF-8", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(escape_html(row.input) == row.want);
  }
}

TEST_CASE("a pattern is filled in order, by the type of each piece") {
  CHECK(html("<b>{}</b>{}", {"<", 5}).text == "<b>&lt;</b>5");
  CHECK(html("<p>{}</p>", {html("<i>{}</i>", {"{}"})}).text == "<p><i>{}</i></p>");  // a value with braces is not a pattern
  Markup sum = html("<a>");
  sum += html("</a>");
  CHECK(sum.text == "<a></a>");
}
