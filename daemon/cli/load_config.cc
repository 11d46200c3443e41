#include "daemon/cli/load_config.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "daemon/cli/verb.h"

namespace driftd {
namespace {

std::string variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

}  // namespace

int print_problems(const Problems& problems, bool json) {
  if (json) {
    std::fputs(render_json(problems, {}).c_str(), stdout);
  } else {
    std::fprintf(stderr, "%s%zu problem%s\n", render(problems).c_str(), problems.size(), problems.size() == 1 ? "" : "s");
  }
  return kExitConfig;
}

std::expected<std::string, std::string> read_text(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return std::unexpected("it is a folder");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::unexpected(std::strerror(errno));
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

void add_config_flags(CLI::App& app, ConfigFlags& flags) {
  app.add_option("-c,--config", flags.file,
                 "Configuration; - is standard input. Else $DRIFTD_CONFIG, /etc/driftd/driftd.yaml, $XDG_CONFIG_HOME/driftd/driftd.yaml")
      ->type_name("FILE");
  app.add_option("--set", flags.set, "Override a key, such as --set log.level=debug or --set 'monitors[0].window.every=1m'")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::expected<std::string, std::string> find_config(const std::string& flag, const Environment& environment) {
  if (!flag.empty()) return flag;
  if (const std::string named = variable(environment, "DRIFTD_CONFIG"); !named.empty()) return named;
  std::string folder = variable(environment, "XDG_CONFIG_HOME");
  if (folder.empty() && !variable(environment, "HOME").empty()) folder = variable(environment, "HOME") + "/.config";
  const std::string system = "/etc/driftd/driftd.yaml", user = folder.empty() ? "" : folder + "/driftd/driftd.yaml";
  std::error_code error;
  if (std::filesystem::exists(system, error)) return system;
  if (!user.empty() && std::filesystem::exists(user, error)) return user;
  return std::unexpected("no configuration: name one with --config FILE or $DRIFTD_CONFIG; looked for " + system +
                         (user.empty() ? "" : " and " + user));
}

std::expected<Loaded, Problems> read_config(const ConfigFlags& flags, const ConfigNeeds& needs) {
  LoadOptions options{flags.set, process_environment(), {}, needs.for_kafka, needs.check_librdkafka};
  const auto refuse_file = [](const std::string& file, const std::string& message) {
    return std::unexpected(Problems{{file, 0, 0, message, "", ""}});
  };
  const auto file = find_config(flags.file, options.environment);
  if (!file) return refuse_file("driftd", file.error());
  const auto text = read_text(*file);
  if (!text) return refuse_file(*file, "cannot read it: " + text.error());
  std::error_code error;
  options.base_dir = *file == "-" ? std::filesystem::current_path(error) : std::filesystem::absolute(*file, error).parent_path();
  return load(*text, *file == "-" ? "<stdin>" : *file, options);
}

std::expected<Loaded, int> load_config(const ConfigFlags& flags, const ConfigNeeds& needs) {
  auto loaded = read_config(flags, needs);
  if (!loaded) return std::unexpected(print_problems(loaded.error(), needs.json));
  if (!needs.json) std::fputs(render_warnings(loaded->warnings).c_str(), stderr);
  return std::move(*loaded);
}

}  // namespace driftd
