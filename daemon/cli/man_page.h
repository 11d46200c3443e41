// The manual pages as roff (man macros), from the tables that parse: nothing in them can be said differently by the program.
#pragma once

#include <string>

namespace driftd {

// driftd(1): every verb with its flags. Takes what --help says. They carry no date: equal source gives equal bytes.
std::string verbs_man_page();

// driftd.yaml(5): every key with what it takes, its default and its help.
std::string config_man_page();

}  // namespace driftd
