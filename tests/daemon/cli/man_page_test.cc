#include "daemon/cli/man_page.h"

#include <doctest/doctest.h>

#include <array>
#include <string_view>

#include "config/key_help.h"
#include "daemon/cli/usage.h"

using namespace driftd;

namespace {

std::string plain(std::string roff) {
  constexpr std::array<std::array<std::string_view, 2>, 6> kEscapes{
      {{"\\-", "-"}, {"\\(aq", "'"}, {"\\(ga", "`"}, {"\\(ha", "^"}, {"\\(ti", "~"}, {"\\e", "\\"}}};
  for (const auto& [escape, character] : kEscapes) {
    for (std::size_t at = roff.find(escape); at != std::string::npos; at = roff.find(escape, at))
      roff.replace(at, escape.size(), character);
  }
  return roff;
}

}  // namespace

TEST_CASE("the page of verbs has every verb, flag, help and choice") {
  const std::string page = plain(verbs_man_page());
  const auto all = usage_of_verbs();
  for (const LeafVerb& leaf : leaf_verbs(all)) {
    CHECK_MESSAGE(page.find("\\fBdriftd " + leaf.path + "\\fR") != std::string::npos, leaf.path);
    for (const ArgumentUsage& flag : leaf.verb->flags) {
      if (flag.names.back() == "--help") continue;
      CHECK_MESSAGE(page.find("\\fB" + flag.names.back() + "\\fR") != std::string::npos, leaf.path, flag.names.back());
      CHECK_MESSAGE(page.find("\n" + flag.help + "\n") != std::string::npos, leaf.path, flag.help);
    }
  }
  CHECK(page.find("\nOne of: s, ms, us, ns.\nDefault: ms.\n") != std::string::npos);
}

TEST_CASE("the page of the configuration has every key with its help and default") {
  const std::string page = plain(config_man_page());
  for (const KeyHelp& key : key_help())
    CHECK_MESSAGE(page.find("\n\\fB" + key.path + "\\fR\n" + key.help + "\n") != std::string::npos, key.path);
  CHECK(page.find("Takes a path; default \"\".\n") != std::string::npos);
}

TEST_CASE("no line is taken for a macro by mistake, and every macro is one of ours") {
  for (const std::string& page : {verbs_man_page(), config_man_page()}) {
    for (std::size_t at = page.find("\n."); at != std::string::npos; at = page.find("\n.", at + 1)) {
      const std::string macro = page.substr(at + 2, 2);
      CHECK_MESSAGE(std::string("TH SH SS TP PP RS RE nf fi br BR").find(macro) != std::string::npos, page.substr(at, 40));
    }
    CHECK(page.find("\n'") == std::string::npos);
  }
}
