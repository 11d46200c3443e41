#include "daemon/sink/push_receiver.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "daemon/sink/webhook_queue.h"
#include "tests/daemon/http/answering_server.h"
#include "tests/daemon/sink/events.h"

using namespace driftd;
using namespace driftd::sink_test;

namespace {

std::unique_ptr<PushQueue> queue_without_waits() {
  auto request = [](const OutRecord& record, std::int64_t) { return PushRequest{record.value, {{"Idempotency-Key", record.key}}}; };
  return std::make_unique<WebhookQueue>(request, 3'600'000'000, [] { return 0.0; });
}

// Until so many sequences are acknowledged, or ten seconds have passed.
std::vector<std::uint64_t> await(PushReceiver& receiver, std::size_t count) {
  std::vector<std::uint64_t> acked;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (acked.size() < count && std::chrono::steady_clock::now() < until) {
    for (const std::uint64_t sequence : receiver.take_acked()) acked.push_back(sequence);
    std::this_thread::yield();
  }
  return acked;
}

}  // namespace

TEST_CASE("what is handed over on one thread leaves on another, is tried again and acknowledged") {
  AnsweringServer server({http_answer(500, "not now"), http_answer(200), "", http_answer(204)});
  PushReceiver receiver("webhook/w", {.url = server.url() + "/hook?x=1", .ca_file = "", .timeout = std::chrono::milliseconds(300)},
                        queue_without_waits());
  std::atomic<bool> stop = false;
  std::thread thread([&] { receiver.run([&] { return stop.load(); }); });
  CHECK(receiver.send(record_of(1)));
  CHECK(await(receiver, 1) == std::vector<std::uint64_t>{1});
  CHECK(receiver.send(record_of(2, {.fingerprint = "f2"})));  // at first no answer in time
  CHECK(await(receiver, 1) == std::vector<std::uint64_t>{2});
  stop = true;
  thread.join();
  CHECK(receiver.counts()->ok == 2);
  CHECK(receiver.counts()->retry == 2);
  CHECK(receiver.take_failed().empty());
  const auto& requests = server.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].starts_with("POST /hook?x=1 HTTP/1.1\r\n"));
  CHECK(requests[0].find("User-Agent: driftd/") != std::string::npos);
  CHECK(requests[0] == requests[1]);
  CHECK(requests[1].ends_with(event_text({})));
}

TEST_CASE("a stop ends an exchange that nobody answers, and nothing is acknowledged") {
  AnsweringServer server({""});
  PushReceiver receiver("webhook/w", {.url = server.url(), .ca_file = "", .timeout = std::chrono::minutes(5)}, queue_without_waits());
  CHECK(receiver.send(record_of(1)));
  std::atomic<int> looks = 0;
  receiver.run([&] { return ++looks > 20; });  // asked all the time while it waits
  CHECK(receiver.take_acked().empty());
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a queue that is full says so, and blocks nobody") {
  PushReceiver receiver("webhook/w", {.url = "http://127.0.0.1:1"}, queue_without_waits());
  std::uint64_t taken = 0;
  while (taken < 10'000 && receiver.send(record_of(taken))) ++taken;
  CHECK(taken == 256);
}
