#include "daemon/http/server.h"

#include <fmt/core.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <map>
#include <optional>
#include <sstream>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/http/endpoint.h"
#include "daemon/http/gzip_body.h"
#include "daemon/http/negotiate.h"
#include "daemon/http/request_head.h"
#include "daemon/http/target.h"
#include "daemon/runtime/bounded_queue.h"
#include "daemon/runtime/logger.h"

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
constexpr std::string_view kReadersChallenge = "Basic realm=\"driftd\", charset=\"UTF-8\"", kWritersChallenge = "Bearer realm=\"driftd\"";
constexpr std::string_view kSpeaksTls =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 44\r\nConnection: close\r\n\r\n"
    "this listener speaks TLS: ask with https://\n";
constexpr std::string_view kBusy = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
constexpr std::chrono::milliseconds kDrainDeadline{1'000};  // for a refused client to read why
constexpr std::chrono::milliseconds kAcceptPause{100};      // when the process is out of files
constexpr int kRestAfterWrong = 3;                          // times what the check took
constexpr std::chrono::milliseconds kLongestRest{2'000}, kRestPart{20};
constexpr std::size_t kReadSize = 4096;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }
boost::beast::string_view view(std::string_view text) { return {text.data(), text.size()}; }

// Why a request is answered by the server itself.
struct Refusal {
  int status = 400;
  std::string_view why;
  std::string_view challenge = {};
};

// Whom a server answers to. Empty own address: to everybody (the listener is not on loopback).
struct HostRule {
  std::string own, external;
};

bool reads_only(const http::request_header<>& header) { return header.method() == http::verb::get || header.method() == http::verb::head; }

// Exactly one way to know the length: one Content-Length, or none and no body. A chunked body is clear too, but nobody here needs one.
std::optional<Refusal> check_length(const http::request_header<>& header) {
  const auto lengths = header.count(http::field::content_length);
  const auto encodings = header.count(http::field::transfer_encoding);
  const bool two = lengths + encodings > 1 || view(header[http::field::content_length]).find(',') != std::string_view::npos;
  const bool chunked = header.version() == 11 && boost::beast::iequals(header[http::field::transfer_encoding], "chunked");
  if (two || (encodings == 1 && !chunked)) return Refusal{400, "the length of the body is ambiguous"};
  if (chunked) return Refusal{411, "a body needs a Content-Length"};
  return std::nullopt;
}

// Why a request is refused, whoever asks.
std::optional<Refusal> check_header(const http::request_header<>& header, const HostRule& rule) {
  if (auto length = check_length(header)) return length;
  const auto hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() == 11)) return Refusal{400, "one Host header is required"};
  if (!rule.own.empty() && !host_allowed(view(header[http::field::host]), rule.own, rule.external)) {
    return Refusal{421, "this listener answers to localhost, its own address and the host of http.external_url only"};
  }
  return std::nullopt;
}

Refusal explain(HeadFault fault) {
  if (fault == HeadFault::kTargetTooLong) return {414, "the target is too long"};
  if (fault == HeadFault::kTooLarge) return {431, "the header is too large"};
  if (fault == HeadFault::kVersion) return {505, "the version must be 1.1 or 1.0"};
  return {400, "not a valid HTTP request"};
}

// The answer to a request that did not parse; nullopt: the connection is gone.
std::optional<Refusal> explain(const error_code& error) {
  if (error == http::error::body_limit) return Refusal{413, "the body is too large"};
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_value).category()) return Refusal{400, "not a valid HTTP request"};
  return std::nullopt;
}

// Whether what is asked for lies under /api/, of a head that may not be whole.
bool asks_api(std::string_view head) {
  const std::size_t space = head.find(' ');
  return space != std::string_view::npos && head.substr(space + 1).starts_with("/api/");
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
  if (!from.challenge.empty()) to.set(http::field::www_authenticate, from.challenge);
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

// The bytes of a connection, in clear or by TLS: what Beast reads and writes.
class Wire {
 public:
  using executor_type = tcp::socket::executor_type;
  using Encrypted = boost::beast::ssl_stream<tcp::socket>;

  Wire(tcp::socket socket, asio::ssl::context* tls) {
    if (tls != nullptr) {
      encrypted_.emplace(std::move(socket), *tls);
    } else {
      plain_.emplace(std::move(socket));
    }
  }
  bool is_tls() const { return encrypted_.has_value(); }
  Encrypted& encrypted() { return *encrypted_; }
  tcp::socket& socket() { return encrypted_ ? encrypted_->next_layer() : *plain_; }
  executor_type get_executor() { return socket().get_executor(); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (encrypted_) return encrypted_->async_read_some(buffers, std::forward<Handler>(handler));
    plain_->async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (encrypted_) return encrypted_->async_write_some(buffers, std::forward<Handler>(handler));
    plain_->async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  std::optional<tcp::socket> plain_;
  std::optional<Encrypted> encrypted_;
};

}  // namespace

// What the sessions of a server share. Lives on the thread of run().
class HttpServer::Loop {
 public:
  Loop(HttpOptions options, HttpHandler handler)
      : options_(std::move(options)), handler_(std::move(handler)), slow_(options_.limits.slow_answers), logins_(options_.limits.logins) {
    use(options_.credentials ? std::move(options_.credentials) : std::make_shared<const HttpCredentials>());
  }
  ~Loop() { follow(nullptr); }

  std::optional<ListenError> bind();
  void run() { io_.run(); }
  void run_slow();
  void run_logins();
  void stop() {
    slow_.close();
    logins_.close();
    io_.stop();
  }
  tcp::endpoint local() const { return local_; }
  std::string_view scheme() const { return scheme_; }

  const HttpLimits& limits() const { return options_.limits; }
  const HttpHandler& handler() const { return handler_; }
  const HostRule& host_rule() const { return host_rule_; }
  std::uint64_t next_turn() { return ++turns_; }
  void forget(const Session& session);
  // False: as many wait already as may.
  bool make_later(std::shared_ptr<Session> session, Response response);
  bool has_room_for_stream() const;
  void follow(std::shared_ptr<EventRing> ring);
  void set_credentials(std::shared_ptr<const HttpCredentials> credentials);
  const std::shared_ptr<const HttpCredentials>& credentials() const { return credentials_; }
  std::optional<bool> known(const BasicLogin& login) const { return memory_.known(login_digest(login)); }
  // The session is asked again once the login is known. False: too many wait already.
  bool check_later(std::shared_ptr<Session> session, BasicLogin login);

 private:
  struct LoginCheck {
    std::shared_ptr<const HttpCredentials> by;
    BasicLogin login;
    SecretDigest digest;
    std::string address;
  };

  void use(std::shared_ptr<const HttpCredentials> credentials);
  void checked(const LoginCheck& check, bool right);
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
  std::string_view scheme_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer accept_pause_{io_};
  std::vector<std::shared_ptr<Session>> sessions_;                          // after io_: their sockets belong to it
  std::map<SecretDigest, std::vector<std::shared_ptr<Session>>> checking_;  // by login
  BoundedQueue<SlowAnswer> slow_;
  std::shared_ptr<EventRing> ring_;  // that the streams follow
  std::atomic<bool> waking_ = false;
  BoundedQueue<LoginCheck> logins_;
  LoginMemory memory_;
  std::shared_ptr<const HttpCredentials> credentials_;  // never null
  std::optional<asio::ssl::context> tls_;
};

// One connection: wait, read a header, read and drop a body, answer, again. One operation and one deadline at a time.
class HttpServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Loop& loop, Wire wire, asio::ip::address address)
      : loop_(loop),
        wire_(std::move(wire)),
        timer_(wire_.get_executor()),
        address_(std::move(address)),
        head_({loop.limits().header_bytes, loop.limits().header_fields}),
        credentials_(loop.credentials()) {}

  void start();
  void close();
  const asio::ip::address& address() const { return address_; }
  // Nothing was asked yet, or not to the end: may be closed in favour of another. Smaller = longer in this state.
  std::optional<std::uint64_t> waiting_since() const { return waiting_since_; }
  bool is_stream() const { return stream_.has_value(); }
  void send_events();                // of a stream: what is new, unless it is sending
  void complete(Response response);  // a slow answer is made
  void authorize();                  // may whoever asks have what is asked for? Again, once a login is known

 private:
  enum class OnExpiry : std::uint8_t { kClose, kAnswer };

  void on_handshake(const error_code& error);
  void await_request();
  void begin_head();
  void read_head();
  void read_more(void (Session::*then)(const error_code&));
  void on_first(const error_code& error);
  void on_more(const error_code& error);
  void on_head();
  bool check_reader();
  void admitted();
  void read_body();
  void on_body(const error_code& error);
  void answer();
  void refuse(const std::optional<Refusal>& refusal);
  void respond(Response response);
  void write(Response response, bool keep_alive);
  void begin_stream(Response response);
  void send(std::string bytes);
  void await_hangup();
  void rearm_comment();
  void on_written(const error_code& error);
  void end_sending();
  void drain();
  void arm(SteadyTime deadline, OnExpiry action);
  std::string_view held() const { return {static_cast<const char*>(buffer_.data().data()), buffer_.size()}; }

  Loop& loop_;
  Wire wire_;
  asio::steady_timer timer_;
  asio::ip::address address_;
  boost::beast::flat_buffer buffer_{64 << 10};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::optional<std::uint64_t> waiting_since_;
  SteadyTime first_head_ends_, request_ends_;
  std::uint64_t armed_ = 0;
  bool first_ = true, expired_ = false, keep_alive_ = false;
  RequestHead head_;
  std::shared_ptr<const HttpCredentials> credentials_;  // that the connection began with
  std::optional<EventStream> stream_;
  std::string sending_;  // to a stream; empty: nothing
};

void HttpServer::Session::close() {
  error_code ignored;
  ++armed_;
  timer_.cancel();
  std::ignore = wire_.socket().close(ignored);
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
    std::ignore = self->wire_.socket().cancel(ignored);
  });
}

// A first request has one deadline from the connection on: a client that waits, in the middle of TLS too, and then drips gains nothing.
void HttpServer::Session::start() {
  first_head_ends_ = std::chrono::steady_clock::now() + loop_.limits().header_deadline;
  if (!wire_.is_tls()) return await_request();
  waiting_since_ = loop_.next_turn();
  arm(first_head_ends_, OnExpiry::kClose);
  wire_.encrypted().async_handshake(asio::ssl::stream_base::server,
                                    [self = shared_from_this()](const error_code& error) { self->on_handshake(error); });
}

void HttpServer::Session::on_handshake(const error_code& error) {
  if (!wire_.socket().is_open()) return;
  if (!error) return await_request();
  const bool spoke_http = error.category() == asio::error::get_ssl_category() && ERR_GET_REASON(error.value()) == SSL_R_HTTP_REQUEST;
  log_debug("tls", "a connection that did not come about", {{"address", address_.to_string()}, {"reason", error.message()}});
  if (!spoke_http) return close();
  error_code ignored;
  std::ignore = wire_.socket().non_blocking(true, ignored);
  wire_.socket().send(asio::buffer(kSpeaksTls.data(), kSpeaksTls.size()), 0, ignored);
  end_sending();
}

void HttpServer::Session::await_request() {
  waiting_since_ = loop_.next_turn();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(loop_.limits().header_bytes));
  parser_->body_limit(loop_.limits().body_bytes);
  head_ = RequestHead({loop_.limits().header_bytes, loop_.limits().header_fields});
  if (buffer_.size() > 0) return begin_head();  // the next request came with the last one
  arm(first_ ? first_head_ends_ : std::chrono::steady_clock::now() + loop_.limits().idle_deadline, OnExpiry::kClose);
  read_more(&Session::on_first);
}

void HttpServer::Session::read_more(void (Session::*then)(const error_code&)) {
  wire_.async_read_some(buffer_.prepare(kReadSize), [self = shared_from_this(), then](const error_code& error, std::size_t count) {
    if (!self->wire_.socket().is_open()) return;
    self->buffer_.commit(count);
    (self.get()->*then)(error);
  });
}

void HttpServer::Session::on_first(const error_code& error) {
  if (error) return close();
  begin_head();
}

void HttpServer::Session::begin_head() {
  arm(first_ ? first_head_ends_ : std::chrono::steady_clock::now() + loop_.limits().header_deadline, OnExpiry::kAnswer);
  first_ = false;
  read_head();
}

void HttpServer::Session::on_more(const error_code& error) {
  if (error) return expired_ ? refuse(Refusal{408, "the header took too long"}) : close();
  read_head();
}

void HttpServer::Session::read_head() {
  if (head_.needs_more(held())) return read_more(&Session::on_more);
  request_ends_ = std::chrono::steady_clock::now() + loop_.limits().request_deadline;
  waiting_since_.reset();
  if (head_.fault() != HeadFault::kNone) return refuse(explain(head_.fault()));
  error_code error;
  parser_->put(asio::buffer(buffer_.data(), head_.size()), error);
  if (error) return refuse(explain(error));
  buffer_.consume(head_.size());
  on_head();
}

void HttpServer::Session::on_head() {
  if (auto refusal = check_header(parser_->get(), loop_.host_rule())) return refuse(refusal);
  if (credentials_->client_certificates && credentials_ != loop_.credentials()) return close();
  authorize();
}

void HttpServer::Session::authorize() {
  if (!wire_.socket().is_open()) return;
  const auto& header = parser_->get();
  if (reads_only(header)) {
    if (check_reader()) admitted();
    return;
  }
  const auto bearer = parse_bearer(view(header[http::field::authorization]));
  const bool has_token = loop_.credentials()->token.has_value();
  if (has_token && header.method() != http::verb::options && !(bearer && loop_.credentials()->is_token(*bearer))) {
    if (bearer) log_warn("token_refused", "a wrong token", {{"address", address_.to_string()}});
    return refuse(Refusal{401, "unauthorized", kWritersChallenge});
  }
  if (header.method() != http::verb::post) return refuse(Refusal{405, "GET and HEAD only"});
  // Every page of a browser can make it send a POST, and a browser says so.
  const bool from_page = header.count(http::field::origin) > 0;
  if (!has_token && (from_page || loop_.credentials()->logins)) return refuse(Refusal{403, "what changes something needs http.token_file"});
  admitted();
}

// False: refused, or not known yet.
bool HttpServer::Session::check_reader() {
  const auto& header = parser_->get();
  const HttpCredentials& credentials = *loop_.credentials();
  const std::string_view target = view(header.target());
  const auto& open = loop_.handler().open_paths;
  if (!credentials.logins || std::ranges::find(open, target.substr(0, target.find('?'))) != open.end()) return true;
  const std::string_view given = view(header[http::field::authorization]);
  if (const auto bearer = parse_bearer(given); bearer && credentials.is_token(*bearer)) return true;
  auto login = header.count(http::field::authorization) == 1 ? parse_basic(given) : std::nullopt;
  const auto known = login ? loop_.known(*login) : std::optional(false);
  if (known == true) return true;
  if (known == false) return refuse(Refusal{401, "unauthorized", kReadersChallenge}), false;
  arm(request_ends_, OnExpiry::kClose);
  if (!loop_.check_later(shared_from_this(), std::move(*login))) refuse(Refusal{503, "too many logins wait to be checked: try again"});
  return false;
}

void HttpServer::Session::admitted() {
  if (parser_->is_done()) return answer();
  read_body();
}

void HttpServer::Session::read_body() {
  arm(request_ends_, OnExpiry::kAnswer);
  http::async_read(wire_, buffer_, *parser_, [self = shared_from_this()](const error_code& error, std::size_t) { self->on_body(error); });
}

void HttpServer::Session::on_body(const error_code& error) {
  if (!wire_.socket().is_open()) return;
  if (error) return refuse(expired_ ? Refusal{408, "the body took too long"} : explain(error));
  answer();
}

void HttpServer::Session::answer() {
  const auto& message = parser_->get();
  auto target = parse_target(view(message.target()));
  if (!target) return refuse(Refusal{400, "the target is not a valid path"});
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
  if (wire_.socket().is_open()) write(std::move(response), parser_->get().keep_alive());
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
  asio::async_write(wire_, asio::buffer(sending_), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || !self->wire_.socket().is_open()) return self->close();
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
  if (!wire_.socket().is_open()) return;
  auto taken = stream_->ring->after(stream_->place);
  if (taken.missed) return close();
  if (!sending_.empty() || taken.frames.empty()) return;
  stream_->place = taken.last;
  send(std::move(taken.frames));
}

void HttpServer::Session::await_hangup() {
  buffer_.clear();
  wire_.async_read_some(buffer_.prepare(512), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || !self->wire_.socket().is_open()) return self->close();
    self->await_hangup();
  });
}

// nullopt: there is nobody to answer to. What follows on the connection is not looked at.
void HttpServer::Session::refuse(const std::optional<Refusal>& refusal) {
  if (!refusal) return close();
  Response response{.status = refusal->status, .body = fmt::format("{}\n", refusal->why), .challenge = std::string(refusal->challenge)};
  if (refusal->status == 405) response.allow = kAllow;
  const std::string_view target = view(parser_->get().target());
  if (loop_.handler().api_error && (target.empty() ? asks_api(held()) : target.starts_with("/api/"))) {
    response.content_type = "application/json";
    response.body = loop_.handler().api_error(refusal->status, refusal->why);
  }
  write(std::move(response), false);
}

void HttpServer::Session::write(Response response, bool keep_alive) {
  const auto& message = parser_->get();
  if (loop_.handler().answered) loop_.handler().answered(view(message.method_string()), response);
  keep_alive_ = keep_alive && credentials_ == loop_.credentials();
  const std::string_view coding = compress(message, response);
  response_ = to_beast(std::move(response), message.version() == 10 ? 10 : 11, keep_alive_);
  if (!coding.empty()) response_.set(http::field::content_encoding, view(coding));
  serializer_.emplace(response_);
  arm(request_ends_, OnExpiry::kClose);
  const auto done = [self = shared_from_this()](const error_code& error, std::size_t) { self->on_written(error); };
  if (message.method() == http::verb::head) return http::async_write_header(wire_, *serializer_, done);
  http::async_write(wire_, *serializer_, done);
}

void HttpServer::Session::on_written(const error_code& error) {
  if (!wire_.socket().is_open()) return;
  if (error) return close();
  response_ = {};
  if (keep_alive_) return await_request();
  arm(std::chrono::steady_clock::now() + kDrainDeadline, OnExpiry::kClose);
  waiting_since_ = loop_.next_turn();
  if (!wire_.is_tls()) return end_sending();
  // Says that nothing was cut off. What the client answers to that, or sends still, is of no interest.
  wire_.encrypted().async_shutdown([self = shared_from_this()](const error_code&) {
    if (self->wire_.socket().is_open()) self->end_sending();
  });
}

void HttpServer::Session::end_sending() {
  error_code ignored;
  std::ignore = wire_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  arm(std::chrono::steady_clock::now() + kDrainDeadline, OnExpiry::kClose);
  drain();
}

// Closing with unread bytes would reset the connection and take the answer with it.
void HttpServer::Session::drain() {
  waiting_since_ = loop_.next_turn();
  buffer_.clear();
  wire_.socket().async_read_some(buffer_.prepare(kReadSize), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || !self->wire_.socket().is_open()) return self->close();
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
  scheme_ = tls_ ? "https" : "http";
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
    if (!tls_) socket.send(asio::buffer(kBusy.data(), kBusy.size()), 0, error);
    return;
  }
  std::ignore = socket.set_option(tcp::no_delay(true), error);
  sessions_.push_back(std::make_shared<Session>(*this, Wire(std::move(socket), tls_ ? &*tls_ : nullptr), peer.address()));
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

// Sessions that wait for the same login wait for one check.
bool HttpServer::Loop::check_later(std::shared_ptr<Session> session, BasicLogin login) {
  LoginCheck check{credentials_, std::move(login), {}, session->address().to_string()};
  check.digest = login_digest(check.login);
  if (const auto found = checking_.find(check.digest); found != checking_.end()) return found->second.push_back(std::move(session)), true;
  const auto of_address =
      std::ranges::count_if(checking_, [&](const auto& each) { return each.second.front()->address() == session->address(); });
  if (static_cast<std::size_t>(of_address) >= limits().logins_per_address) return false;
  if (options_.login_thread && !logins_.try_push(check)) return false;
  checking_[check.digest].push_back(std::move(session));
  if (!options_.login_thread) checked(check, check.by->logins->check(check.login));
  return true;
}

void HttpServer::Loop::run_logins() {
  using std::chrono::steady_clock;
  while (!logins_.drained()) {
    auto check = logins_.pop_for(std::chrono::milliseconds(200));
    if (!check) continue;
    const auto began = steady_clock::now();
    const bool right = check->by->logins->check(check->login);
    const auto rest = std::min<steady_clock::duration>((steady_clock::now() - began) * kRestAfterWrong, kLongestRest);
    asio::post(io_, [this, check = std::move(*check), right] { checked(check, right); });
    if (right) continue;
    for (const auto end = steady_clock::now() + rest; steady_clock::now() < end && !logins_.closed();)
      std::this_thread::sleep_for(kRestPart);
  }
}

void HttpServer::Loop::checked(const LoginCheck& check, bool right) {
  if (check.by == credentials_) memory_.learn(check.login.user, check.digest, right);
  if (!right) log_warn("login_refused", "a wrong login", {{"address", check.address}});
  auto waiting = checking_.extract(check.digest);
  for (const auto& session : waiting.mapped()) session->authorize();
}

void HttpServer::Loop::use(std::shared_ptr<const HttpCredentials> credentials) {
  credentials_ = std::move(credentials);
  memory_ = LoginMemory();
  tls_.reset();
  if (!credentials_->tls) return;
  SSL_CTX* const context = credentials_->tls->context.get();
  SSL_CTX_up_ref(context);
  tls_.emplace(context);
}

void HttpServer::Loop::set_credentials(std::shared_ptr<const HttpCredentials> credentials) {
  asio::post(io_, [this, next = std::move(credentials)]() mutable {
    if (next->content == credentials_->content) return;
    use(std::move(next));
    const auto sessions = sessions_;  // one that is closed leaves the list
    for (const auto& session : sessions) {
      if (session->is_stream()) session->close();
    }
  });
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
void HttpServer::run_logins() { loop_->run_logins(); }
void HttpServer::set_credentials(std::shared_ptr<const HttpCredentials> credentials) { loop_->set_credentials(std::move(credentials)); }
void HttpServer::stop() { loop_->stop(); }
std::uint16_t HttpServer::port() const { return loop_->local().port(); }

std::string HttpServer::url() const {
  const auto address = loop_->local().address();
  if (address.is_unspecified()) return fmt::format("{}://localhost:{}/", loop_->scheme(), port());
  const std::string host = address.is_v6() ? fmt::format("[{}]", address.to_string()) : address.to_string();
  return fmt::format("{}://{}:{}/", loop_->scheme(), host, port());
}

}  // namespace driftd
