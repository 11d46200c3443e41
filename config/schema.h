// JSON Schema 2020-12 of the configuration file, from the key table: for editors. It is no stricter than the loader on what it knows;
// rules between keys and formats of texts are the loader's alone.
#pragma once

#include <string>

namespace driftd {

std::string config_schema();

}  // namespace driftd
