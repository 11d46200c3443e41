// Schemas for verbs that read a few records: asks the registry on the caller's own thread, until it knows or cannot know.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/registry/schema_registry.h"

namespace driftd {

class AskedSchemas {
 public:
  // Without a stream that needs it nothing is ever asked. The error is a line for the operator.
  static std::expected<AskedSchemas, std::string> of(const SchemaRegistryConfig& config, const std::vector<StreamConfig>& streams);

  // "", or why the registry cannot be asked. Blocks for the timeout of the configuration.
  std::string reach() const;
  // Sets the schemas of a batch; "" or what stands in the way. Blocks until every id is answered.
  std::string attach(const std::string& topic, MessageBatch& batch);

 private:
  std::string url_;
  SchemaRegistry::Ask ask_;
  std::unique_ptr<SchemaRegistry> registry_;  // null: not needed
};

}  // namespace driftd
