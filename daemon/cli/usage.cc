#include "daemon/cli/usage.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "daemon/cli/look_at_arguments.h"
#include "daemon/cli/verb_table.h"

namespace driftd {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_upper(const std::string& word) {
  return std::ranges::any_of(word, [](unsigned char c) { return std::isupper(c) != 0; });
}

// CLI11 writes the type and behind a colon what the validators demand: "TEXT:{s,ms,us,ns}", "UINT:POSITIVE". We write words that are
// taken beside others as a type: "latest|earliest|TIME".
void read_type(const std::string& type, ArgumentUsage& argument) {
  const std::size_t colon = type.find(':');
  argument.value = type.substr(0, colon);
  if (argument.value.find('|') != std::string::npos) {
    for (std::string& word : split(argument.value, '|')) {
      if (!is_upper(word)) argument.choices.push_back(std::move(word));
    }
  }
  if (colon == std::string::npos || !type.substr(colon + 1).starts_with('{')) return;
  argument.choices = split(std::string_view(type).substr(colon + 2, type.size() - colon - 3), ',');
}

ArgumentUsage argument_of(const CLI::Option& option) {
  ArgumentUsage argument;
  for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  if (option.get_items_expected_max() > 0) read_type(option.get_type_name(), argument);
  // Of an operand the name says what it is; its type only where that is more than any text.
  if (argument.names.empty() && (argument.value == "TEXT" || argument.value.empty())) argument.value = option.get_name();
  argument.help = option.get_description();
  argument.standard = option.get_default_str();
  argument.required = option.get_required();
  argument.repeats = option.get_expected_max() > 1;
  return argument;
}

VerbUsage usage_of(const CLI::App& app, std::string name) {
  VerbUsage verb;
  verb.name = std::move(name);
  verb.summary = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    (option->nonpositional() ? verb.flags : verb.operands).push_back(argument_of(*option));
  }
  for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; })) {
    verb.verbs.push_back(usage_of(*below, below->get_name()));
  }
  return verb;
}

}  // namespace

std::vector<VerbUsage> usage_of_verbs() {
  std::vector<VerbUsage> usages;
  for (const Verb& verb : verbs()) {
    look_at_arguments(verb.run, [&](const CLI::App& app) {
      VerbUsage usage = usage_of(app, std::string(verb.name));
      usage.text = app.get_description();
      if (!app.get_footer().empty()) usage.text += "\n\n" + app.get_footer();
      usage.summary = verb.summary;
      usages.push_back(std::move(usage));
    });
  }
  std::vector<std::string> names;
  for (const VerbUsage& usage : usages) names.push_back(usage.name);
  for (VerbUsage& usage : usages) {
    for (ArgumentUsage& operand : usage.operands) {
      if (operand.value == "VERB") operand.choices = names;
    }
  }
  return usages;
}

bool takes_path(const ArgumentUsage& argument) { return argument.value == "FILE" || argument.value == "DIR"; }

std::vector<LeafVerb> leaf_verbs(const std::vector<VerbUsage>& verbs) {
  std::vector<LeafVerb> leaves;
  for (const VerbUsage& verb : verbs) {
    if (verb.verbs.empty()) leaves.push_back({verb.name, &verb});
    for (const VerbUsage& below : verb.verbs) leaves.push_back({verb.name + " " + below.name, &below});
  }
  return leaves;
}

}  // namespace driftd
