#include "daemon/http/negotiate.h"

#include <doctest/doctest.h>

#include <array>

using namespace driftd;

namespace {

constexpr std::array kOffers{MediaOffer{"text/plain", "0.0.4"}, MediaOffer{"application/openmetrics-text", "1.0.0"}};

}  // namespace

TEST_CASE("the form that is asked for") {
  struct Row {
    const char* name;
    const char* accept;
    bool open;
  };
  const Row rows[] = {
      {"nothing", "", false},
      {"anything", "*/*", false},
      {"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", false},
      {"Prometheus 2.42",
       "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/"
       "*;q=0.1",
       true},
      {"Prometheus 3",
       "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       true},
      {"an older version only", "application/openmetrics-text; version=0.0.1", false},
      {"no version", "application/openmetrics-text", true},
      {"a quoted version", "application/openmetrics-text; version=\"1.0.0\"", true},
      {"letters of either case, blanks", " Application/OpenMetrics-Text ;\tVersion=1.0.0 ; Q=0.9 , text/plain;q=0.8", true},
      {"less than text", "application/openmetrics-text;q=0.3, text/plain", false},
      {"equal: the default", "application/openmetrics-text, text/plain", false},
      {"text refused", "text/plain;q=0, */*", true},
      {"a family", "application/*, text/*;q=0.5", true},
      {"the closest range decides, not the highest q", "application/*;q=1, application/openmetrics-text;q=0.1, text/plain;q=0.2", false},
      {"nothing is acceptable", "image/png", false},
      {"a q that is no number", "application/openmetrics-text;q=high, text/plain;q=0.1", false},
      {"a q beyond 1", "application/openmetrics-text;q=7, text/plain;q=0.1", false},
      {"a comma inside quotes", "text/html;x=\"a,application/openmetrics-text\"", false},
      {"an open quote", "application/openmetrics-text;x=\"a", true},
      {"separators only", ",;,=;q=,", false},
      {"a backslash at the end", "a;b=\"\\", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK((choose_media(row.accept, kOffers) == 1) == row.open);
  }
}

TEST_CASE("gzip where it is asked for, no less than none") {
  struct Row {
    const char* accept;
    bool gzip;
  };
  for (const Row& row : {Row{"", false}, Row{"gzip", true}, Row{"gzip, deflate, br", true}, Row{"GZIP;q=0.5", true}, Row{"x-gzip", true},
                         Row{"gzip;q=0", false}, Row{"gzip;q=0.000", false}, Row{"*", true}, Row{"*;q=0, gzip", true},
                         Row{"*, gzip;q=0", false}, Row{"identity", false}, Row{"identity;q=1, gzip;q=0.5", false},
                         Row{"gzip, identity", true}, Row{"br", false}, Row{"gzipped", false}, Row{"gzip;q=nan", false}}) {
    CAPTURE(row.accept);
    CHECK(accepts_gzip(row.accept) == row.gzip);
  }
}
