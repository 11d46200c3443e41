// A server of one connection that answers with exactly the bytes it is told to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "daemon/runtime/published.h"

namespace driftd::test {

// Listens, takes one connection and answers with these bytes; "" = says nothing until the client goes.
class RawServer {
 public:
  explicit RawServer(std::string answer) : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
    ::listen(listener_, 1);
    socklen_t size = sizeof own;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(own.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~RawServer() {
    thread_.join();
    ::close(listener_);
  }
  const std::string& url() const { return url_; }
  std::string asked() const { return *asked_.load(); }  // the first bytes of the question, once it is answered

 private:
  void serve() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    char chunk[4096];
    if (answer_.empty()) {
      while (::recv(peer, chunk, sizeof chunk, 0) > 0) {
      }
    } else if (const ssize_t size = ::recv(peer, chunk, sizeof chunk, 0); size > 0) {
      asked_.store(std::make_shared<const std::string>(chunk, static_cast<std::size_t>(size)));
      ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
    ::close(peer);
  }
  std::string answer_, url_;
  int listener_;
  Published<std::string> asked_;
  std::thread thread_;
};

}  // namespace driftd::test
