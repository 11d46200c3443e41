#include "daemon/runtime/signals.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace driftd {
namespace {

// The wait status of a process of its own that runs this: handlers never reach the tests' process.
int status_of(const std::function<void()>& run) {
  const pid_t child = ::fork();
  if (child == 0) {
    run();
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("the first signal is a wish, the second one ends the process") {
  for (const int signal : {SIGTERM, SIGINT}) {
    CAPTURE(signal);
    const int first = status_of([&] {
      watch_signals();
      if (stop_requested()) ::_exit(1);
      ::raise(signal);
      ::_exit(stop_requested() ? 42 : 2);
    });
    REQUIRE(WIFEXITED(first));
    CHECK(WEXITSTATUS(first) == 42);
    const int second = status_of([&] {
      watch_signals();
      ::raise(SIGTERM);
      ::raise(signal);
    });
    REQUIRE(WIFEXITED(second));
    CHECK(WEXITSTATUS(second) == 128 + signal);
  }
}

TEST_CASE("a hangup is a wish to reload for who asks for it, each taken once; else it ends the process") {
  const int asked = status_of([] {
    watch_signals();
    watch_hangup();
    if (take_reload_request()) ::_exit(1);
    ::raise(SIGHUP);
    ::raise(SIGHUP);
    const bool first = take_reload_request(), second = take_reload_request();
    ::_exit(first && !second && !stop_requested() ? 42 : 2);
  });
  REQUIRE(WIFEXITED(asked));
  CHECK(WEXITSTATUS(asked) == 42);
  const int other = status_of([] {
    std::signal(SIGHUP, SIG_DFL);  // who runs the tests with nohup hands on that it is ignored
    watch_signals();
    ::raise(SIGHUP);
  });
  REQUIRE(WIFSIGNALED(other));
  CHECK(WTERMSIG(other) == SIGHUP);
}

TEST_CASE("a reader that went away does not end the process") {
  const int status = status_of([] {
    watch_signals();
    ::raise(SIGPIPE);
    ::_exit(stop_requested() ? 1 : 7);
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("waiting for a signal ends when its time is over") { wait_for_signal(1); }

}  // namespace driftd
