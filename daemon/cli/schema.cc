// `driftd schema config|event`: JSON Schemas of what driftd reads and writes.
#include "config/schema.h"

#include <cstdio>

#include "daemon/alert/event_schema.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/verb.h"

namespace driftd {

int run_schema(std::span<const std::string> args) {
  CLI::App app(
      "Print a JSON Schema (2020-12).\n\nExample:\n  driftd schema config > driftd.schema.json\n  driftd schema event > event.schema.json",
      "driftd schema");
  app.require_subcommand(1);
  app.add_subcommand("config", "Of the configuration file, for editors");
  const auto* event = app.add_subcommand("event", "Of the alert events on the alerts topic");
  if (const auto done = parse_arguments(app, args)) return *done;
  std::fputs((event->parsed() ? event_schema() : config_schema()).c_str(), stdout);
  return kExitOk;
}

}  // namespace driftd
