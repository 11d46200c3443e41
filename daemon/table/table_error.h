// Why a file could not be read as rows.
#pragma once

#include <cstdint>
#include <string>

namespace driftd {

struct TableError {
  enum class Kind : std::uint8_t {
    kBadInput,  // what the file says is wrong: exit 65
    kIo,        // the file cannot be opened or read: exit 74
  };
  Kind kind = Kind::kBadInput;
  std::string message;  // begins with the file, and line and column where there are any: `rows.csv:7:12: text after a closing quote`

  friend bool operator==(const TableError&, const TableError&) = default;
};

}  // namespace driftd
