#include "daemon/http/client.h"

#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <utility>

#include "daemon/http/endpoint.h"

namespace driftd {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// One exchange. Each step is an asynchronous operation that is waited for: only those have a deadline.
class Exchange {
 public:
  Exchange(const HttpAddress& base, const HttpGetLimits& limits) : base_(base), limits_(limits) {}

  error_code connect() {
    error_code error;
    const auto found = tcp::resolver(io_).resolve(base_.endpoint.host, std::to_string(base_.endpoint.port), error);
    if (error) return error;
    stream_.expires_after(limits_.connect);
    return finish([&](auto done) { stream_.async_connect(found, [done](error_code result, const tcp::endpoint&) { done(result); }); });
  }

  error_code get(const std::string& target) {
    http::request<http::empty_body> request{http::verb::get, base_.path + target, 11};
    const std::string& host = base_.endpoint.host;
    const bool v6 = host.find(':') != std::string::npos;
    request.set(http::field::host, fmt::format("{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", base_.endpoint.port));
    request.set(http::field::user_agent, "driftd");
    request.keep_alive(false);
    parser_.body_limit(limits_.body_bytes);
    stream_.expires_after(limits_.answer);
    error_code error =
        finish([&](auto done) { http::async_write(stream_, request, [done](error_code result, std::size_t) { done(result); }); });
    const auto read = [&](auto start) {
      if (!error) error = finish([&](auto done) { start([done](error_code result, std::size_t) { done(result); }); });
    };
    // The header alone first: where header and body come together, Beast 1.74 forgets that the body is over its limit.
    read([&](auto done) { http::async_read_header(stream_, buffer_, parser_, done); });
    read([&](auto done) { http::async_read(stream_, buffer_, parser_, done); });
    return error;
  }

  HttpAnswer take() { return {static_cast<int>(parser_.get().result_int()), std::move(parser_.get().body())}; }

 private:
  error_code finish(const std::function<void(std::function<void(error_code)>)>& start) {
    error_code result;
    start([&result](error_code error) { result = error; });
    io_.restart();
    io_.run();
    return result;
  }

  const HttpAddress& base_;
  const HttpGetLimits& limits_;
  asio::io_context io_{1};
  beast::tcp_stream stream_{io_};
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

std::string words(const error_code& error, const HttpGetLimits& limits) {
  if (error == beast::error::timeout) return "no answer in time";
  if (error == http::error::body_limit) return fmt::format("the answer is larger than {} bytes", limits.body_bytes);
  if (error == http::error::end_of_stream) return "closed without an answer";
  return error.message();
}

}  // namespace

std::expected<HttpAnswer, std::string> http_get(const std::string& url, const std::string& target, const HttpGetLimits& limits) {
  const auto base = parse_http_url(url);
  if (!base) return std::unexpected(fmt::format("'{}' is not an address to ask: expected http://HOST:PORT", url));
  Exchange exchange(*base, limits);
  error_code error = exchange.connect();
  if (!error) error = exchange.get(target);
  if (error) return std::unexpected(fmt::format("{}: {}", url, words(error, limits)));
  return exchange.take();
}

}  // namespace driftd
