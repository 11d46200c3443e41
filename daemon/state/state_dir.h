// Where snapshots are kept when the configuration does not say. Any thread.
#pragma once

#include <string>

namespace driftd {

// `configured` when not empty; else $STATE_DIRECTORY (systemd sets it), else /var/lib/driftd when it can be written or
// made, else $XDG_STATE_HOME/driftd, else $HOME/.local/state/driftd. The caller says aloud which one it became.
std::string state_dir(const std::string& configured);

// The same choice with its surroundings as arguments. A variable that is not set is "".
struct StateSurroundings {
  std::string state_directory, xdg_state_home, home;
  bool var_lib_writable = false;
};
std::string choose_state_dir(const std::string& configured, const StateSurroundings& surroundings);

}  // namespace driftd
