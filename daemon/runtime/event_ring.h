// The last events of a process, for streams that follow them: a publisher adds, any number of readers go through them at their own pace
// with a number as their place. Nobody waits: a reader that is more than the ring's length behind has missed some, and is told so.
// Any thread. Cost: a publish is one move under a lock and the listener's call.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace driftd {

class EventRing {
 public:
  // `run` names this process in ids: numbers of another one mean nothing here. Neither it nor a type has line breaks.
  explicit EventRing(std::string run, std::size_t length = 256) : run_(std::move(run)), length_(length) {}

  // text: one line. As server-sent event, with its id.
  void publish(std::string_view type, std::string_view text) {
    const std::scoped_lock lock(mutex_);
    ++last_;
    events_.push_back(frame(last_, type, text));
    if (events_.size() > length_) events_.pop_front();
    if (listener_) listener_();
  }

  struct Taken {
    std::string frames;      // all after the place, as they are sent
    std::uint64_t last = 0;  // the new place
    bool missed = false;     // some before them are gone
  };
  Taken after(std::uint64_t place) const {
    const std::scoped_lock lock(mutex_);
    Taken taken{{}, last_, false};
    const std::uint64_t first = last_ - events_.size();  // the place before the oldest that is kept
    taken.missed = place < first;
    for (std::uint64_t at = std::max(place, first); at < last_; ++at) taken.frames += events_[static_cast<std::size_t>(at - first)];
    return taken;
  }
  std::uint64_t last() const {
    const std::scoped_lock lock(mutex_);
    return last_;
  }

  // The place that an id names, where every event after it is still here.
  std::optional<std::uint64_t> place_of(std::string_view id) const {
    if (!id.starts_with(run_) || !id.substr(run_.size()).starts_with('-')) return std::nullopt;
    const std::string_view digits = id.substr(run_.size() + 1);
    std::uint64_t place = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), place);
    if (error != std::errc{} || end != digits.data() + digits.size() || place > last() || after(place).missed) return std::nullopt;
    return place;
  }

  // Called by publish, on its thread and under the lock: must only wake somebody. Null: nobody.
  void listen(std::function<void()> listener) {
    const std::scoped_lock lock(mutex_);
    listener_ = std::move(listener);
  }

  std::string frame(std::uint64_t number, std::string_view type, std::string_view text) const {
    std::string out = "id: " + run_ + "-" + std::to_string(number) + "\nevent: ";
    out.append(type).append("\ndata: ").append(text).append("\n\n");
    return out;
  }
  const std::string& run() const { return run_; }

 private:
  const std::string run_;
  const std::size_t length_;
  mutable std::mutex mutex_;
  std::deque<std::string> events_;
  std::uint64_t last_ = 0;
  std::function<void()> listener_;
};

}  // namespace driftd
