// The table of verbs, and the verbs that are about verbs.
#pragma once

#include <cstdio>
#include <span>
#include <string>

#include "daemon/cli/verb.h"

namespace driftd {

// Every verb there is, in the order of the help.
std::span<const Verb> verbs();

// nullptr = there is none of this name, which was said on stderr.
const Verb* find_verb(const std::string& name);

// What bare `driftd` prints.
void print_short_help(std::FILE* to);

int run_completion(std::span<const std::string> args);
int run_help(std::span<const std::string> args);

}  // namespace driftd
