// A server of one loopback port that takes one connection after the other, keeps each request and gives the next of its answers.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace driftd {

class AnsweringServer {
 public:
  // One connection an answer; "" = reads the request and says nothing until the client goes.
  explicit AnsweringServer(std::vector<std::string> answers) : answers_(std::move(answers)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
    ::listen(listener_, 16);
    socklen_t size = sizeof own;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(own.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~AnsweringServer() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  AnsweringServer(const AnsweringServer&) = delete;
  AnsweringServer& operator=(const AnsweringServer&) = delete;

  const std::string& url() const { return url_; }
  // When every answer was given: what was asked.
  const std::vector<std::string>& requests() {
    if (thread_.joinable()) thread_.join();
    return requests_;
  }

 private:
  static bool is_whole(std::string_view text) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    const std::size_t length = text.find("Content-Length: ");
    if (length == std::string_view::npos || length > end) return true;
    return text.size() - end - 4 >= std::stoul(std::string(text.substr(length + 16, 12)));
  }
  void serve() {
    for (const std::string& answer : answers_) {
      pollfd coming{listener_, POLLIN, 0};
      if (::poll(&coming, 1, 10'000) != 1) return;  // nobody asks: the test must not hang
      const int peer = ::accept(listener_, nullptr, nullptr);
      std::string text;
      char chunk[65536];
      for (ssize_t got = 1; got > 0 && (answer.empty() || !is_whole(text));) {
        got = ::recv(peer, chunk, sizeof chunk, 0);
        if (got > 0) text.append(chunk, static_cast<std::size_t>(got));
      }
      requests_.push_back(std::move(text));
      for (std::size_t sent = 0; sent < answer.size();) {
        const ssize_t more = ::send(peer, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (more <= 0) break;  // the client has read enough
        sent += static_cast<std::size_t>(more);
      }
      ::close(peer);
    }
  }

  std::vector<std::string> answers_, requests_;
  int listener_;
  std::string url_;
  std::thread thread_;
};

inline std::string http_answer(int status, std::string_view body = "", std::string_view headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(headers) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace driftd
