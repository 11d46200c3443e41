// `driftd reference build|show|diff`: rows to a frozen .ref file, what is in one, and how two differ.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "daemon/cli/arguments.h"
#include "daemon/cli/reference_diff_report.h"
#include "daemon/cli/reference_report.h"
#include "daemon/cli/verb.h"
#include "daemon/cli/write_file.h"
#include "daemon/reference/reference_builder.h"
#include "daemon/reference/reference_format.h"

namespace driftd {
namespace {

constexpr const char* kHelp =
    "Build the frozen reference that windows are compared with, or look into one.\n\n"
    "Examples:\n"
    "  driftd reference build january.csv february.csv.gz -o reference.ref\n"
    "  zcat rows.jsonl.gz | driftd reference build - -o reference.ref --prediction predicted --label label\n"
    "  driftd reference show reference.ref\n"
    "  driftd reference diff january.ref february.ref";

struct BuildFlags {
  std::vector<std::string> files;
  std::string output, time_unit = "ms", task = "auto";
  ReferenceOptions options;
};

void add_build_flags(CLI::App& build, BuildFlags& flags) {
  build.add_option("FILE", flags.files, "CSV or JSON lines, plain or gzip; `-` = stdin")->required();
  build.add_option("-o,--output", flags.output, "The .ref file to write")->type_name("FILE")->required();
  build.add_option("--categorical", flags.options.categorical, "Columns that are categories (glob; may be repeated)")
      ->allow_extra_args(false);
  build.add_option("--numeric", flags.options.numeric, "Columns that are numbers (glob; may be repeated)")->allow_extra_args(false);
  build.add_option("--exclude", flags.options.exclude, "Columns that are no features (glob; may be repeated)")->allow_extra_args(false);
  build.add_option("--time", flags.options.time_column, "Column of the event time: RFC 3339, or integers");
  build.add_option("--time-unit", flags.time_unit, "Unit of integer times")
      ->check(CLI::IsMember({"s", "ms", "us", "ns"}))
      ->capture_default_str();
  build.add_option("--segment-by", flags.options.segment_by, "Count each value of this column apart as well (may be repeated)")
      ->allow_extra_args(false);
  build.add_option("--prediction", flags.options.prediction_column, "Column of what the model said");
  build.add_option("--label", flags.options.label_column, "Column of what was true; with --prediction the feature `error` is made");
  build.add_option("--task", flags.task, "How prediction and label are compared; auto: by their values")
      ->check(CLI::IsMember({"auto", "binary", "multiclass", "regression"}))
      ->capture_default_str();
  build.add_option("--threshold", flags.options.threshold, "Binary: a prediction from here on is class 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
}

TimeUnit time_unit_of(const std::string& name) {
  if (name == "s") return TimeUnit::kSeconds;
  if (name == "us") return TimeUnit::kMicroseconds;
  return name == "ns" ? TimeUnit::kNanoseconds : TimeUnit::kMilliseconds;
}

std::optional<Task> task_of(const std::string& name) {
  for (const Task task : {Task::kBinary, Task::kMulticlass, Task::kRegression}) {
    if (task_name(task) == name) return task;
  }
  return std::nullopt;
}

int fail(const std::string& message, int code) {
  fmt::print(stderr, "driftd: {}\n", message);
  return code;
}

int build(BuildFlags& flags) {
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  flags.options.time_unit = time_unit_of(flags.time_unit);
  flags.options.task = task_of(flags.task);
  flags.options.say = [terminal](const std::string& text) { fmt::print(stderr, "{}driftd: {}\n", terminal ? "\r\033[K" : "", text); };
  if (terminal) {
    flags.options.progress = [](int pass, std::uint64_t rows) { fmt::print(stderr, "\r\033[Kpass {}: {} rows", pass, rows); };
  }
  const auto reference = build_reference(flags.files, flags.options);
  if (terminal) fmt::print(stderr, "\r\033[K");
  if (!reference) return fail(reference.error().message, exit_code(reference.error().kind));
  if (const auto problem = write_file(flags.output, encode_reference(*reference)); !problem.empty()) return fail(problem, kExitIo);
  fmt::print(stderr, "driftd: {}: reference {}, {} rows, {} features\n", flags.output, reference->id, reference->rows,
             reference->features.size());
  return kExitOk;
}

int show(const std::string& path, bool json) {
  const auto reference = load_reference(path, {});
  if (!reference) return fail(reference.error().message, exit_code(reference.error().kind));
  const std::string text = json ? reference_json(*reference) : reference_page(*reference);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

// A .ref file, or one built from rows; what that leaves out is said.
std::expected<Reference, int> load_side(const std::string& path) {
  ReferenceOptions options;
  options.say = [&path](const std::string& text) { fmt::print(stderr, "driftd: {}: {}\n", path, text); };
  auto reference = load_reference(path, options);
  if (!reference) return std::unexpected(fail(reference.error().message, exit_code(reference.error().kind)));
  return std::move(*reference);
}

int diff(const std::string& path_a, const std::string& path_b, bool json) {
  const auto a = load_side(path_a);
  if (!a) return a.error();
  const auto b = load_side(path_b);
  if (!b) return b.error();
  const DiffedReferences compared{path_a, path_b, *a, *b, diff_references(*a, *b)};
  const std::string text = json ? reference_diff_json(compared) : reference_diff_page(compared);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitOk;
}

}  // namespace

int run_reference(std::span<const std::string> args) {
  CLI::App app(kHelp, "driftd reference");
  app.require_subcommand(1);
  BuildFlags flags;
  CLI::App* const build_verb = app.add_subcommand("build", "Rows of files to a .ref file");
  add_build_flags(*build_verb, flags);
  CLI::App* const show_verb = app.add_subcommand("show", "What is in a .ref file, or would be in one of these rows");
  std::string path;
  bool json = false;
  show_verb->add_option("REFERENCE", path, "A .ref file, or rows")->type_name("FILE")->required();
  show_verb->add_flag("--json", json, "One JSON document");
  CLI::App* const diff_verb = app.add_subcommand("diff", "Drift between two frozen references: what their cells prove");
  std::string other;
  diff_verb->add_option("A", path, "A .ref file, or rows")->type_name("FILE")->required();
  diff_verb->add_option("B", other, "What is compared with it")->type_name("FILE")->required();
  diff_verb->add_flag("--json", json, "One JSON document");
  if (const auto done = parse_arguments(app, args)) return *done;
  if (*diff_verb) return diff(path, other, json);
  return *build_verb ? build(flags) : show(path, json);
}

}  // namespace driftd
