// What every verb takes, as data: read from the same CLI11 apps that the verbs parse with. Completions and the manual page walk it.
#pragma once

#include <string>
#include <vector>

namespace driftd {

struct ArgumentUsage {
  std::vector<std::string> names;    // "-c", "--config"; none: it goes by its place
  std::string value;                 // what stands for its value: FILE, DIR, MONITOR, TEXT, ...; "" = it takes none
  std::vector<std::string> choices;  // the words it takes, or some of them where `value` allows others
  std::string help;
  std::string standard;  // the default as far as the help shows it
  bool required = false;
  bool repeats = false;
};

struct VerbUsage {
  std::string name;     // "reference", below it "build"
  std::string summary;  // one line
  std::string text;     // the rest of its help: examples, exit codes
  std::vector<ArgumentUsage> operands, flags;
  std::vector<VerbUsage> verbs;
};

std::vector<VerbUsage> usage_of_verbs();

// A path of the file system: the value of a flag, or an operand.
bool takes_path(const ArgumentUsage& argument);

// The same for each verb that takes operands and flags itself, under its whole name: "run", "reference build".
struct LeafVerb {
  std::string path;
  const VerbUsage* verb;
};
std::vector<LeafVerb> leaf_verbs(const std::vector<VerbUsage>& verbs);

}  // namespace driftd
