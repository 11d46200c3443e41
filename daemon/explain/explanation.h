// Why an alert fired, in words: what an event says, put in the order in which a person doubts it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/explain/alert_record.h"

namespace driftd {

// Another alert of the same monitor.
struct OtherAlert {
  std::string alert_id, kind, feature, segment, state;
};

// How far another segment of the same feature is, at the last closed window.
struct SegmentRatio {
  std::string segment;
  double ratio = AlertRecord::kNone;  // of its alarm line; NaN: no verdict
};

// What is known beside the event itself.
struct ExplainContext {
  std::string since;                   // start of the window that opened the alert; "" = not known
  std::vector<OtherAlert> others;      // of the monitor
  std::vector<SegmentRatio> segments;  // of the feature, all rows left out; empty: not known, or there are none
  std::uint64_t usual_rows = 0;        // median of the windows before; 0: not known
  std::string labels;                  // what labels say, in words; "" = not known here
  bool labelled = false;               // they say something
  std::string url;                     // of the daemon that was asked; "" = the event came from a file
};

enum class Check : std::uint8_t {
  kFine,
  kLook,     // it does not hold: look here first
  kUnknown,  // there is nothing to check it by
};

struct Explanation {
  struct Line {
    std::string name, words;
    Check check = Check::kFine;
  };
  std::string sentence, since;
  std::vector<Line> checks;  // rows, completeness, quality, segment, model version, volume and labels where known, effect, significance
  std::vector<AlertRecord::Bin> bins;
  double other_bins = AlertRecord::kNone;  // what all other bins add; NaN: not known
  double score = AlertRecord::kNone;       // the sum of all; NaN: not known
  struct Rows {
    AlertRecord::Offsets range;
    std::string kcat;  // to be copied
  };
  std::vector<Rows> rows;
  std::string tap;                 // the command that shows them as driftd sees them
  std::uint64_t rows_omitted = 0;  // ranges that the event left out
  std::vector<Line> config;        // key and value of what set the limit
  std::vector<std::string> next;   // where to look, other alerts among them
  std::vector<std::string> steps;  // the last of `next`: what to do
};

Explanation explain(const AlertRecord& record, const ExplainContext& context);

std::string explanation_text(const AlertRecord& record, const Explanation& explanation);  // for a terminal; ends in '\n'
std::string explanation_json(const AlertRecord& record, const Explanation& explanation);  // one document; ends in '\n'

}  // namespace driftd
