#include "tests/bench/readers.h"

#include <simdjson.h>

#include <utility>

#include "tests/bench/contest.h"

namespace driftd::bench {
namespace {

// The payload in a buffer with a zeroed tail, as every simdjson parser needs it.
class Padded {
 public:
  std::string_view copy(std::string_view payload) {
    if (bytes_.size() < payload.size() + simdjson::SIMDJSON_PADDING) bytes_.resize(2 * payload.size() + simdjson::SIMDJSON_PADDING);
    payload.copy(bytes_.data(), payload.size());
    std::fill_n(bytes_.data() + payload.size(), simdjson::SIMDJSON_PADDING, '\0');
    return {bytes_.data(), payload.size()};
  }
  std::size_t capacity() const { return bytes_.size(); }

 private:
  std::vector<char> bytes_;
};

class ParseOnly final : public Reader {
 public:
  bool read(std::string_view payload, double* /*values*/) override {
    const std::string_view text = padded_.copy(payload);
    return parser_.parse(text.data(), text.size(), false).error() == simdjson::SUCCESS;
  }

 private:
  Padded padded_;
  simdjson::dom::parser parser_;
};

class DomReader final : public Reader {
 public:
  explicit DomReader(std::vector<std::string> keys) : keys_(std::move(keys)) {}

  bool read(std::string_view payload, double* values) override {
    const std::string_view text = padded_.copy(payload);
    simdjson::dom::object object;
    if (parser_.parse(text.data(), text.size(), false).get(object) != simdjson::SUCCESS) return false;
    std::size_t at = 0;
    for (const auto field : object) {
      if (field.key != keys_[at++]) return false;
      std::string_view string;
      if (field.value.is_string() && field.value.get(string) == simdjson::SUCCESS) {
        keep(string);
      } else if (field.value.get(*values) == simdjson::SUCCESS) {
        ++values;
      }
    }
    return true;
  }

 private:
  std::vector<std::string> keys_;
  Padded padded_;
  simdjson::dom::parser parser_;
};

class OnDemandReader final : public Reader {
 public:
  explicit OnDemandReader(std::vector<std::string> keys) : keys_(std::move(keys)) {}

  bool read(std::string_view payload, double* values) override {
    const std::string_view text = padded_.copy(payload);
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    if (parser_.iterate(text.data(), text.size(), padded_.capacity()).get(document) != simdjson::SUCCESS) return false;
    if (document.get_object().get(object) != simdjson::SUCCESS) return false;
    std::size_t at = 0;
    for (auto field : object) {
      if (field.key() != keys_[at++].c_str()) return false;
      simdjson::ondemand::value value;
      if (field.value().get(value) != simdjson::SUCCESS || !take(value, values)) return false;
    }
    return true;
  }

 private:
  static bool take(simdjson::ondemand::value& value, double*& values) {
    std::string_view string;
    if (value.get_string().get(string) == simdjson::SUCCESS) return keep(string), true;
    return value.get_double().get(*values++) == simdjson::SUCCESS;
  }

  std::vector<std::string> keys_;
  Padded padded_;
  simdjson::ondemand::parser parser_;
};

}  // namespace

std::unique_ptr<Reader> make_parse_only(std::vector<std::string> /*keys*/) { return std::make_unique<ParseOnly>(); }
std::unique_ptr<Reader> make_dom_reader(std::vector<std::string> keys) { return std::make_unique<DomReader>(std::move(keys)); }
std::unique_ptr<Reader> make_on_demand_reader(std::vector<std::string> keys) { return std::make_unique<OnDemandReader>(std::move(keys)); }

}  // namespace driftd::bench
