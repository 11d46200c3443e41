// `driftd completion bash|zsh|fish`: the script on stdout.
#include "daemon/cli/completion.h"

#include <cstdio>
#include <string_view>

#include "daemon/cli/arguments.h"
#include "daemon/cli/verb_table.h"

namespace driftd {

std::string with_monitors(std::string script) {
  constexpr std::string_view kHole = "@MONITORS@";
  return script.replace(script.find(kHole), kHole.size(), "config print $config 2>/dev/null | sed -n '/^monitors:/,$ s/^  - name: //p'");
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    // Out of the quotes, escaped, and in again: what bash, zsh and fish all read alike.
    if (c == '\'' || c == '\\') {
      out += std::string("'\\") + c + "'";
    } else {
      out += c;
    }
  }
  return out + "'";
}

int run_completion(std::span<const std::string> args) {
  CLI::App app(
      "Print a script that completes driftd's verbs and flags. The Debian package installs all three.\n\nExamples:\n"
      "  source <(driftd completion bash)\n"
      "  driftd completion zsh > ~/.zfunc/_driftd\n"
      "  driftd completion fish > ~/.config/fish/completions/driftd.fish",
      "driftd completion");
  std::string shell;
  app.add_option("SHELL", shell, "For which shell")->check(CLI::IsMember({"bash", "zsh", "fish"}))->required();
  if (const auto done = parse_arguments(app, args)) return *done;
  const auto verbs = usage_of_verbs();
  const std::string script = shell == "bash" ? bash_completion(verbs) : shell == "zsh" ? zsh_completion(verbs) : fish_completion(verbs);
  std::fputs(script.c_str(), stdout);
  return kExitOk;
}

}  // namespace driftd
