// What malloc does with memory that was freed. Fetched batches of records are megabytes each and come and go all the time: given back to
// the system after each, they cost a page fault every 4 KiB when the next one comes.
#pragma once

#include <cstddef>

namespace driftd {

inline constexpr std::size_t kMappedAlone = 8 << 20;  // blocks from here on are given back as soon as they are freed
inline constexpr std::size_t kKeptFreed = 64 << 20;   // so much at the end of a heap stays with the process

// From now on, in the whole process. Without glibc nothing changes.
void keep_freed_memory();

}  // namespace driftd
