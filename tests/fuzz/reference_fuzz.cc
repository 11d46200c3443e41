// Bytes as a .ref file, as they are and with their checksums made right: refused, or written again as it was read, and a monitor can
// stand on it.
#include "daemon/reference/reference_format.h"

#include "tests/fuzz/sealed.h"
#include "tests/fuzz/small_engine.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {
namespace {

// Rows through a monitor on this reference, until windows are judged.
void monitor_on(std::shared_ptr<const Reference> reference) {
  const auto plan = make_engine_plan(small_config(), {reference, reference});
  if (!plan) return require(!plan.error().empty(), "what is refused has a reason");
  SmallEngine engine(**plan);
  require(engine.restore({}), "an engine starts without a snapshot");
  engine.consume(small_topics(0, 200));
  SmallEngine next(**plan);
  require(next.restore(engine.save()), "an engine on it saves what can be restored");
}

void try_file(std::string_view bytes) {
  auto reference = decode_reference(bytes);
  if (!reference) return require(!reference.error().empty(), "what is refused has a reason");
  require(looks_like_reference(bytes), "what is read looks like it");
  const std::string written = encode_reference(*reference);
  const auto again = decode_reference(written);
  require(again.has_value(), "what is written can be read");
  require(encode_reference(*again) == written, "equal references give equal bytes");
  monitor_on(std::make_shared<const Reference>(std::move(*reference)));
}

}  // namespace

std::vector<std::string> seeds() {
  Reference plain = *small_reference(), segments = plain;
  segments.segment_by = {"country"};
  segments.segments = {"country=DE"};
  segments.segment_rows.push_back(0);
  for (FeatureReference& feature : segments.features) {
    feature.segments.emplace_back().cells.assign(feature.cell_count(), 0);
  }
  return {encode_reference(plain), encode_reference(segments)};
}

void try_input(std::string_view input) {
  try_file(input);
  try_file(sealed_reference(std::string(input)));
}

}  // namespace driftd::fuzz
