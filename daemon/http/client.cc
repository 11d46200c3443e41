#include "daemon/http/client.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <limits>
#include <memory>
#include <optional>
#include <tuple>

#include "daemon/http/endpoint.h"
#include "daemon/runtime/bounded_call.h"

namespace driftd {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::milliseconds;
using tcp = asio::ip::tcp;
using SteadyTime = std::chrono::steady_clock::time_point;
using Addresses = tcp::resolver::results_type;

// The connection of an exchange. Each step is an asynchronous operation that is waited for: only those have a deadline.
class Connection {
 public:
  explicit Connection(const std::function<bool()>& stop) : stop_(stop) {}

  void deadline(SteadyTime until) { lowest().expires_at(until); }
  error_code connect(const Addresses& addresses) {
    return finish([&](auto done) { lowest().async_connect(addresses, [done](error_code result, const tcp::endpoint&) { done(result); }); });
  }
  // After connect: what follows is encrypted. The certificate must be of this host and of somebody who is trusted.
  error_code encrypt(const std::string& host, const HttpReceiver& receiver);

  template <class Message>
  error_code write(Message& message) {
    return with_stream([&](auto& stream) {
      return finish([&](auto done) { http::async_write(stream, message, [done](error_code result, std::size_t) { done(result); }); });
    });
  }
  template <class Parser>
  error_code read_header(Parser& parser) {
    return with_stream([&](auto& stream) {
      return finish([&](auto done) { http::async_read_header(stream, buffer_, parser, [done](error_code e, std::size_t) { done(e); }); });
    });
  }
  template <class Parser>
  error_code read_some(Parser& parser) {
    return with_stream([&](auto& stream) {
      return finish([&](auto done) { http::async_read_some(stream, buffer_, parser, [done](error_code e, std::size_t) { done(e); }); });
    });
  }

 private:
  using Plain = beast::tcp_stream;
  using Encrypted = beast::ssl_stream<beast::tcp_stream>;

  Plain& lowest() { return encrypted_ ? beast::get_lowest_layer(*encrypted_) : *plain_; }
  template <class Step>
  error_code with_stream(Step step) {
    return encrypted_ ? step(*encrypted_) : step(*plain_);
  }
  error_code finish(const std::function<void(std::function<void(error_code)>)>& start) {
    error_code result;
    bool done = false;
    start([&](error_code error) {
      result = error;
      done = true;
    });
    io_.restart();
    if (!stop_) io_.run();
    while (!done) {
      io_.run_for(milliseconds(50));
      if (!done && stop_()) lowest().close();  // which ends the operation
    }
    return result;
  }

  const std::function<bool()>& stop_;
  asio::io_context io_{1};
  std::optional<Plain> plain_{std::in_place, io_};
  std::optional<asio::ssl::context> tls_;
  std::optional<Encrypted> encrypted_;
  beast::flat_buffer buffer_;
};

error_code Connection::encrypt(const std::string& host, const HttpReceiver& receiver) {
  error_code error;
  tls_.emplace(asio::ssl::context::tls_client);
  std::ignore = tls_->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  if (receiver.ca_file.empty()) std::ignore = tls_->set_default_verify_paths(error);
  if (!receiver.ca_file.empty()) std::ignore = tls_->load_verify_file(receiver.ca_file, error);
  if (!error && !receiver.cert_file.empty()) std::ignore = tls_->use_certificate_chain_file(receiver.cert_file, error);
  if (!error && !receiver.key_file.empty()) std::ignore = tls_->use_private_key_file(receiver.key_file, asio::ssl::context::pem, error);
  if (error) return error;
  encrypted_.emplace(std::move(*plain_), *tls_);
  encrypted_->set_verify_mode(asio::ssl::verify_peer, error);
  encrypted_->set_verify_callback(asio::ssl::host_name_verification(host), error);
  error_code is_name;
  asio::ip::make_address(host, is_name);  // only a name may stand in the greeting
  if (is_name) SSL_set_tlsext_host_name(encrypted_->native_handle(), host.c_str());
  return finish([&](auto done) { encrypted_->async_handshake(asio::ssl::stream_base::client, done); });
}

std::string words(const error_code& error) {
  if (error == beast::error::timeout) return "no answer in time";
  if (error == http::error::end_of_stream) return "closed without an answer";
  return error.message();
}

// An address as it stands needs nobody to look it up; a name is looked up on a thread of its own, which may take for ever.
std::expected<Addresses, std::string> resolve(const Endpoint& endpoint, milliseconds budget, const std::function<bool()>& stop) {
  struct Lookup {
    std::string host, port;
    error_code error;
    Addresses found;
  };
  const auto lookup = std::make_shared<Lookup>(Lookup{endpoint.host, std::to_string(endpoint.port), {}, {}});
  const auto work = [lookup] {
    asio::io_context io{1};
    lookup->found = tcp::resolver(io).resolve(lookup->host, lookup->port, lookup->error);
  };
  error_code is_name;
  asio::ip::make_address(endpoint.host, is_name);
  if (!is_name) work();
  if (is_name && !call_within(budget, work, stop)) return std::unexpected("DNS: no answer in time");
  if (lookup->error) return std::unexpected("DNS: " + lookup->error.message());
  return lookup->found;
}

http::request<http::string_body> request_of(http::verb verb, const ReceiverAddress& address, const HttpPost& post) {
  http::request<http::string_body> request{verb, address.target, 11};
  request.set(http::field::host, host_header(address));
  for (const auto& [name, value] : post.headers) request.set(name, value);
  request.keep_alive(false);
  request.body() = post.body;
  request.prepare_payload();
  return request;
}

// One exchange with a receiver.
class Delivery {
 public:
  Delivery(const HttpReceiver& receiver, const std::function<bool()>& stop)
      : receiver_(receiver), stop_(stop), until_(std::chrono::steady_clock::now() + receiver.timeout), connection_(stop) {}

  std::expected<void, std::string> connect() {
    const auto parsed = parse_receiver_url(receiver_.url);
    if (!parsed) return std::unexpected("not an address to send to: expected http:// or https://");
    address_ = *parsed;
    const auto found = resolve(address_.endpoint, receiver_.timeout, stop_);
    if (!found) return std::unexpected(found.error());
    connection_.deadline(until_);
    if (const error_code error = connection_.connect(*found)) return std::unexpected(words(error));
    if (!address_.tls) return {};
    if (const error_code error = connection_.encrypt(address_.endpoint.host, receiver_)) {
      return std::unexpected("TLS: " + words(error));
    }
    return {};
  }

  std::expected<HttpAnswer, std::string> send(http::verb verb, const HttpPost& post) {
    auto request = request_of(verb, address_, post);
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // it is cut below, where it does not cost the status
    error_code error = connection_.write(request);
    // A receiver may answer and close before it has read everything.
    const error_code header = connection_.read_header(parser);
    if (header) return std::unexpected(words(error ? error : header));
    error = {};
    while (!error && !parser.is_done() && parser.get().body().size() < receiver_.body_bytes) error = connection_.read_some(parser);
    auto& answer = parser.get();
    const auto retry_after = answer[http::field::retry_after];
    std::string body = std::move(answer.body());
    body.resize(std::min(body.size(), receiver_.body_bytes));
    return HttpAnswer{static_cast<int>(answer.result_int()), std::move(body), std::string(retry_after.data(), retry_after.size())};
  }

 private:
  const HttpReceiver& receiver_;
  const std::function<bool()>& stop_;
  SteadyTime until_;
  Connection connection_;
  ReceiverAddress address_;
};

std::expected<HttpAnswer, std::string> exchange(http::verb verb, const HttpReceiver& receiver, const HttpPost& post,
                                                const std::function<bool()>& stop) {
  Delivery delivery(receiver, stop);
  if (auto connected = delivery.connect(); !connected) return std::unexpected(std::move(connected.error()));
  return delivery.send(verb, post);
}

}  // namespace

std::expected<HttpAnswer, std::string> http_post(const HttpReceiver& receiver, const HttpPost& post, const std::function<bool()>& stop) {
  return exchange(http::verb::post, receiver, post, stop);
}

std::expected<HttpAnswer, std::string> http_fetch(const HttpReceiver& receiver, const HttpPost& request,
                                                  const std::function<bool()>& stop) {
  return exchange(http::verb::get, receiver, request, stop);
}

std::expected<void, std::string> http_reach(const HttpReceiver& receiver) {
  const std::function<bool()> never;
  return Delivery(receiver, never).connect();
}

}  // namespace driftd
