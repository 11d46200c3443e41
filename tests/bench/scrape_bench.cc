// R11: what being scraped costs. One engine counts records as fast as it can; every second or never somebody asks its HTTP server for
// /metrics as Prometheus does. Time from the request to the last byte, and the rate of records beside that of nobody asking.
//   scrape_bench [SERIES [SECONDS]]      at least so many series (10,000); seconds of each stretch (3)
#include <fmt/format.h>
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "daemon/app_engine.h"
#include "daemon/http/client.h"
#include "daemon/http/endpoint.h"
#include "daemon/http/server.h"
#include "daemon/routes.h"
#include "daemon/runtime/wall_clock.h"
#include "tests/bench/contest.h"
#include "tests/bench/engine_fixture.h"

namespace driftd::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kTopic = "events";
constexpr std::size_t kRecords = 4096, kBatch = 256;
constexpr int kPairs = 8;                        // of stretches, one of them with scrapes
constexpr std::uint64_t kSeriesOfMonitor = 330;  // of the fixture's features, at least
constexpr std::int64_t kFirstTimeUs = 1'772'323'200'000'000;
constexpr std::int64_t kRecordUs = 1000;  // between two records: a window of a minute has 60,000
constexpr std::chrono::minutes kWarmUp{2};

constexpr std::size_t kLongestAnswer = std::size_t{64} << 20;

// The same records for ever, with offsets and times that go on. The engine's full queues are what holds it back.
class EndlessSource final : public Source {
 public:
  explicit EndlessSource(const Fixture& fixture) : records_(make_records(fixture, kRecords, 1)), messages_(messages_of(records_)) {}

  SourceEvent poll(std::chrono::milliseconds /*timeout*/) override {
    SourceEvent event;
    event.id = {kTopic, 0};
    event.kind = announced_ ? SourceEvent::Kind::kBatch : SourceEvent::Kind::kPartition;
    if (!std::exchange(announced_, true)) return event;
    event.batch = std::make_unique<MessageBatch>();
    event.batch->messages.assign(messages_.begin() + static_cast<std::ptrdiff_t>(next_ % kRecords),
                                 messages_.begin() + static_cast<std::ptrdiff_t>(next_ % kRecords + kBatch));
    for (std::size_t i = 0; i < kBatch; ++i) {
      Message& message = event.batch->messages[i];
      message.offset = static_cast<std::int64_t>(next_ + i);
      message.record_time_us = kFirstTimeUs + kRecordUs * message.offset;
    }
    next_ += kBatch;
    return event;
  }
  void pause(std::uint32_t) override {}
  void resume(std::uint32_t) override {}
  void recycle(std::unique_ptr<MessageBatch> batch) override { batch.reset(); }

 private:
  std::vector<std::string> records_;
  std::vector<Message> messages_;
  bool announced_ = false;
  std::size_t next_ = 0;
};

// The engine with its server, as App puts them together.
class Daemon {
 public:
  Daemon(const Fixture& fixture, const EnginePlan& plan)
      : source_(fixture),
        engine_(plan, source_, {.blocking = true}, {}),
        routes_({[this] { return status(); }, wall_us}, {.max_series = 1'000'000}),
        server_(HttpServer::listen({"127.0.0.1:0", "", {}}, routes_.handler()).value()),
        http_([this] { server_.run(); }) {
    engine_.start();
  }
  ~Daemon() {
    server_.stop();
    http_.join();
    engine_.request_stop();
    engine_.join();
  }
  std::string url() const { return server_.url(); }
  // CPU time of the thread that answers.
  double http_cpu_ms() {
    clockid_t clock{};
    timespec now{};
    pthread_getcpuclockid(http_.native_handle(), &clock);
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  }
  std::uint64_t records() {
    std::uint64_t sum = 0;
    for (const PartitionStatus& partition : engine_.merger().status().load()->partitions) sum += partition.records;
    return sum;
  }

 private:
  std::shared_ptr<const DaemonStatus> status() {
    const auto published = engine_.merger().status().load();
    DaemonStatus status;
    status.ready = true;
    status.monitors = published->monitors;
    status.partitions = published->partitions;
    status.now_wall_us = wall_us();
    return std::make_shared<const DaemonStatus>(std::move(status));
  }

  EndlessSource source_;
  RunningEngine engine_;
  Routes routes_;
  HttpServer server_;
  std::thread http_;
};

std::size_t series_of(const std::string& text) {
  std::size_t series = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) series += text[at] != '#' ? 1 : 0;
  return series;
}

struct Stretch {
  double rate = 0;                 // records a second
  std::vector<double> scrapes_ms;  // how long each took
};

// Scrapes come at whole seconds from the start, as those of Prometheus do.
Stretch run_stretch(Daemon& daemon, int seconds, bool scraped) {
  Stretch stretch;
  const auto begin = Clock::now();
  const std::uint64_t before = daemon.records();
  for (int second = 0; second < seconds; ++second) {
    if (scraped) {
      const auto asked = Clock::now();
      const auto answer = http_fetch({.url = url_under(daemon.url(), "/metrics"), .body_bytes = kLongestAnswer}, {});
      if (!answer || answer->status != 200) throw std::runtime_error(answer ? "no answer from /metrics" : answer.error());
      stretch.scrapes_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
    }
    std::this_thread::sleep_until(begin + std::chrono::seconds(second + 1));
  }
  stretch.rate = static_cast<double>(daemon.records() - before) / std::chrono::duration<double>(Clock::now() - begin).count();
  return stretch;
}

void run(std::uint64_t wanted_series, int seconds) {
  const Fixture fixture;
  const auto plan = make_engine(fixture, kTopic, {.monitors = wanted_series / kSeriesOfMonitor + 1, .by_record_time = true});
  Daemon daemon(fixture, *plan);
  std::string text;
  const auto begin = Clock::now();
  while (series_of(text) < wanted_series) {  // until the first windows are closed
    if (Clock::now() - begin > kWarmUp) {
      throw std::runtime_error(fmt::format("{} series after {} records, not {}", series_of(text), daemon.records(), wanted_series));
    }
    text = http_fetch({.url = url_under(daemon.url(), "/metrics"), .body_bytes = kLongestAnswer}, {}).value().body;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  std::vector<double> ratios, scrapes;
  const double cpu_before_ms = daemon.http_cpu_ms();
  for (int pair = 0; pair < kPairs; ++pair) {
    const bool scraped_first = pair % 2 == 1;
    const Stretch first = run_stretch(daemon, seconds, scraped_first), second = run_stretch(daemon, seconds, !scraped_first);
    const Stretch &scraped = scraped_first ? first : second, &quiet = scraped_first ? second : first;
    ratios.push_back(scraped.rate / quiet.rate);
    scrapes.insert(scrapes.end(), scraped.scrapes_ms.begin(), scraped.scrapes_ms.end());
  }
  const double cpu_ms = (daemon.http_cpu_ms() - cpu_before_ms) / static_cast<double>(scrapes.size());
  std::ranges::sort(scrapes);
  const double p99 = scrapes[scrapes.size() * 99 / 100];
  fmt::print("{} series, {:.1f} MB of text; {} scrapes: {:.1f} ms of CPU, median {:.1f} ms, slowest {:.1f} ms\n", series_of(text),
             static_cast<double>(text.size()) / 1e6, scrapes.size(), cpu_ms, scrapes[scrapes.size() / 2], scrapes.back());
  print_gate(fmt::format("R11 | p99 of a scrape at {} series, ms", series_of(text)), {p99, p99, p99}, 100, Gate::kAtMost);
  print_gate("R11 | records a second while scraped every second, to while not", quartiles(ratios), 0.97);
}

}  // namespace
}  // namespace driftd::bench

int main(int argc, char** argv) {
  const std::uint64_t series = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 3;
  driftd::bench::run(series, seconds);
}
