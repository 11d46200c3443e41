// Why an alert fired, in words: what an event says, put in the order in which a person doubts it. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/explain_event.h"

namespace driftd {

// Another alert of the same monitor.
struct OtherAlert {
  std::string alert_id, kind, feature, segment, state;
};

// What is known beside the event itself.
struct ExplainContext {
  std::string since;               // start of the window that opened the alert; "" = not known
  std::vector<OtherAlert> others;  // of the monitor
  std::string url;                 // of the daemon that was asked; "" = the event came from a file
};

struct Explanation {
  struct Line {
    std::string name, words;
  };
  std::string sentence, since;
  std::vector<Line> checks;  // in this order: rows, completeness, quality, segment, model version, effect, significance
  std::vector<AlertRecord::Bin> bins;
  double other_bins = AlertRecord::kNone;  // what all other bins add; NaN: not known
  double score = AlertRecord::kNone;       // the sum of all; NaN: not known
  struct Rows {
    AlertRecord::Offsets range;
    std::string kcat;  // to be copied
  };
  std::vector<Rows> rows;
  std::uint64_t rows_omitted = 0;  // ranges that the event left out
  std::vector<Line> config;        // key and value of what set the limit
  std::vector<std::string> next;
};

Explanation explain(const AlertRecord& record, const ExplainContext& context);

std::string explanation_text(const AlertRecord& record, const Explanation& explanation);  // for a terminal; ends in '\n'
std::string explanation_json(const AlertRecord& record, const Explanation& explanation);  // one document; ends in '\n'

}  // namespace driftd
