// The kept corpus of requests that two programs could read in two ways, that are too much, or that nobody here serves: each with the status
// that it gets. Behind each a whole request follows on the same connection, which must not be answered.
#pragma once

#include <string>
#include <vector>

namespace driftd::test {

struct RefusedRequest {
  std::string name, bytes;
  int status;
};

inline std::string request(const std::string& fields, const std::string& body = "", const std::string& line = "GET / HTTP/1.1") {
  return line + "\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

inline std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// ---- Two lengths ----

inline std::vector<RefusedRequest> two_lengths() {
  const std::string chunked = "Transfer-Encoding: chunked\r\n", last = "0\r\n\r\n", post = "POST / HTTP/1.1";
  return {
      {"CL.TE: length, then chunked", request("Content-Length: 6\r\n" + chunked, last + "G", post), 400},
      {"TE.CL: chunked, then length", request(chunked + "Content-Length: 4\r\n", "5c\r\n" + last, post), 400},
      {"two lengths that differ", request("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
      {"two lengths that agree", request("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"a list of lengths", request("Content-Length: 3, 3\r\n", "abc"), 400},
      {"a list of lengths that differ", request("Content-Length: 3,4\r\n", "abcd"), 400},
  };
}

// ---- A length that is no plain number ----

inline std::vector<RefusedRequest> lengths() {
  return {
      {"+5", request("Content-Length: +5\r\n", "abcde"), 400},
      {"-1", request("Content-Length: -1\r\n"), 400},
      {"0x5", request("Content-Length: 0x5\r\n", "abcde"), 400},
      {"5 with a letter", request("Content-Length: 5a\r\n", "abcde"), 400},
      {"5 5", request("Content-Length: 5 5\r\n", "abcde"), 400},
      {"5.0", request("Content-Length: 5.0\r\n", "abcde"), 400},
      {"1e1", request("Content-Length: 1e1\r\n", "abcdefghij"), 400},
      {"empty", request("Content-Length:\r\n"), 400},
      {"blank", request("Content-Length: \t\r\n"), 400},
      {"quoted", request("Content-Length: \"5\"\r\n", "abcde"), 400},
      {"2^64", request("Content-Length: 18446744073709551616\r\n"), 400},
      {"2^64 + 3", request("Content-Length: 18446744073709551619\r\n", "abc"), 400},
      {"100 digits", request("Content-Length: " + std::string(100, '9') + "\r\n"), 400},
      {"2^63", request("Content-Length: 9223372036854775808\r\n"), 413},
      {"a byte over 1 MiB", request("Content-Length: 1048577\r\n"), 413},
  };
}

// ---- Encodings of a body ----

inline std::vector<RefusedRequest> encodings() {
  const std::string chunked = "Transfer-Encoding: chunked\r\n", last = "0\r\n\r\n", post = "POST / HTTP/1.1";
  return {
      {"chunked", request(chunked, "3\r\nabc\r\n" + last, post), 411},
      {"a chunk of 2^64", request(chunked, "10000000000000000\r\nabc\r\n" + last, post), 411},
      {"a chunk of -1", request(chunked, "-1\r\nabc\r\n" + last, post), 411},
      {"a chunk of 0x3", request(chunked, "0x3\r\nabc\r\n" + last, post), 411},
      {"a long chunk extension", request(chunked, "3;" + std::string(20'000, 'x') + "\r\nabc\r\n" + last, post), 411},
      {"a bare LF in a chunk extension", request(chunked, "3;a\nabc\r\n" + last, post), 411},
      {"chunk data longer than it says", request(chunked, "3\r\nabcd\r\n" + last, post), 411},
      {"no chunk at all", request(chunked, "zz\r\n", post), 411},
      {"a space before the colon", request("Transfer-Encoding : chunked\r\n", last, post), 400},
      {"a tab before the colon", request("Transfer-Encoding\t: chunked\r\n", last, post), 400},
      {"chunked, identity", request("Transfer-Encoding: chunked, identity\r\n", last, post), 400},
      {"identity, chunked", request("Transfer-Encoding: identity, chunked\r\n", last, post), 400},
      {"gzip, chunked", request("Transfer-Encoding: gzip, chunked\r\n", last, post), 400},
      {"identity", request("Transfer-Encoding: identity\r\n", "", post), 400},
      {"xchunked", request("Transfer-Encoding: xchunked\r\n", last, post), 400},
      {"chunked with a parameter", request("Transfer-Encoding: chunked;q=1\r\n", last, post), 400},
      {"chunked in quotes", request("Transfer-Encoding: \"chunked\"\r\n", last, post), 400},
      {"chunked twice in a field", request("Transfer-Encoding: chunked, chunked\r\n", last, post), 400},
      {"chunked in two fields", request(chunked + chunked, last, post), 400},
      {"chunked and an unknown one", request(chunked + "Transfer-Encoding: x\r\n", last, post), 400},
      {"no encoding named", request("Transfer-Encoding:\r\n", "", post), 400},
      {"chunked behind a vertical tab",
       request("Transfer-Encoding: \x0B"
               "chunked\r\n",
               last, post),
       400},
      {"chunked in HTTP/1.0", request(chunked, last, "POST / HTTP/1.0"), 400},
      {"an underscore for the hyphen, beside the real one", request("Transfer_Encoding: chunked\r\nContent-Length: 0x3\r\n", "abc"), 400},
  };
}

// ---- Ends of lines ----

inline std::vector<RefusedRequest> line_ends() {
  return {
      {"bare LF everywhere", "GET / HTTP/1.1\nHost: localhost\n\n", 400},
      {"bare LF after the request line", "GET / HTTP/1.1\nHost: localhost\r\n\r\n", 400},
      {"bare LF after a field", "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400},
      {"bare LF at the end", "GET / HTTP/1.1\r\nHost: localhost\r\n\n", 400},
      {"bare CR within a value", request("X: a\rContent-Length: 3\r\n"), 400},
      {"bare CR at the end", "GET / HTTP/1.1\r\nHost: localhost\r\n\rX: y\r\n\r\n", 400},
      {"CR CR LF", request("X: a\r\r\n"), 400},
      {"an empty line before the request line", "\r\n" + request(""), 400},
  };
}

// ---- Fields ----

inline std::vector<RefusedRequest> fields() {
  const std::string last = "0\r\n\r\n", post = "POST / HTTP/1.1", nul(1, '\0');
  return {
      {"a folded field", request("X: a\r\n b\r\n"), 400},
      {"a folded length", request("Content-Length:\r\n 3\r\n", "abc"), 400},
      {"a fold before the first field", "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
      {"a folded Transfer-Encoding", request("Transfer-Encoding:\r\n\tchunked\r\n", last, post), 400},
      {"a space before the colon of a length", request("Content-Length : 3\r\n", "abc"), 400},
      {"a space within a name", request("Content Length: 3\r\n", "abc"), 400},
      {"a NUL in a name", request("X" + nul + "Y: a\r\n"), 400},
      {"a NUL in a value", request("X: a" + nul + "b\r\n"), 400},
      {"a control byte in a name", request("X\x01: a\r\n"), 400},
      {"a control byte in a value", request("X: a\x01\r\n"), 400},
      {"DEL in a value", request("X: a\x7f\r\n"), 400},
      {"a byte over 127 in a name", request("X\xE9: a\r\n"), 400},
      {"a field without a colon", request("X\r\n"), 400},
      {"a field without a name", request(": a\r\n"), 400},
      {"101 fields", request(repeated("X: y\r\n", 100)), 431},
      {"a field over 8 KiB", request("X: " + std::string(9000, 'a') + "\r\n"), 431},
      {"many fields over 8 KiB", request(repeated("X: " + std::string(200, 'a') + "\r\n", 50)), 431},
  };
}

// ---- Whom it is for ----

inline std::vector<RefusedRequest> hosts() {
  return {
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", request("Host: localhost\r\n"), 400},
      {"another host", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
      {"an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 421},
      {"a host with a login", "GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n", 421},
      {"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 421},
      {"absolute form", request("", "", "GET http://localhost/ HTTP/1.1"), 400},
      {"absolute form with another host", request("", "", "GET http://evil.example/ HTTP/1.1"), 400},
      {"no path", request("", "", "GET localhost HTTP/1.1"), 400},
      {"a broken escape", request("", "", "GET /%zz HTTP/1.1"), 400},
      {"an escaped NUL", request("", "", "GET /%00 HTTP/1.1"), 400},
      {"a target over 8 KiB", request("", "", "GET /" + std::string(9000, 'a') + " HTTP/1.1"), 414},
  };
}

// ---- The request line ----

inline std::vector<RefusedRequest> request_lines() {
  return {
      {"a space in the target", request("", "", "GET /a b HTTP/1.1"), 400},
      {"two spaces", request("", "", "GET  / HTTP/1.1"), 400},
      {"a tab for a space", request("", "", "GET\t/ HTTP/1.1"), 400},
      {"a space at the end", request("", "", "GET / HTTP/1.1 "), 400},
      {"a byte over 127 in the target", request("", "", "GET /\xC3\xA9 HTTP/1.1"), 400},
      {"no version (HTTP/0.9)", "GET /\r\n\r\n", 400},
      {"HTTP/0.9 by name", request("", "", "GET / HTTP/0.9"), 505},
      {"HTTP/1.2", request("", "", "GET / HTTP/1.2"), 505},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"small letters", request("", "", "GET / http/1.1"), 400},
      {"not HTTP", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400},
  };
}

// ---- Methods ----

inline std::vector<RefusedRequest> methods() {
  return {
      {"PUT", request("Content-Length: 2\r\n", "{}", "PUT /-/reload HTTP/1.1"), 405},
      {"POST from a page of a browser", request("Origin: https://evil.example\r\nContent-Length: 2\r\n", "{}", "POST /-/reload HTTP/1.1"),
       403},
      {"TRACE", request("", "", "TRACE / HTTP/1.1"), 405},
      {"CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
      {"OPTIONS *", request("", "", "OPTIONS * HTTP/1.1"), 405},
      {"an unknown method", request("", "", "BREW / HTTP/1.1"), 405},
      {"small letters of a method", request("", "", "get / HTTP/1.1"), 405},
  };
}

inline std::vector<RefusedRequest> refused_requests() {
  std::vector<RefusedRequest> all;
  for (const auto& part : {two_lengths(), lengths(), encodings(), line_ends(), fields(), hosts(), request_lines(), methods()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace driftd::test
