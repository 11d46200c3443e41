// `driftd state verify`: reads every snapshot of a state directory and checks all of its checksums.
#include "daemon/cli/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "daemon/cli/arguments.h"
#include "daemon/cli/verb.h"
#include "daemon/state/state_dir.h"

namespace driftd {
namespace {

constexpr const char* kHelp =
    "Look at the snapshots of a state directory; a running driftd is not disturbed.\n\n"
    "Examples:\n  driftd state verify\n  driftd state verify /var/lib/driftd\n\n"
    "Exit codes: 0 all verify, 74 the directory cannot be read, 78 one is damaged.";

int verify(const std::string& dir) {
  const auto files = verify_directory(dir);
  if (!files) {
    fmt::print(stderr, "driftd state verify: {}\n", files.error().message);
    return kExitIo;
  }
  const StateReport report = state_report(dir, *files);
  std::fputs(report.table.c_str(), stdout);
  std::fputs(report.message.c_str(), stderr);
  return report.exit_code;
}

std::string start_message(const std::string& dir, const std::vector<VerifiedFile>& files) {
  const auto good = std::ranges::find_if(files, [](const auto& file) { return file.problem.empty(); });
  if (good == files.end()) {
    return fmt::format("no snapshot in {} can be used: driftd will not start with it. Move the files away to start afresh.\n", dir);
  }
  if (good == files.begin()) return "an older snapshot is damaged; driftd starts from the newest, which is whole.\n";
  return fmt::format("the newest snapshot is damaged: driftd will start from generation {} and read again what came after it.\n",
                     good->generation);
}

}  // namespace

StateReport state_report(const std::string& dir, const std::vector<VerifiedFile>& files) {
  if (files.empty()) return {fmt::format("no snapshot in {}\n", dir), "", kExitOk};
  StateReport report;
  for (const auto& file : files) {
    const std::string verdict = file.problem.empty() ? "ok" : "damaged: " + file.problem;
    report.table += fmt::format("{}  generation {}  {} bytes  {}\n", file.name, file.generation, file.size_bytes, verdict);
  }
  if (std::ranges::any_of(files, [](const auto& file) { return !file.problem.empty(); })) {
    report.message = start_message(dir, files);
    report.exit_code = kExitConfig;
  }
  return report;
}

int run_state(std::span<const std::string> args) {
  CLI::App app(kHelp, "driftd state");
  app.require_subcommand(1);
  std::string dir;
  CLI::App* const verb = app.add_subcommand("verify", "Check every checksum of every snapshot");
  verb->add_option("DIR", dir, "State directory; without it the one that `driftd run` takes by default");
  if (const auto done = parse_arguments(app, args)) return *done;
  return verify(state_dir(dir));
}

}  // namespace driftd
