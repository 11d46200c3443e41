// SIGTERM and SIGINT as a flag: the first asks for a clean end, a second one ends the process at once (exit 128 + signal).
#pragma once

namespace driftd {

void watch_signals();                    // once, before any thread exists
bool stop_requested();                   // a first signal came
void wait_for_signal(int milliseconds);  // until a signal or the time is over

}  // namespace driftd
