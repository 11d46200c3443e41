// SIGTERM and SIGINT as a flag: the first asks for a clean end, a second one ends the process at once (exit 128 + signal). SIGHUP as
// another, for who asks for it: read the configuration again.
#pragma once

namespace driftd {

void watch_signals();                    // once, before any thread exists
void watch_hangup();                     // once, before any thread exists: SIGHUP no longer ends the process
bool stop_requested();                   // a first signal came
bool take_reload_request();              // SIGHUP came since the last call
void wait_for_signal(int milliseconds);  // until a signal or the time is over

}  // namespace driftd
