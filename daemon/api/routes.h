// What answers which path: /metrics and /-/ready. The API and the page join here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "daemon/http/message.h"
#include "daemon/metrics/collect.h"
#include "daemon/metrics/exposition.h"
#include "daemon/status.h"

namespace driftd {

class Routes {
 public:
  using StatusSource = std::function<std::shared_ptr<const DaemonStatus>()>;
  Routes(StatusSource status, std::uint32_t max_series) : status_(std::move(status)), exposition_(max_series) {}
  HttpHandler handler();

 private:
  StatusSource status_;
  Exposition exposition_;
  HttpAnswers answers_;
};

}  // namespace driftd
