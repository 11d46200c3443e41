// `driftd state inspect|verify|export|import`: what is in a state directory, whether it is whole, and its way to another place.
#include "daemon/cli/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "daemon/cli/arguments.h"
#include "daemon/cli/state_inspect.h"
#include "daemon/cli/verb.h"
#include "daemon/cli/write_file.h"
#include "daemon/state/state_dir.h"

namespace driftd {
namespace {

constexpr const char* kHelp =
    "Look at the snapshots of a state directory, or carry its state to another place. A running driftd is not disturbed.\n"
    "An exported file is the newest whole snapshot as it is: offsets, open windows, alerts and unsent records of one moment.\n\n"
    "Examples:\n"
    "  driftd state inspect /var/lib/driftd\n"
    "  driftd state verify\n"
    "  driftd state export before-upgrade.state\n"
    "  driftd state import before-upgrade.state /var/lib/driftd\n\n"
    "Exit codes: 0 done, 74 a file or directory cannot be read or written, 75 import while a driftd runs there, 78 state is damaged or in\n"
    "the way.";

int fail(std::string_view verb, const std::string& message, int code) {
  fmt::print(stderr, "driftd state {}: {}\n", verb, message);
  return code;
}

int fail(std::string_view verb, const StoreError& error) {
  const int code = error.fault == StoreFault::kLocked ? kExitTryAgain : error.fault == StoreFault::kCorrupt ? kExitConfig : kExitIo;
  return fail(verb, error.message, code);
}

int verify(const std::string& dir) {
  const auto files = verify_directory(dir);
  if (!files) return fail("verify", files.error());
  const StateReport report = state_report(dir, *files);
  std::fputs(report.table.c_str(), stdout);
  std::fputs(report.message.c_str(), stderr);
  return report.exit_code;
}

int inspect(const std::string& dir, bool as_json) {
  InspectedState state{dir, {}, {}, {}};
  auto files = verify_directory(dir);
  if (!files) return fail("inspect", files.error());
  state.files = std::move(*files);
  auto newest = newest_snapshot(dir);
  if (!newest) return fail("inspect", newest.error());
  state.snapshot = std::move(*newest);
  if (state.snapshot) {
    auto summary = summarize(state.snapshot->snapshot);
    if (!summary) return fail("inspect", fmt::format("{}/{}: {}", dir, state.snapshot->name, summary.error()), kExitConfig);
    state.summary = std::move(*summary);
  }
  const std::string text = as_json ? inspect_json(state) : inspect_page(state);
  std::fwrite(text.data(), 1, text.size(), stdout);
  const StateReport report = state_report(dir, state.files);
  std::fputs(report.message.c_str(), stderr);
  return report.exit_code;
}

int export_state(const std::string& file, const std::string& dir) {
  const auto newest = newest_snapshot(dir);
  if (!newest) return fail("export", newest.error());
  if (!*newest) return fail("export", "no snapshot in " + dir + " can be used", kExitConfig);
  const StoredSnapshot& stored = **newest;
  if (file == "-") {
    const auto problem = write_file(file, stored.bytes);
    return problem.empty() ? kExitOk : fail("export", problem, kExitIo);
  }
  if (const auto written = export_file(file, stored.bytes); !written) return fail("export", written.error());
  fmt::print(stderr, "driftd state export: {}: generation {} of {}, {} bytes\n", file, stored.snapshot.generation, dir,
             stored.bytes.size());
  return kExitOk;
}

// The snapshot of an exported file; the error is the exit code.
std::expected<Snapshot, int> read_exported(const std::string& file) {
  const auto bytes = import_file(file);
  if (!bytes) return std::unexpected(fail("import", bytes.error()));
  auto snapshot = decode_snapshot(*bytes);
  if (!snapshot) return std::unexpected(fail("import", file + " " + snapshot.error(), kExitConfig));
  if (const auto unknown = unknown_section(*snapshot); !unknown.empty()) return std::unexpected(fail("import", unknown, kExitConfig));
  if (const auto summary = summarize(*snapshot); !summary) return std::unexpected(fail("import", summary.error(), kExitConfig));
  return std::move(*snapshot);
}

// Under the directory's lock: the snapshot becomes the newest generation, and then the only one.
int import_state(const std::string& file, const std::string& dir, bool force) {
  auto snapshot = read_exported(file);
  if (!snapshot) return snapshot.error();
  auto store = FileStore::open(dir, 1);
  if (!store) return fail("import", store.error());
  const auto there = verify_directory(dir);
  if (!there) return fail("import", there.error());
  if (!there->empty() && !force) {
    return fail("import", fmt::format("{} holds {} already; --force replaces it", dir, there->front().name), kExitConfig);
  }
  if (!there->empty()) snapshot->generation = std::max(snapshot->generation, there->front().generation + 1);
  if (const auto saved = store->save(*snapshot); !saved) return fail("import", saved.error());
  fmt::print(stderr, "driftd state import: {}: generation {} from {}\n", dir, snapshot->generation, file);
  return kExitOk;
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
  std::string dir, file;
  bool json = false, force = false;
  const auto verb = [&](const char* name, const char* what, bool with_file) {
    CLI::App* const made = app.add_subcommand(name, what);
    if (with_file) made->add_option("FILE", file, "The exported file")->required();
    made->add_option("DIR", dir, "State directory; without it the one that `driftd run` takes by default");
    return made;
  };
  CLI::App* const inspect_verb = verb("inspect", "What the newest snapshot holds: offsets, windows, alerts, unsent records", false);
  inspect_verb->add_flag("--json", json, "One JSON document");
  const CLI::App* const verify_verb = verb("verify", "Check every checksum of every snapshot", false);
  const CLI::App* const export_verb = verb("export", "The newest whole snapshot to a file; `-` = stdout", true);
  CLI::App* const import_verb = verb("import", "An exported file into a state directory that no driftd uses", true);
  import_verb->add_flag("--force", force, "Replace the state that is there");
  if (const auto done = parse_arguments(app, args)) return *done;
  const std::string chosen = state_dir(dir);
  if (*verify_verb) return verify(chosen);
  if (*inspect_verb) return inspect(chosen, json);
  return *export_verb ? export_state(file, chosen) : import_state(file, chosen, force);
}

}  // namespace driftd
