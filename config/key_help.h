// Every key as a row, for the manual page: what `config reference` says of it, and what it takes.
#pragma once

#include <string>
#include <vector>

namespace driftd {

struct KeyHelp {
  std::string path;      // "http.listen", "monitors[].window.every"
  std::string takes;     // "a duration of 1s or more"; "" for a group of keys
  std::string standard;  // the default as YAML on one line; "" for a group
  std::string help;
  bool required = false;
};

// In the order of `config reference`: a group before its keys. Groups whose keys are explained elsewhere are not opened.
std::vector<KeyHelp> key_help();

}  // namespace driftd
