// Bytes of what the alert stage remembers (daemon/runtime/codec.h). Equal values give equal bytes; every value that the state
// machines cannot reach fails the reader. Values only.
#pragma once

#include "daemon/alert/alert_life.h"
#include "daemon/runtime/codec.h"
#include "daemon/status.h"

namespace driftd {

void write_alert_life(ByteWriter& writer, const AlertLife& life);
AlertLife read_alert_life(ByteReader& reader);

void write_alert_status(ByteWriter& writer, const AlertStatus& status);
AlertStatus read_alert_status(ByteReader& reader);

}  // namespace driftd
