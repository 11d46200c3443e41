// A judgement as bytes: the last one of each monitor is part of the state, so that gauges and page are right after a restart.
#pragma once

#include "daemon/monitor/verdict.h"
#include "daemon/runtime/codec.h"

namespace driftd {

void save_judgement(const Judgement& judgement, ByteWriter& out);
bool load_judgement(ByteReader& in, Judgement& judgement);  // false: corrupt, or a method this version does not know

}  // namespace driftd
