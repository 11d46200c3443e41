// `driftd help`: the help of a verb, and the manual pages, which the package formats from here.
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/cli/arguments.h"
#include "daemon/cli/man_page.h"
#include "daemon/cli/verb_table.h"

namespace driftd {

int run_help(std::span<const std::string> args) {
  CLI::App app(
      "Print the help of a verb, or a manual page.\n\nExamples:\n  driftd help reference build\n"
      "  driftd help --man driftd.yaml.5 | man -l -",
      "driftd help");
  std::vector<std::string> words;
  std::string page;
  app.add_option("VERB", words, "Whose help; without it the list of verbs");
  app.add_option("--man", page, "A manual page as roff instead")->check(CLI::IsMember({"driftd.1", "driftd.yaml.5"}));
  if (const auto done = parse_arguments(app, args)) return *done;
  if (!page.empty()) {
    std::fputs((page == "driftd.1" ? verbs_man_page() : config_man_page()).c_str(), stdout);
    return kExitOk;
  }
  if (words.empty()) {
    print_short_help(stdout);
    return kExitOk;
  }
  const Verb* const verb = find_verb(words.front());
  if (verb == nullptr) return kExitUsage;
  words.erase(words.begin());
  words.emplace_back("--help");
  return verb->run(words);
}

}  // namespace driftd
