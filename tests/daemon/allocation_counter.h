// Counts what this thread takes from operator new, for tests that promise none.
#pragma once

#include <cstdint>

namespace driftd {

std::uint64_t allocations();  // by this thread so far

}  // namespace driftd
