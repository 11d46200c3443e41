// A configuration guessed from rows of a topic, for `driftd config init`: YAML that loads as it is, with the reason behind every guess.
// One pass over the sample; memory grows with its columns, not with its rows.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "daemon/table/table_error.h"

namespace driftd {

struct ConfigInitOptions {
  std::string topic;
  std::string sample;  // CSV or JSON lines, plain or gzip
  std::vector<std::string> brokers;
};

// The error: the sample cannot be read, has no rows, or no column that could be a feature.
std::expected<std::string, TableError> guess_config(const ConfigInitOptions& options);

}  // namespace driftd
