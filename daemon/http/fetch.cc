#include "daemon/http/fetch.h"

#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "daemon/http/endpoint.h"

namespace driftd {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds kStep{20};

std::string host_header(const HttpAddress& address) {
  const std::string& host = address.endpoint.host;
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", address.endpoint.port);
}

// One exchange over a stream that is a TCP one at the bottom. Each step is an asynchronous operation that is waited for: only those
// have a deadline and can be given up.
template <class Stream>
class Exchange {
 public:
  Exchange(asio::io_context& io, Stream& stream, const FetchOptions& options) : io_(io), stream_(stream), options_(options) {}

  error_code connect(const tcp::resolver::results_type& found) {
    return finish([&](auto done) {
      beast::get_lowest_layer(stream_).async_connect(found, [done](error_code error, const tcp::endpoint&) { done(error); });
    });
  }

  error_code handshake() {
    return finish([&](auto done) { stream_.async_handshake(ssl::stream_base::client, done); });
  }

  error_code get(const http::request<http::empty_body>& request) {
    parser_.body_limit(options_.body_bytes);
    error_code error = finish([&](auto done) { http::async_write(stream_, request, [done](error_code e, std::size_t) { done(e); }); });
    // The header alone first: where header and body come together, Beast 1.74 forgets that the body is over its limit.
    if (!error)
      error =
          finish([&](auto done) { http::async_read_header(stream_, buffer_, parser_, [done](error_code e, std::size_t) { done(e); }); });
    if (!error)
      error = finish([&](auto done) { http::async_read(stream_, buffer_, parser_, [done](error_code e, std::size_t) { done(e); }); });
    return error;
  }

  HttpAnswer take() { return {static_cast<int>(parser_.get().result_int()), std::move(parser_.get().body())}; }

 private:
  error_code finish(const std::function<void(std::function<void(error_code)>)>& start) {
    error_code result;
    start([&result](error_code error) { result = error; });
    io_.restart();
    while (!io_.stopped()) {
      io_.run_for(kStep);
      if (!io_.stopped() && options_.give_up && options_.give_up()) {
        error_code ignored;
        beast::get_lowest_layer(stream_).socket().close(ignored);
        io_.run();
        return asio::error::operation_aborted;
      }
    }
    return result;
  }

  asio::io_context& io_;
  Stream& stream_;
  const FetchOptions& options_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

std::string words(const error_code& error, const FetchOptions& options) {
  if (error == beast::error::timeout) return "no answer in time";
  if (error == http::error::body_limit) return fmt::format("the answer is larger than {} bytes", options.body_bytes);
  if (error == http::error::end_of_stream || error == asio::error::eof || error == ssl::error::stream_truncated)
    return "closed without a whole answer";
  if (error.category() == http::make_error_code(http::error::end_of_stream).category())
    return "what answers does not speak HTTP: " + error.message();
  return error.message();
}

using Answer = std::expected<HttpAnswer, std::string>;

template <class Stream>
Answer ask(Exchange<Stream>& exchange, const http::request<http::empty_body>& request, const FetchOptions& options) {
  if (const error_code error = exchange.get(request)) return std::unexpected(words(error, options));
  return exchange.take();
}

struct Ask {
  const HttpAddress& address;
  const tcp::resolver::results_type& found;
  const http::request<http::empty_body>& request;
  const FetchOptions& options;
  std::chrono::steady_clock::time_point until;
};

Answer ask_plain(asio::io_context& io, const Ask& what) {
  beast::tcp_stream stream(io);
  stream.expires_at(what.until);
  Exchange exchange(io, stream, what.options);
  if (const error_code error = exchange.connect(what.found)) return std::unexpected(words(error, what.options));
  return ask(exchange, what.request, what.options);
}

std::string trust(ssl::context& context, const std::string& ca_file) {
  error_code error;
  ca_file.empty() ? context.set_default_verify_paths(error) : context.load_verify_file(ca_file, error);
  return error ? fmt::format("the certificates in '{}' cannot be read: {}", ca_file, error.message()) : "";
}

Answer ask_encrypted(asio::io_context& io, const Ask& what) {
  ssl::context context(ssl::context::tls_client);
  if (std::string problem = trust(context, what.options.ca_file); !problem.empty()) return std::unexpected(std::move(problem));
  beast::ssl_stream<beast::tcp_stream> stream(io, context);
  const std::string& host = what.address.endpoint.host;
  stream.set_verify_mode(ssl::verify_peer);
  stream.set_verify_callback(ssl::host_name_verification(host));
  error_code not_address;
  asio::ip::make_address(host, not_address);
  if (not_address) SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  beast::get_lowest_layer(stream).expires_at(what.until);
  Exchange exchange(io, stream, what.options);
  if (const error_code error = exchange.connect(what.found)) return std::unexpected(words(error, what.options));
  if (const error_code error = exchange.handshake()) {
    return std::unexpected(error == beast::error::timeout ? words(error, what.options) : "TLS: " + error.message());
  }
  return ask(exchange, what.request, what.options);
}

}  // namespace

Answer http_fetch(const std::string& url, const std::string& target, const FetchOptions& options) {
  const auto address = parse_web_url(url);
  if (!address) return std::unexpected("not an address to ask: expected http://HOST:PORT or https://HOST:PORT");
  const auto until = std::chrono::steady_clock::now() + options.timeout;
  asio::io_context io(1);
  error_code error;
  const auto found = tcp::resolver(io).resolve(address->endpoint.host, std::to_string(address->endpoint.port), error);
  if (error) return std::unexpected(fmt::format("the name '{}' is not known: {}", address->endpoint.host, error.message()));
  http::request<http::empty_body> request{http::verb::get, address->path + target, 11};
  request.set(http::field::host, host_header(*address));
  request.set(http::field::user_agent, "driftd");
  for (const auto& [name, value] : options.headers) request.set(name, value);
  request.keep_alive(false);
  const Ask what{*address, found, request, options, until};
  return address->tls ? ask_encrypted(io, what) : ask_plain(io, what);
}

}  // namespace driftd
