// `driftd config print|reference|init`: what is in effect, masked; every key with its help and default; a first one, guessed from rows.
#include <cstdio>

#include "config/print.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/config_init.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/verb.h"

namespace driftd {
namespace {

int init(const ConfigInitOptions& options) {
  const auto text = guess_config(options);
  if (text) {
    std::fputs(text->c_str(), stdout);
    return kExitOk;
  }
  std::fprintf(stderr, "driftd config init: %s\n", text.error().message.c_str());
  return text.error().kind == TableError::Kind::kIo ? kExitIo : kExitBadInput;
}

}  // namespace

int run_config(std::span<const std::string> args) {
  CLI::App app(
      "Show the configuration, or write a first one.\n\nExamples:\n  driftd config print -c driftd.yaml --origin\n"
      "  driftd config reference > driftd.yaml\n"
      "  driftd config init --topic payments --sample rows.jsonl --brokers kafka:9092 > driftd.yaml",
      "driftd config");
  app.require_subcommand(1);
  ConfigFlags flags;
  bool origin = false;
  CLI::App* print = app.add_subcommand("print", "Every key with the value in effect; secrets are masked");
  add_config_flags(*print, flags);
  print->add_flag("--origin", origin, "Show behind each value where it comes from");
  app.add_subcommand("reference", "Every key with its help and default, as a sample to start from");
  CLI::App* const init_verb = app.add_subcommand("init", "A configuration for a topic, guessed from rows; every guess is marked");
  ConfigInitOptions options;
  init_verb->add_option("--topic", options.topic, "The topic to watch")->required();
  init_verb->add_option("--sample", options.sample, "Rows of it: CSV or JSON lines, plain or gzip")->type_name("FILE")->required();
  init_verb->add_option("--brokers", options.brokers, "HOST:PORT, several by commas")->delimiter(',')->allow_extra_args(false);
  if (const auto done = parse_arguments(app, args)) return *done;

  if (*init_verb) return init(options);
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
