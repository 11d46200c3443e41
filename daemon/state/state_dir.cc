#include "daemon/state/state_dir.h"

#include <unistd.h>

#include <cstdlib>

namespace driftd {
namespace {

constexpr const char* kVarLib = "/var/lib/driftd";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool var_lib_writable() {
  if (access(kVarLib, F_OK) == 0) return access(kVarLib, W_OK | X_OK) == 0;
  return access("/var/lib", W_OK | X_OK) == 0;
}

}  // namespace

std::string state_dir(const std::string& configured) {
  return choose_state_dir(configured, {.state_directory = variable("STATE_DIRECTORY"),
                                       .xdg_state_home = variable("XDG_STATE_HOME"),
                                       .home = variable("HOME"),
                                       .var_lib_writable = var_lib_writable()});
}

std::string choose_state_dir(const std::string& configured, const StateSurroundings& surroundings) {
  if (!configured.empty()) return configured;
  // systemd separates several directories by colons; the unit's first one is ours.
  if (!surroundings.state_directory.empty()) return surroundings.state_directory.substr(0, surroundings.state_directory.find(':'));
  if (surroundings.var_lib_writable) return kVarLib;
  if (!surroundings.xdg_state_home.empty()) return surroundings.xdg_state_home + "/driftd";
  return surroundings.home + "/.local/state/driftd";
}

}  // namespace driftd
