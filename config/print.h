// The configuration as text: what is in effect, and the reference page of every key. Both are YAML that loads again; secrets are
// always "<secret>", which is the one thing that does not.
#pragma once

#include <map>
#include <string>

#include "config/config.h"

namespace driftd {

// Every key with its effective value. origins (load.h) puts behind each where it came from; null leaves that out.
std::string print_config(const Config& config, const std::map<std::string, std::string>* origins = nullptr);

// `driftd config reference`: every key with its help and default.
std::string print_reference();

// First 12 hex digits of XXH3-64 over the effective values that can change a result: streams and monitors. Where things are (brokers,
// ports, folders, the path of a reference) does not count: they may differ between machines whose results are equal.
std::string hash_of(const Config& config);
// The same of one monitor and the streams it reads: events carry this one, so that no change of another monitor shows in them.
std::string hash_of(const Config& config, const MonitorConfig& monitor);

}  // namespace driftd
