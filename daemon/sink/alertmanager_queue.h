// What one Alertmanager is to know: every alert that fires, again and again, and what was resolved, for some minutes. Of an alert
// only its latest transition counts. Alertmanager tells alerts apart by their labels, so a raised severity is another alert: the
// old one ends and the new one begins in the same request.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sink/push_queue.h"
#include "daemon/sink/pushed_alert.h"

namespace driftd {

struct AlertmanagerForm {
  std::int64_t resend_every_us = 60'000'000;
  std::map<std::string, std::string> labels = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // the login
};

class AlertmanagerQueue final : public PushQueue {
 public:
  explicit AlertmanagerQueue(AlertmanagerForm form) : form_(std::move(form)) {}

  void restore(const std::string& event, Moment now, std::int64_t after_us) override;
  bool has_room() const override { return true; }  // bounded by the number of alerts
  void add(OutRecord record, Moment now) override;
  std::optional<PushRequest> next(Moment now) override;
  std::string answered(const PushAnswer& answer, Moment now) override;
  std::vector<std::uint64_t> take_done() override { return std::exchange(done_, {}); }
  const PushCounts& counts() const override { return counts_; }

 private:
  using Key = std::pair<std::string, std::string>;  // fingerprint, severity
  struct Entry {
    PushedAlert alert;
    std::int64_t start_us = 0;  // event time at which it began to fire
    bool resolved = false;
    Moment resolved_at;
    bool due = true;                       // to be sent now
    bool taken = false;                    // as it is now
    bool refused = false;                  // as it is now; counted as an error
    std::vector<std::uint64_t> sequences;  // of the record that it stands for; empty: it follows from another, or from the state
  };
  Entry& put(PushedAlert alert);  // afresh: what stood there is overtaken
  void resolve_others(const PushedAlert& alert, Moment now);
  void forget_old(Moment now);
  void resend_all(Moment now);
  void write_alert(JsonWriter& json, const Entry& entry, Moment now) const;

  AlertmanagerForm form_;
  std::map<Key, Entry> entries_;
  std::vector<Key> under_way_;
  std::int64_t quiet_until_us_ = 0, resend_at_us_ = 0;
  unsigned failures_ = 0;
  std::vector<std::uint64_t> done_;
  PushCounts counts_;
};

}  // namespace driftd
