// `driftd config print|reference`: what is in effect, masked; and every key with its help and default.
#include <cstdio>

#include "config/print.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/verb.h"

namespace driftd {

int run_config(std::span<const std::string> args) {
  CLI::App app(
      "Show the configuration.\n\nExamples:\n  driftd config print -c driftd.yaml --origin\n  driftd config reference > driftd.yaml",
      "driftd config");
  app.require_subcommand(1);
  ConfigFlags flags;
  bool origin = false;
  CLI::App* print = app.add_subcommand("print", "Every key with the value in effect; secrets are masked");
  add_config_flags(*print, flags);
  print->add_flag("--origin", origin, "Show behind each value where it comes from");
  app.add_subcommand("reference", "Every key with its help and default, as a sample to start from");
  if (const auto done = parse_arguments(app, args)) return *done;

  if (!*print) {
    std::fputs(print_reference().c_str(), stdout);
    return kExitOk;
  }
  const auto loaded = load_config(flags, {});
  if (!loaded) return loaded.error();
  std::fputs(print_config(loaded->config, origin ? &loaded->origins : nullptr).c_str(), stdout);
  return kExitOk;
}

}  // namespace driftd
