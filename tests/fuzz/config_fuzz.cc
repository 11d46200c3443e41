// Text as a configuration: problems are named, and what loads can be printed and loaded again as the same.
#include <sstream>

#include "config/load.h"
#include "config/print.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {
namespace {

LoadOptions options() {
  LoadOptions out;
  out.environment = {{"NAME", "value"}, {"EMPTY", ""}};
  out.base_dir = "/etc/driftd";
  return out;
}

void check_problems(const Problems& problems) {
  for (const Problem& problem : problems) {
    require(!problem.message.empty() && problem.message.find('\n') == std::string::npos, "a problem is one line");
    require(!render(problem).empty(), "a problem can be shown");
  }
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> out{read_file(DRIFTD_SOURCE_DIR "/config/examples/minimal.yaml"),
                               read_file(DRIFTD_SOURCE_DIR "/config/examples/full.yaml")};
  std::istringstream refused(read_file(DRIFTD_TESTS_DIR "/config/refused.txt"));
  bool text = false;
  for (std::string line; std::getline(refused, line);) {
    if (line.starts_with("=== case ")) out.emplace_back();
    text = line.starts_with("=== ") ? !line.starts_with("=== want") : text;
    if (text && !line.starts_with("=== ")) out.back() += line + "\n";
  }
  return out;
}

void try_input(std::string_view input) {
  if (input.find("${file:") != std::string_view::npos) return;  // it would read files of this machine, pipes among them
  const auto loaded = load(std::string(input), "driftd.yaml", options());
  if (!loaded) {
    require(!loaded.error().empty(), "what is refused has a problem");
    return check_problems(loaded.error());
  }
  check_problems(loaded->warnings);
  const std::string printed = print_config(loaded->config, &loaded->origins);
  require(hash_of(loaded->config).size() == 12, "a configuration has a hash");
  if (printed.find("<secret>") != std::string::npos) return;
  const auto again = load(printed, "printed.yaml", options());
  require(again.has_value(), "what is printed loads");
  require(print_config(again->config) == print_config(loaded->config), "what is printed is what was loaded");
}

}  // namespace driftd::fuzz
