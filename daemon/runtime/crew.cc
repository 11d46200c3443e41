#include "daemon/runtime/crew.h"

#include <algorithm>
#include <utility>

#include "daemon/runtime/thread_name.h"

namespace driftd {

Crew::Crew(std::size_t threads) {
  const std::size_t most = std::min<std::size_t>(threads, std::thread::hardware_concurrency());
  for (std::size_t i = 1; i < most; ++i) helpers_.emplace_back([this] { help(); });
}

Crew::~Crew() {
  const std::scoped_lock lock(mutex_);
  ending_ = true;
  begun_.notify_all();
}

void Crew::help() {
  set_thread_name("crew");
  std::unique_lock lock(mutex_);
  for (;;) {
    begun_.wait(lock, [this] { return ending_ || next_ < pieces_; });
    if (ending_) return;
    do_piece(lock);
  }
}

void Crew::do_piece(std::unique_lock<std::mutex>& lock) {
  const std::size_t piece = next_++;
  lock.unlock();
  std::exception_ptr thrown;
  try {
    (*work_)(piece);
  } catch (...) {
    thrown = std::current_exception();
  }
  lock.lock();
  if (thrown) thrown_ = thrown;
  if (--unfinished_ == 0) done_.notify_one();
}

void Crew::run(std::size_t pieces, const std::function<void(std::size_t)>& work) {
  std::unique_lock lock(mutex_);
  work_ = &work;
  next_ = 0;
  pieces_ = unfinished_ = pieces;
  if (pieces > 1) begun_.notify_all();
  while (next_ < pieces_) do_piece(lock);
  done_.wait(lock, [this] { return unfinished_ == 0; });
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

}  // namespace driftd
