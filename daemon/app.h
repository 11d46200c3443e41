// The daemon: state, Kafka, engine and HTTP wired together, from start to a clean end. One App a process.
// A reload takes the engine's place within it: the old one ends as at a stop, with a snapshot, and another begins from that snapshot with
// the new configuration; listener, history, log and counters stay. Whatever is wrong with a new configuration is found before the old one
// ends.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "daemon/app_running.h"

namespace driftd {

struct AppOptions {
  bool reset_state = false;
  std::function<void(const ClosedWindow&)> on_window;  // merger thread; beside the log
  std::function<bool()> stop;                          // asked every few milliseconds: true ends the daemon
  // Reads the configuration again, with all that it names: the error has every problem. Null: there is no reload.
  std::function<std::expected<Prepared, Problems>(const Config& in_force)> load;
  std::string config_file;  // that reload.watch watches; "" = none
};

class App {
 public:
  // Opens the state directory, reads the snapshot, binds the port. Nothing is read from Kafka yet.
  static std::expected<std::unique_ptr<App>, AppError> create(Prepared prepared, AppOptions options);
  ~App();

  std::string url() const;             // of the page
  std::uint64_t records_read() const;  // by the engine so far, at most a tenth of a second old
  // Runs until options.stop says so or the engine fails. The exit code.
  int run();

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace driftd
