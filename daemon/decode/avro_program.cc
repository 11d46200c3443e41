#include "daemon/decode/avro_program.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace driftd {
namespace {

constexpr std::size_t kMostSteps = 1'000'000;
constexpr std::uint32_t kNoRoutine = UINT32_MAX;

class Compiler {
 public:
  Compiler(const AvroSchema& schema, AvroProgram& program) : schema_(schema), program_(program) {
    program_.routines.assign(schema.types.size(), kNoRoutine);
    empty_.resize(schema.types.size());
  }

  // False: the schema is too large.
  bool compile(const PlannedField& fields) {
    read(schema_.root, fields);
    emit({AvroStep::kReturn});
    for (; !wanted_.empty() && !too_large(); wanted_.pop_front()) {
      program_.routines[wanted_.front()] = here();
      step_over_parts(wanted_.front());
      emit({AvroStep::kReturn});
    }
    return !too_large();
  }

 private:
  const AvroType& type(AvroTypeId id) const { return schema_.types[id]; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(program_.ops.size()); }
  bool too_large() const { return program_.ops.size() > kMostSteps; }

  void emit(AvroOp op) {
    const bool merges = op.step == AvroStep::kSkipBytes && here() > fence_ && program_.ops.back().step == AvroStep::kSkipBytes &&
                        program_.ops.back().a <= (UINT32_MAX >> 1) && op.a <= (UINT32_MAX >> 1);
    if (merges) {
      program_.ops.back().a += op.a;
    } else if (!too_large()) {
      program_.ops.push_back(op);
    }
  }
  // What is emitted from here on is jumped to.
  std::uint32_t label() { return fence_ = here(); }

  // ---- What is read

  void read(AvroTypeId id, const PlannedField& planned) {
    const AvroType& t = type(id);
    const Field& field = planned.field;
    if (!planned.read()) return step_over(id);
    const auto value = [&](AvroStep step, std::uint32_t a = 0, std::uint32_t b = 0) { emit({step, a, b, &field}); };
    switch (t.kind) {
      case AvroKind::kNull: return holds_value(field) ? value(AvroStep::kNull) : void();
      case AvroKind::kBoolean: return value(AvroStep::kBoolean);
      case AvroKind::kInt: return value(t.logical == AvroLogical::kDate ? AvroStep::kDate : AvroStep::kInt);
      case AvroKind::kLong:
        if (t.logical == AvroLogical::kNone) return value(AvroStep::kLong);
        return value(AvroStep::kTime, static_cast<std::uint32_t>(unit_of(t.logical)));
      case AvroKind::kFloat: return value(AvroStep::kFloat);
      case AvroKind::kDouble: return value(field.reads == Reads::kNumber ? AvroStep::kNumber : AvroStep::kDouble);
      case AvroKind::kString: return value(AvroStep::kText);
      case AvroKind::kEnum:
        program_.symbols.push_back(t.symbols);
        return value(AvroStep::kEnum, static_cast<std::uint32_t>(program_.symbols.size() - 1));
      case AvroKind::kBytes:
        if (t.logical == AvroLogical::kDecimal) return value(AvroStep::kDecimalBlob, 0, t.scale);
        break;
      case AvroKind::kFixed:
        if (t.logical == AvroLogical::kDecimal) return value(AvroStep::kDecimalFixed, static_cast<std::uint32_t>(t.bytes), t.scale);
        break;
      case AvroKind::kUnion: return read_union(t, planned);
      case AvroKind::kRecord: return read_record(t, planned);
      case AvroKind::kArray:
      case AvroKind::kMap: break;
    }
    value(AvroStep::kPresent);
    step_over(id);
  }

  // Whether anything is read of the field itself, and not only of what is below it.
  static bool holds_value(const Field& field) { return field.numeric != kNoColumn || field.category != kNoColumn || field.event_time; }

  static TimeUnit unit_of(AvroLogical logical) {
    if (logical == AvroLogical::kMillis) return TimeUnit::kMilliseconds;
    return logical == AvroLogical::kMicros ? TimeUnit::kMicroseconds : TimeUnit::kNanoseconds;
  }

  void read_record(const AvroType& record, const PlannedField& planned) {
    if (holds_value(planned.field)) emit({AvroStep::kPresent, 0, 0, &planned.field});
    static const PlannedField kNobody;
    for (const AvroField& field : record.fields) {
      const PlannedField* child = planned.child(field.name);
      read(field.type, child == nullptr ? kNobody : *child);
    }
  }

  void read_union(const AvroType& united, const PlannedField& planned) {
    const auto null_and_double = [&](AvroTypeId one, AvroTypeId other) {
      return type(one).kind == AvroKind::kNull && type(other).kind == AvroKind::kDouble;
    };
    if (united.parts.size() == 2 && planned.field.reads == Reads::kNumber) {
      // The byte is the branch in zigzag.
      if (null_and_double(united.parts[0], united.parts[1])) return emit({AvroStep::kNumber, 2, 1, &planned.field});
      if (null_and_double(united.parts[1], united.parts[0])) return emit({AvroStep::kNumber, 0, 1, &planned.field});
    }
    branches(united, [&](AvroTypeId branch) { read(branch, planned); });
  }

  template <class Each>
  void branches(const AvroType& united, Each each) {
    const auto first = static_cast<std::uint32_t>(program_.targets.size());
    program_.targets.resize(first + united.parts.size());
    emit({AvroStep::kUnion, first, static_cast<std::uint32_t>(united.parts.size())});
    std::vector<std::uint32_t> jumps;
    for (std::size_t i = 0; i < united.parts.size(); ++i) {
      program_.targets[first + i] = label();
      each(united.parts[i]);
      if (too_large()) return;
      if (i + 1 == united.parts.size()) break;
      jumps.push_back(here());
      emit({AvroStep::kJump});
    }
    const std::uint32_t end = label();
    for (const std::uint32_t jump : jumps) {
      if (jump < here()) program_.ops[jump].a = end;
    }
  }

  // ---- What is not

  void step_over(AvroTypeId id) {
    const AvroType& t = type(id);
    switch (t.kind) {
      case AvroKind::kNull: return;
      case AvroKind::kBoolean: return emit({AvroStep::kSkipBoolean});
      case AvroKind::kInt: return emit({AvroStep::kSkipInt});
      case AvroKind::kLong: return emit({AvroStep::kSkipLong});
      case AvroKind::kFloat: return emit({AvroStep::kSkipBytes, 4});
      case AvroKind::kDouble: return emit({AvroStep::kSkipBytes, 8});
      case AvroKind::kString: return emit({AvroStep::kSkipText});
      case AvroKind::kBytes: return emit({AvroStep::kSkipBlob});
      case AvroKind::kFixed: return emit({AvroStep::kSkipBytes, static_cast<std::uint32_t>(t.bytes)});
      case AvroKind::kEnum: return emit({AvroStep::kSkipEnum, static_cast<std::uint32_t>(t.symbols.size())});
      case AvroKind::kUnion: return branches(t, [this](AvroTypeId branch) { step_over(branch); });
      case AvroKind::kArray:
      case AvroKind::kMap: return step_over_blocks(t);
      case AvroKind::kRecord: return call(id);
    }
  }

  // Records are stepped over by a routine each: one may hold itself, and many may hold the same.
  void call(AvroTypeId id) {
    if (program_.routines[id] == kNoRoutine && std::ranges::find(wanted_, id) == wanted_.end()) wanted_.push_back(id);
    emit({AvroStep::kCall, id});
  }

  void step_over_parts(AvroTypeId record) {
    fence_ = here();
    for (const AvroField& field : type(record).fields) step_over(field.type);
  }

  void step_over_blocks(const AvroType& container) {
    const std::uint32_t blocks = here();
    const bool empty = container.kind == AvroKind::kArray && takes_no_bytes(container.parts[0]);
    emit({AvroStep::kBlocks, 0, empty ? 1U : 0U});
    label();
    if (container.kind == AvroKind::kMap) emit({AvroStep::kSkipText});
    step_over(container.parts[0]);
    if (!too_large()) program_.ops[blocks].a = label();
  }

  // Items of no bytes come in any number without end; they are not looped over. A record that holds itself takes some, or never ends.
  bool takes_no_bytes(AvroTypeId id) {
    const AvroType& t = type(id);
    if (t.kind == AvroKind::kNull) return true;
    if (t.kind == AvroKind::kFixed) return t.bytes == 0;
    if (t.kind != AvroKind::kRecord) return false;
    if (!empty_[id]) {
      empty_[id] = false;
      empty_[id] = std::ranges::all_of(t.fields, [&](const AvroField& field) { return takes_no_bytes(field.type); });
    }
    return *empty_[id];
  }

  const AvroSchema& schema_;
  AvroProgram& program_;
  std::deque<AvroTypeId> wanted_;           // records without a routine yet
  std::vector<std::optional<bool>> empty_;  // by record: whether it takes no bytes
  std::uint32_t fence_ = 0;                 // steps before it are not merged with
};

}  // namespace

std::expected<AvroProgram, std::string> compile_avro(const AvroSchema& schema, const PlannedField& fields) {
  AvroProgram program;
  if (!Compiler(schema, program).compile(fields)) return std::unexpected("the schema is too large");
  return program;
}

}  // namespace driftd
