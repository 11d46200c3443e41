#include "daemon/runtime/signals.h"

#include <unistd.h>
#include <csignal>
#include <ctime>

namespace driftd {

namespace {

volatile std::sig_atomic_t g_stop = 0, g_reload = 0;

void on_signal(int signal) {
  if (g_stop != 0) _exit(128 + signal);
  g_stop = 1;
}

void on_hangup(int) { g_reload = 1; }

}  // namespace

void watch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  // A reader of our output that goes away must not end a daemon.
  std::signal(SIGPIPE, SIG_IGN);
}

void watch_hangup() {
  struct sigaction action = {};
  action.sa_handler = on_hangup;
  sigemptyset(&action.sa_mask);
  sigaction(SIGHUP, &action, nullptr);
}

bool stop_requested() { return g_stop != 0; }

// What comes between is part of what follows: the file is read after it.
bool take_reload_request() {
  if (g_reload == 0) return false;
  g_reload = 0;
  return true;
}

void wait_for_signal(int milliseconds) {
  const timespec time{milliseconds / 1000, milliseconds % 1000 * 1'000'000L};
  nanosleep(&time, nullptr);  // a signal cuts it short
}

}  // namespace driftd
