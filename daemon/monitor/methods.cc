#include "daemon/monitor/methods.h"

#include "detectors/registry.h"

namespace driftd {

std::string_view interned_method(std::string_view name) {
  for (const std::string_view check : {kMissing, kTypeMismatch, kOutOfRange, kUnseenCategory}) {
    if (check == name) return check;
  }
  if (const TwoSampleMethod* method = find_two_sample(name)) return method->name;
  if (const DetectorSpec* spec = find_sequential(name)) return spec->name;
  return {};
}

}  // namespace driftd
