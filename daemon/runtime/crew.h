// Threads that share pieces of work with their owner, again and again. The owner waits for no thread that has not begun: it does the pieces
// itself that nobody took. Used by one thread. Cost: some microseconds a run.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace driftd {

class Crew {
 public:
  // The owner is one of the threads; there are no more than cores.
  explicit Crew(std::size_t threads);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Calls work(0) to work(pieces - 1), each once, on any of the threads; returns when all are done. What one of them throws is thrown here.
  void run(std::size_t pieces, const std::function<void(std::size_t)>& work);

 private:
  void help();
  void do_piece(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable begun_, done_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t next_ = 0, pieces_ = 0, unfinished_ = 0;  // of the run at hand
  std::exception_ptr thrown_;
  bool ending_ = false;
  std::vector<std::jthread> helpers_;
};

}  // namespace driftd
