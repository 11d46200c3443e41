// What a careful programmer writes with simdjson to get the numbers of a record into an array: the floors that driftd is measured against.
// Both know the order of the fields beforehand, and check every key. One object a thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace driftd::bench {

class Reader {
 public:
  virtual ~Reader() = default;
  // The record's numbers into values[0...], by position of the feature; strings are looked at. False: not a valid record.
  virtual bool read(std::string_view payload, double* values) = 0;
};

// keys: of all fields, in order. Strings and the event time are among them.
std::unique_ptr<Reader> make_parse_only(std::vector<std::string> keys);        // DOM parse, nothing read
std::unique_ptr<Reader> make_dom_reader(std::vector<std::string> keys);        // DOM parse and positional walk: equal validation
std::unique_ptr<Reader> make_on_demand_reader(std::vector<std::string> keys);  // On-Demand: validates only what it touches

}  // namespace driftd::bench
