// Bytes as a snapshot file, as they are and with their checksums made right: refused, or an engine goes on from it that saves, loads and
// counts like any other.
#include "daemon/state/snapshot.h"

#include "tests/fuzz/sealed.h"
#include "tests/fuzz/small_engine.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {
namespace {

const EnginePlan& plan() {
  static const auto kPlan = make_engine_plan(small_config(), {small_reference(), small_reference()}).value();
  return *kPlan;
}

void try_file(std::string_view bytes) {
  const auto snapshot = decode_snapshot(bytes);
  if (!snapshot) return require(!snapshot.error().empty(), "what is refused has a reason");
  require(decode_snapshot(encode_snapshot(*snapshot)) == *snapshot, "a snapshot is read as it was written");
  SmallEngine engine(plan());
  if (!engine.restore(*snapshot)) return;
  const Snapshot saved = engine.save();
  SmallEngine next(plan());
  require(next.restore(saved), "a restored engine saves what can be restored");
  require(next.save() == saved, "equal state gives equal bytes");
  next.consume(small_topics(300, 20));
  SmallEngine last(plan());
  require(last.restore(next.save()), "an engine that went on saves what can be restored");
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (const int rows : {0, 20, 200}) {
    SmallEngine engine(plan());
    require(engine.restore({}), "an engine starts without a snapshot");
    engine.consume(small_topics(0, rows));
    Snapshot snapshot = engine.save();
    snapshot.generation = 7;
    out.push_back(encode_snapshot(snapshot));
  }
  return out;
}

void try_input(std::string_view input) {
  try_file(input);
  try_file(sealed_snapshot(std::string(input)));
}

}  // namespace driftd::fuzz
