#include "daemon/http/logins.h"

#include <doctest/doctest.h>

using namespace driftd;

namespace {

// Made by crypt(3): bcrypt with 16 rounds, SHA-512 with 1,000.
const std::string kHorse = "$2b$04$JlHxLN20aQ9rFBWuKiyEIuMOMfM5vJt6wSN9UJamtqr6eWXqMaZbK";  // correct horse
const std::string kHunter =
    "$6$rounds=1000$rVQZnkGvQLknX4JB$ScjqewrKq2aoOfv/JQYeFv4G7cNB7eAyjgbzhiexoefL61/hCaxNaMlOnEVcI72347Lqm6Fh1oypi5j9lTr6I.";  // hunter2

std::string error_of(const std::string& text) {
  const auto logins = Logins::parse(text);
  return logins ? "" : logins.error();
}

}  // namespace

TEST_CASE("a login is right when user and password are") {
  const auto logins = Logins::parse("# who may read\n\nprometheus:" + kHorse + "\r\nannå:" + kHunter);
  REQUIRE(logins.has_value());
  struct Row {
    BasicLogin login;
    bool right;
  };
  for (const auto& [login, right] :
       {Row{{"prometheus", "correct horse"}, true}, Row{{"annå", "hunter2"}, true}, Row{{"annå", "correct horse"}, false},
        Row{{"prometheus", "hunter2"}, false}, Row{{"prometheus", ""}, false}, Row{{"prometheus", "correct horse "}, false},
        Row{{"nobody", "correct horse"}, false}, Row{{"", ""}, false}, Row{{"prometheus", std::string(513, 'x')}, false},
        Row{{"# who may read", ""}, false}}) {
    CAPTURE(login.user);
    CAPTURE(login.password);
    CHECK(logins->check(login) == right);
  }
}

TEST_CASE("a file that cannot be used is refused with its line") {
  const std::string made = "make it with htpasswd -nB USER, or mkpasswd -m yescrypt";
  CHECK(error_of("") == "holds no user:hash line");
  CHECK(error_of("# nothing\n") == "holds no user:hash line");
  CHECK(error_of("a:" + kHorse + "\nb\n") == "line 2: expected user:hash");
  CHECK(error_of(":" + kHorse) == "line 1: expected user:hash");
  CHECK(error_of("a:" + kHorse + "\n\na:" + kHunter) == "line 3: this user has a line already");
  CHECK(error_of("a:hunter2") == "line 1: its hash is of an old kind that is guessed quickly; " + made);  // as DES would be
  CHECK(error_of("a:$1$Fky7GeoH$Tr9BNVOVCPbRAxmaj9XFq/") == "line 1: its hash is of an old kind that is guessed quickly; " + made);
  CHECK(error_of("a:$apr1$Fky7GeoH$Tr9BNVOVCPbRAxmaj9XFq/") == "line 1: its hash is none of crypt(3); " + made);
  CHECK(error_of("a:" + kHorse.substr(0, 40)) == "line 1: its hash is cut short or too long; " + made);
  CHECK(error_of("a:" + kHorse + "x") == "line 1: its hash is cut short or too long; " + made);
  std::string many;
  for (int i = 0; i <= 100; ++i) many += std::to_string(i) + ":" + kHorse + "\n";
  CHECK(error_of(many) == "line 101: more than 100 users");
}

TEST_CASE("what was checked is remembered: one right login a user, and the last wrong ones") {
  LoginMemory memory(2);
  const auto of = [](const char* user, const char* password) { return login_digest({user, password}); };
  CHECK_FALSE(memory.known(of("a", "1")).has_value());
  memory.learn("a", of("a", "1"), true);
  CHECK(memory.known(of("a", "1")) == true);
  memory.learn("a", of("a", "2"), true);
  CHECK(memory.known(of("a", "2")) == true);
  CHECK_FALSE(memory.known(of("a", "1")).has_value());
  for (const char* guess : {"x", "y", "y", "z"}) memory.learn("a", of("a", guess), false);
  CHECK_FALSE(memory.known(of("a", "x")).has_value());
  CHECK(memory.known(of("a", "y")) == false);
  CHECK(memory.known(of("a", "z")) == false);
  CHECK(memory.known(of("a", "2")) == true);
}
