#include "daemon/api/routes.h"
namespace driftd {
HttpHandler Routes::handler() {
  return {[this](const Request& r) {
            Response out;
            const auto status = status_();
            std::string path;
            for (auto& p : r.path) path += "/" + p;
            if (path == "/metrics") {
              out.content_type = kExpositionType;
              out.body = exposition_.render(collect_samples(*status, answers_, {}));
            } else if (path == "/-/ready") {
              out.status = status->ready ? 200 : 503;
              for (auto& l : status->not_ready) out.body += l + "\n";
            }
            return out;
          },
          {}};
}
}  // namespace driftd
