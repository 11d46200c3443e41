// The entries that libFuzzer calls. `PROGRAM --seeds DIR` writes the seeds as files instead.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/fuzz/target.h"

namespace driftd::fuzz {

void require(bool holds, std::string_view promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(promise.size()), promise.data());
  std::abort();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  require(file.good(), "there is " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace driftd::fuzz

using namespace driftd::fuzz;

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc != 3 || std::string_view((*argv)[1]) != "--seeds") return 0;
  std::size_t number = 0;
  for (const std::string& seed : seeds()) {
    std::ofstream file(std::string((*argv)[2]) + "/seed-" + std::to_string(number++), std::ios::binary);
    require(static_cast<bool>(file << seed), "the folder for seeds can be written");
  }
  std::exit(0);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try_input({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
