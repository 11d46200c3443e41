#include "daemon/cli/arguments.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "config/suggest.h"
#include "daemon/cli/look_at_arguments.h"
#include "daemon/cli/verb.h"

namespace driftd {
namespace {

thread_local const std::function<void(const CLI::App&)>* onlooker = nullptr;  // set while a verb is looked at, not run

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// "; did you mean '--set'?" for the first flag that does not exist.
std::string hint(const CLI::App& app, std::span<const std::string> args) {
  const auto names = flag_names(app);
  for (const auto& arg : args) {
    const std::string flag = arg.substr(0, arg.find('='));
    if (!flag.starts_with("--") || std::ranges::find(names, flag) != names.end()) continue;
    return did_you_mean(flag, names);
  }
  return "";
}

}  // namespace

std::optional<int> parse_arguments(CLI::App& app, std::span<const std::string> args) {
  if (onlooker != nullptr) {
    (*onlooker)(app);
    return kExitOk;
  }
  try {
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));  // CLI11 takes them last first
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s: %s%s\n'%s --help' tells more\n", app.get_name().c_str(), error.what(), hint(app, args).c_str(),
                 app.get_name().c_str());
    return kExitUsage;
  }
  return std::nullopt;
}

void look_at_arguments(int (*verb)(std::span<const std::string> args), const std::function<void(const CLI::App&)>& see) {
  onlooker = &see;
  verb({});
  onlooker = nullptr;
}

}  // namespace driftd
