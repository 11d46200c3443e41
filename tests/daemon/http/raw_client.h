// A client that sends exactly the bytes it is told to, and waits at most ten seconds for anything.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace driftd::test {

// What comes from a server, read up to where somebody wants it. Client::read_some() appends to held_; false: nothing will come any more.
template <class Client>
class ReadsAnswers {
 public:
  // Until the server closes.
  std::string read_all() {
    while (client().read_some()) {
    }
    return std::exchange(held_, {});
  }
  // All up to this text and with it; what came until the server closed where it does not come.
  std::string read_until(std::string_view text) {
    std::size_t at = std::string::npos;
    while ((at = held_.find(text)) == std::string::npos) {
      if (!client().read_some()) return std::exchange(held_, {});
    }
    std::string out = held_.substr(0, at + text.size());
    held_.erase(0, out.size());
    return out;
  }

 protected:
  std::string held_;

 private:
  Client& client() { return static_cast<Client&>(*this); }
};

class RawClient : public ReadsAnswers<RawClient> {
 public:
  // from: the client's own address, any of 127.0.0.0/8.
  explicit RawClient(std::uint16_t port, const char* from = "127.0.0.1") : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval wait{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    const sockaddr_in own = address(from, 0), peer = address("127.0.0.1", port);
    ::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0;
  }
  RawClient(RawClient&& other) noexcept : ReadsAnswers(std::move(other)), fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool connected() const { return connected_; }
  int descriptor() const { return fd_; }
  void send(std::string_view bytes) { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  void finish_sending() { ::shutdown(fd_, SHUT_WR); }

  // Whether something has come, or the server has closed, before this time is over.
  bool answered_within(std::chrono::milliseconds time) {
    pollfd waited{fd_, POLLIN, 0};
    return ::poll(&waited, 1, static_cast<int>(time.count())) > 0;
  }
  // One answer: header, and the body its Content-Length says. "": closed before.
  std::string read_response() {
    std::size_t end = std::string::npos;
    while ((end = held_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_some()) return {};
    }
    std::size_t size = end + 4;
    if (const auto at = held_.find("Content-Length: "); at < end) size += std::stoul(held_.substr(at + 16));
    while (held_.size() < size) {
      if (!read_some()) return {};
    }
    std::string response = held_.substr(0, size);
    held_.erase(0, size);
    return response;
  }

 private:
  friend class ReadsAnswers<RawClient>;
  static sockaddr_in address(const char* text, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    ::inet_pton(AF_INET, text, &out.sin_addr);
    return out;
  }
  bool read_some() {
    char chunk[4096];
    const auto n = ::recv(fd_, chunk, sizeof chunk, 0);
    if (n > 0) held_.append(chunk, static_cast<std::size_t>(n));
    return n > 0;
  }

  int fd_;
  bool connected_ = false;
};

}  // namespace driftd::test
