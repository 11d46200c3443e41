// Completion of driftd's command line, as a script for a shell: verbs, flags, the words that a value may be, files, and names of
// monitors, for which the script asks `driftd config print`.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/usage.h"

namespace driftd {

std::string bash_completion(const std::vector<VerbUsage>& verbs);
std::string zsh_completion(const std::vector<VerbUsage>& verbs);
std::string fish_completion(const std::vector<VerbUsage>& verbs);

// Puts in place of @MONITORS@ what follows the program's name in a command that lists the monitors; the script's `$config` are the
// words `-c FILE` of the command line, or nothing.
std::string with_monitors(std::string script);

// As one word of any of these shells.
std::string shell_quoted(const std::string& text);

}  // namespace driftd
