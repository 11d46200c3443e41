#include "daemon/http/server.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <sstream>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/http/endpoint.h"
#include "daemon/http/gzip_body.h"
#include "daemon/http/negotiate.h"
#include "daemon/http/target.h"
#include "daemon/runtime/bounded_queue.h"

namespace driftd {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::string_view kAllow = "GET, HEAD";
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view kBusy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
constexpr std::chrono::milliseconds kDrainDeadline{1'000};  // for a refused client to read why
constexpr std::chrono::milliseconds kAcceptPause{100};      // when the process is out of files

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }
boost::beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }

Response refusal(int status, std::string_view why) {
  Response response;
  response.status = status;
  response.body = fmt::format("{}\n", why);
  if (status == 405) response.allow = kAllow;
  return response;
}

// Whom a server answers to. Empty own address: to everybody (the listener is not on loopback).
struct HostRule {
  std::string own, external;
};

// Exactly one way to know the length: no encoding but chunked, not beside a length, one length only.
bool length_is_clear(const http::request_header<>& header) {
  const auto lengths = header.count(http::field::content_length);
  const auto encodings = header.count(http::field::transfer_encoding);
  if (lengths + encodings > 1) return false;
  if (lengths == 1) return view(header[http::field::content_length]).find(',') == std::string_view::npos;
  if (encodings == 0) return true;
  return header.version() == 11 && boost::beast::iequals(header[http::field::transfer_encoding], "chunked");
}

// Why a request is refused before any handler sees it.
std::optional<Response> check_header(const http::request_header<>& header, const HostRule& rule) {
  if (!length_is_clear(header)) return refusal(400, "the length of the body is ambiguous");
  const auto hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() == 11)) return refusal(400, "one Host header is required");
  if (!rule.own.empty() && !host_allowed(view(header[http::field::host]), rule.own, rule.external)) {
    return refusal(421, "this listener answers to localhost, its own address and the host of http.external_url only");
  }
  const auto method = header.method();
  if (method != http::verb::get && method != http::verb::head && method != http::verb::post) return refusal(405, "GET and HEAD only");
  return std::nullopt;
}

// The answer to a header that did not parse; nullopt: the connection is gone.
std::optional<Response> explain(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return refusal(431, "the header is too large");
  if (error == http::error::body_limit) return refusal(413, "the body is too large");
  if (error == http::error::bad_version) return refusal(400, "the version is not HTTP/1.x");
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_value).category()) return refusal(400, "not a valid HTTP request");
  return std::nullopt;
}

// All lines of a header as one.
std::string joined(const http::request_header<>& header, http::field name) {
  std::string all;
  const auto [first, last] = header.equal_range(name);
  for (auto line = first; line != last; ++line) all.append(all.empty() ? "" : ", ").append(view(line->value()));
  return all;
}

// What the client and the body allow. The header that chose it is named, also where it chose none.
std::string_view compress(const http::request_header<>& header, Response& response) {
  if (!is_compressible(response.content_type)) return {};
  response.vary += response.vary.empty() ? "Accept-Encoding" : ", Accept-Encoding";
  if (response.body.size() < kLeastCompressed || !accepts_gzip(joined(header, http::field::accept_encoding))) return {};
  response.body = gzip_body(response.body);
  return "gzip";
}

// What every answer carries.
template <class Message>
void set_headers(Message& to, const Response& from) {
  to.set(http::field::content_type, from.content_type);
  to.set(http::field::cache_control, from.cache_control);
  if (!from.allow.empty()) to.set(http::field::allow, from.allow);
  if (!from.vary.empty()) to.set(http::field::vary, from.vary);
  to.set("Content-Security-Policy", view(kContentSecurityPolicy));
  to.set("X-Content-Type-Options", "nosniff");
  to.set("Referrer-Policy", "no-referrer");
}

http::response<http::string_body> to_beast(Response&& from, unsigned version, bool keep_alive) {
  http::response<http::string_body> to{static_cast<http::status>(from.status), version};
  set_headers(to, from);
  to.keep_alive(keep_alive);
  to.body() = std::move(from.body);
  to.prepare_payload();
  return to;
}

}  // namespace

// What the sessions of a server share. Lives on the thread of run().
class HttpServer::Loop {
 public:
  Loop(HttpOptions options, HttpHandler handler)
      : options_(std::move(options)), handler_(std::move(handler)), slow_(options_.limits.slow_answers) {}
  ~Loop() { follow(nullptr); }

  std::optional<ListenError> bind();
  void run() { io_.run(); }
  void run_slow();
  void stop() {
    slow_.close();
    io_.stop();
  }
  tcp::endpoint local() const { return local_; }

  const HttpLimits& limits() const { return options_.limits; }
  const HttpHandler& handler() const { return handler_; }
  const HostRule& host_rule() const { return host_rule_; }
  std::uint64_t next_turn() { return ++turns_; }
  void forget(const Session& session);
  // False: as many wait already as may.
  bool make_later(std::shared_ptr<Session> session, Response response);
  bool has_room_for_stream() const;
  void follow(std::shared_ptr<EventRing> ring);

 private:
  void accept();
  void admit(tcp::socket socket);
  bool make_room(const asio::ip::address& address);
  void pause_accepting();
  void wake_streams();

  struct SlowAnswer {
    std::shared_ptr<Session> session;
    Response response;  // with what makes it
  };

  HttpOptions options_;
  HttpHandler handler_;
  HostRule host_rule_;
  std::uint64_t turns_ = 0;
  tcp::endpoint local_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer accept_pause_{io_};
  std::vector<std::shared_ptr<Session>> sessions_;  // after io_: their sockets belong to it
  BoundedQueue<SlowAnswer> slow_;
  std::shared_ptr<EventRing> ring_;  // that the streams follow
  std::atomic<bool> waking_ = false;
};

// One connection: wait, read a header, read and drop a body, answer, again. One operation and one deadline at a time.
class HttpServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Loop& loop, tcp::socket socket, asio::ip::address address)
      : loop_(loop), socket_(std::move(socket)), timer_(socket_.get_executor()), address_(std::move(address)) {}

  void start() { await_request(loop_.limits().header_deadline); }
  void close();
  const asio::ip::address& address() const { return address_; }
  // Nothing was asked yet, or not to the end: may be closed in favour of another. Smaller = longer in this state.
  std::optional<std::uint64_t> waiting_since() const { return waiting_since_; }
  bool is_stream() const { return stream_.has_value(); }
  void send_events();                // of a stream: what is new, unless it is sending
  void complete(Response response);  // a slow answer is made

 private:
  enum class OnExpiry : std::uint8_t { kClose, kAnswer };

  void await_request(std::chrono::milliseconds wait);
  void read_header();
  void on_header(const error_code& error);
  void read_body();
  void on_body(const error_code& error);
  void answer();
  void refuse(std::optional<Response> response);
  void respond(Response response);
  void write(Response response, bool keep_alive);
  void begin_stream(Response response);
  void send(std::string bytes);
  void await_hangup();
  void rearm_comment();
  void on_written(const error_code& error);
  void drain();
  void arm(SteadyTime deadline, OnExpiry action);

  Loop& loop_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  asio::ip::address address_;
  boost::beast::flat_buffer buffer_{64 << 10};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::optional<std::uint64_t> waiting_since_;
  SteadyTime request_ends_;
  std::uint64_t armed_ = 0;
  bool first_ = true, expired_ = false, keep_alive_ = false;
  std::optional<EventStream> stream_;
  std::string sending_;  // to a stream; empty: nothing
};

void HttpServer::Session::close() {
  error_code ignored;
  ++armed_;
  timer_.cancel();
  std::ignore = socket_.close(ignored);
  loop_.forget(*this);
}

// A deadline that passed cancels the operation in flight, whose handler then finds expired_.
void HttpServer::Session::arm(SteadyTime deadline, OnExpiry action) {
  expired_ = false;
  timer_.expires_at(deadline);
  timer_.async_wait([self = shared_from_this(), turn = ++armed_, action](const error_code&) {
    if (turn != self->armed_) return;
    if (action == OnExpiry::kClose) return self->close();
    error_code ignored;
    self->expired_ = true;
    std::ignore = self->socket_.cancel(ignored);
  });
}

void HttpServer::Session::await_request(std::chrono::milliseconds wait) {
  waiting_since_ = loop_.next_turn();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(loop_.limits().header_bytes));
  parser_->body_limit(loop_.limits().body_bytes);
  if (buffer_.size() > 0) return read_header();  // the next request came with the last one
  arm(std::chrono::steady_clock::now() + wait, OnExpiry::kClose);
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
    if (error || !self->socket_.is_open()) return self->close();
    self->read_header();
  });
}

void HttpServer::Session::read_header() {
  // A first request has one deadline from the connection on: a client that waits and then drips gains nothing.
  const SteadyTime deadline = first_ ? timer_.expiry() : std::chrono::steady_clock::now() + loop_.limits().header_deadline;
  first_ = false;
  arm(deadline, OnExpiry::kAnswer);
  http::async_read_header(socket_, buffer_, *parser_,
                          [self = shared_from_this()](const error_code& error, std::size_t) { self->on_header(error); });
}

void HttpServer::Session::on_header(const error_code& error) {
  request_ends_ = std::chrono::steady_clock::now() + loop_.limits().request_deadline;
  waiting_since_.reset();
  if (!socket_.is_open()) return;
  if (error) return refuse(expired_ ? refusal(408, "the header took too long") : explain(error));
  if (auto response = check_header(parser_->get(), loop_.host_rule())) return refuse(std::move(response));
  if (parser_->is_done()) return answer();
  read_body();
}

void HttpServer::Session::read_body() {
  arm(request_ends_, OnExpiry::kAnswer);
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](const error_code& error, std::size_t) { self->on_body(error); });
}

void HttpServer::Session::on_body(const error_code& error) {
  if (!socket_.is_open()) return;
  if (error) return refuse(expired_ ? refusal(408, "the body took too long") : explain(error));
  answer();
}

void HttpServer::Session::answer() {
  const auto& message = parser_->get();
  auto target = parse_target(view(message.target()));
  if (!target) return refuse(refusal(400, "the target is not a valid path"));
  Request request{std::string(view(message.method_string())), std::move(target->path), std::move(target->query)};
  request.accept = joined(message, http::field::accept);
  request.last_event_id = view(message["Last-Event-ID"]);
  respond(loop_.handler().handle(request));
}

void HttpServer::Session::respond(Response response) {
  if (response.later) {
    arm(request_ends_, OnExpiry::kClose);
    if (loop_.make_later(shared_from_this(), response)) return;
  } else if (response.stream && loop_.has_room_for_stream()) {
    return begin_stream(std::move(response));
  }
  response.later = nullptr;
  write(std::move(response), parser_->get().keep_alive());
}

void HttpServer::Session::complete(Response response) {
  if (socket_.is_open()) write(std::move(response), parser_->get().keep_alive());
}

// The header says that the body ends with the connection: no length, no chunks, and so bytes that need no frame.
void HttpServer::Session::begin_stream(Response response) {
  const auto& message = parser_->get();
  response.status = 200;
  response.content_type = "text/event-stream";
  if (loop_.handler().answered) loop_.handler().answered(view(message.method_string()), response);
  http::response<http::empty_body> head{http::status::ok, message.version() == 10 ? 10U : 11U};
  set_headers(head, response);
  head.set("X-Accel-Buffering", "no");
  head.keep_alive(false);
  stream_ = std::move(*response.stream);
  loop_.follow(stream_->ring);
  std::ostringstream text;
  text << head.base();
  if (message.method() == http::verb::head) stream_->first.clear();
  send(text.str() + stream_->first);
  await_hangup();
}

void HttpServer::Session::send(std::string bytes) {
  sending_ = std::move(bytes);
  arm(std::chrono::steady_clock::now() + loop_.limits().request_deadline, OnExpiry::kClose);
  asio::async_write(socket_, asio::buffer(sending_), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || !self->socket_.is_open()) return self->close();
    self->sending_.clear();
    if (self->parser_->get().method() == http::verb::head) return self->close();
    self->rearm_comment();
    self->send_events();
  });
}

void HttpServer::Session::rearm_comment() {
  timer_.expires_after(loop_.limits().stream_comment);
  timer_.async_wait([self = shared_from_this(), turn = ++armed_](const error_code&) {
    if (turn == self->armed_) self->send(": still here\n\n");
  });
}

// A reader that is slower than what happens is let go: it comes again with the last id it has.
void HttpServer::Session::send_events() {
  if (!socket_.is_open()) return;
  auto taken = stream_->ring->after(stream_->place);
  if (taken.missed) return close();
  if (!sending_.empty() || taken.frames.empty()) return;
  stream_->place = taken.last;
  send(std::move(taken.frames));
}

void HttpServer::Session::await_hangup() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(512), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || !self->socket_.is_open()) return self->close();
    self->await_hangup();
  });
}

// nullopt: there is nobody to answer to.
void HttpServer::Session::refuse(std::optional<Response> response) {
  if (!response) return close();
  write(std::move(*response), false);
}

void HttpServer::Session::write(Response response, bool keep_alive) {
  const auto& message = parser_->get();
  if (loop_.handler().answered) loop_.handler().answered(view(message.method_string()), response);
  keep_alive_ = keep_alive;
  const std::string_view coding = compress(message, response);
  response_ = to_beast(std::move(response), message.version() == 10 ? 10 : 11, keep_alive);
  if (!coding.empty()) response_.set(http::field::content_encoding, view(coding));
  serializer_.emplace(response_);
  arm(request_ends_, OnExpiry::kClose);
  const auto done = [self = shared_from_this()](const error_code& error, std::size_t) { self->on_written(error); };
  if (message.method() == http::verb::head) return http::async_write_header(socket_, *serializer_, done);
  http::async_write(socket_, *serializer_, done);
}

void HttpServer::Session::on_written(const error_code& error) {
  if (!socket_.is_open()) return;
  if (error) return close();
  response_ = {};
  if (keep_alive_) return await_request(loop_.limits().idle_deadline);
  error_code ignored;
  std::ignore = socket_.shutdown(tcp::socket::shutdown_send, ignored);
  arm(std::chrono::steady_clock::now() + kDrainDeadline, OnExpiry::kClose);
  drain();
}

// Closing with unread bytes would reset the connection and take the answer with it.
void HttpServer::Session::drain() {
  waiting_since_ = loop_.next_turn();
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || !self->socket_.is_open()) return self->close();
    self->drain();
  });
}

std::optional<ListenError> HttpServer::Loop::bind() {
  const auto where = parse_endpoint(options_.listen);
  error_code error;
  const std::string host = !where || where->host == "localhost" ? "127.0.0.1" : where->host;
  const auto address = host.empty() ? asio::ip::address(asio::ip::address_v6::any()) : asio::ip::make_address(host, error);
  if (!where || error) return ListenError{false, fmt::format("'{}' is not an address to listen on: expected IP:PORT", options_.listen)};
  const tcp::endpoint endpoint(address, where->port);
  try {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
  } catch (const boost::system::system_error& failed) {
    const bool in_use = failed.code() == asio::error::address_in_use;
    return ListenError{in_use, fmt::format("cannot listen on {}: {}", options_.listen, failed.code().message())};
  }
  local_ = acceptor_.local_endpoint();
  if (address.is_loopback()) host_rule_ = {address.to_string(), url_host(options_.external_url)};
  accept();
  return std::nullopt;
}

void HttpServer::Loop::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error) return pause_accepting();
    admit(std::move(socket));
    accept();
  });
}

void HttpServer::Loop::pause_accepting() {
  accept_pause_.expires_after(kAcceptPause);
  accept_pause_.async_wait([this](const error_code&) { accept(); });
}

void HttpServer::Loop::admit(tcp::socket socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  if (!make_room(peer.address())) {
    std::ignore = socket.non_blocking(true, error);
    socket.send(asio::buffer(kBusy.data(), kBusy.size()), 0, error);
    return;
  }
  std::ignore = socket.set_option(tcp::no_delay(true), error);
  sessions_.push_back(std::make_shared<Session>(*this, std::move(socket), peer.address()));
  const auto session = sessions_.back();
  session->start();
}

// At a limit the connection that has waited longest without a whole request makes room. A crowd of slow clients thus pushes
// out itself and never somebody who asks at once. False: all are being answered.
bool HttpServer::Loop::make_room(const asio::ip::address& address) {
  const auto same = [&](const auto& session) { return session->address() == address; };
  const bool address_full = static_cast<std::size_t>(std::ranges::count_if(sessions_, same)) >= limits().connections_per_address;
  if (!address_full && sessions_.size() < limits().connections) return true;
  std::shared_ptr<Session> oldest;
  for (const auto& session : sessions_) {
    if (!session->waiting_since() || (address_full && !same(session))) continue;
    if (!oldest || *session->waiting_since() < *oldest->waiting_since()) oldest = session;
  }
  if (oldest) oldest->close();
  return oldest != nullptr;
}

bool HttpServer::Loop::make_later(std::shared_ptr<Session> session, Response response) {
  if (options_.slow_thread) return slow_.try_push(SlowAnswer{std::move(session), std::move(response)});
  Response made = response.later();
  made.route = response.route;
  session->complete(std::move(made));
  return true;
}

// Sockets stay with their thread: the session travels to it with the answer, also where it is the last to hold it.
void HttpServer::Loop::run_slow() {
  while (!slow_.drained()) {
    auto job = slow_.pop_for(std::chrono::milliseconds(200));
    if (!job) continue;
    Response response = job->response.later();
    response.route = job->response.route;
    asio::post(io_, [session = std::move(job->session), made = std::move(response)]() mutable { session->complete(std::move(made)); });
  }
}

bool HttpServer::Loop::has_room_for_stream() const {
  const auto streams = std::ranges::count_if(sessions_, [](const auto& session) { return session->is_stream(); });
  return static_cast<std::size_t>(streams) < limits().streams;
}

// A publisher only leaves a note; many notes are one turn.
void HttpServer::Loop::follow(std::shared_ptr<EventRing> ring) {
  if (ring == ring_) return;
  if (ring_) ring_->listen(nullptr);
  ring_ = std::move(ring);
  if (!ring_) return;
  ring_->listen([this] {
    if (!waking_.exchange(true)) asio::post(io_, [this] { wake_streams(); });
  });
}

void HttpServer::Loop::wake_streams() {
  waking_ = false;
  const auto sessions = sessions_;  // one that is let go leaves the list
  for (const auto& session : sessions) {
    if (session->is_stream()) session->send_events();
  }
}

void HttpServer::Loop::forget(const Session& session) {
  std::erase_if(sessions_, [&](const auto& held) { return held.get() == &session; });
}

HttpServer::HttpServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

std::expected<HttpServer, ListenError> HttpServer::listen(HttpOptions options, HttpHandler handler) {
  auto loop = std::make_unique<Loop>(std::move(options), std::move(handler));
  if (auto error = loop->bind()) return std::unexpected(std::move(*error));
  return HttpServer(std::move(loop));
}

void HttpServer::run() { loop_->run(); }
void HttpServer::run_slow() { loop_->run_slow(); }
void HttpServer::stop() { loop_->stop(); }
std::uint16_t HttpServer::port() const { return loop_->local().port(); }

std::string HttpServer::url() const {
  const auto address = loop_->local().address();
  if (address.is_unspecified()) return fmt::format("http://localhost:{}/", port());
  const std::string host = address.is_v6() ? fmt::format("[{}]", address.to_string()) : address.to_string();
  return fmt::format("http://{}:{}/", host, port());
}

}  // namespace driftd
