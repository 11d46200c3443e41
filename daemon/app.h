// The daemon: state, Kafka, engine and HTTP wired together, from start to a clean end. One App a process.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "config/config.h"
#include "daemon/app_merger_loop.h"
#include "daemon/engine_plan.h"

namespace driftd {

struct AppError {
  int exit_code = 1;
  bool port_in_use = false;  // another port may be free
  std::string message;
};

struct AppOptions {
  bool reset_state = false;
  std::function<void(const ClosedWindow&)> on_window;  // merger thread; beside the log
  std::function<bool()> stop;                          // asked every few milliseconds: true ends the daemon
};

class App {
 public:
  // Opens the state directory, reads the snapshot, binds the port. Nothing is read from Kafka yet.
  static std::expected<std::unique_ptr<App>, AppError> create(const Config& config, std::shared_ptr<const EnginePlan> plan,
                                                              AppOptions options);
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
