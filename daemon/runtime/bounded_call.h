// A call into a library that may never return, made on a thread of its own so that the caller can go on without it.
#pragma once

#include <chrono>
#include <functional>

namespace driftd {

// True: `work` ended within the budget. False: it still runs, and may for ever; what it owns is lost to it, and the
// process should end by _exit once its state is on disk. `work` must own everything it touches.
// stop, where given, is asked every few milliseconds; true ends the wait as the budget's end does.
bool call_within(std::chrono::milliseconds budget, std::function<void()> work, const std::function<bool()>& stop = {});

}  // namespace driftd
