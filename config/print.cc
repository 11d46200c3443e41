#include "config/print.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <string_view>

#include "config/bind.h"
#include "config/field_value.h"
#include "config/fields.h"

namespace driftd {
namespace {

// Breaks a help text into comment lines.
std::string comment(std::string_view text, const std::string& indent) {
  constexpr std::size_t kWidth = 110;
  std::string out;
  while (!text.empty()) {
    std::size_t cut = text.size();
    if (indent.size() + text.size() > kWidth) cut = text.rfind(' ', kWidth - indent.size());
    if (cut == std::string_view::npos) cut = text.size();
    out += fmt::format("{}# {}\n", indent, text.substr(0, cut));
    text = cut < text.size() ? text.substr(cut + 1) : std::string_view{};
  }
  return out;
}

// Walks table and structs together and writes one line a key. What stands beside or above a key, and which keys are left out,
// is up to the two kinds of page.
class Page {
 public:
  explicit Page(Document& document) : document_(document) {}
  virtual ~Page() = default;

  std::string write() {
    write_keys(key_table(), &document_, "", "");
    return std::move(text_);
  }

 protected:
  virtual bool left_out(const Field& field) const = 0;
  virtual std::string above(const Field& field, const std::string& indent) const = 0;
  virtual std::string value(const Field& field, void* owner) const { return print_leaf(field, field.slot(owner)); }
  virtual std::string beside(const std::string& path) const = 0;

  std::string text_;

 private:
  void write_keys(const Field& group, void* owner, const std::string& path, const std::string& indent) {
    for (const auto& key : group.keys) {
      if (!left_out(key)) write_key(key, owner, join_path(path, key.name), indent);
    }
  }
  void write_key(const Field& key, void* owner, const std::string& path, const std::string& indent) {
    text_ += above(key, indent);
    if (is_leaf(key)) {
      text_ += fmt::format("{}{}: {}{}\n", indent, key.name, value(key, owner), beside(path));
    } else if (key.type == FieldType::kEntries) {
      write_entries(key, path, indent);
    } else {
      text_ += fmt::format("{}{}:\n", indent, key.name);
      write_keys(key, owner, path, indent + "  ");
    }
  }
  void write_entries(const Field& key, const std::string& path, const std::string& indent) {
    const std::size_t count = key.count(document_);
    text_ += fmt::format("{}{}:{}\n", indent, key.name, count == 0 ? " []" : "");
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t start = text_.size();
      write_keys(key, key.entry(document_, i), fmt::format("{}[{}]", path, i), indent + "    ");
      // The first key of an entry carries the dash.
      std::size_t first = start;
      while (text_.compare(first + indent.size() + 4, 1, "#") == 0) first = text_.find('\n', first) + 1;
      text_[first + indent.size() + 2] = '-';
    }
  }

  Document& document_;
};

class EffectivePage final : public Page {
 public:
  EffectivePage(Document& document, const std::map<std::string, std::string>* origins) : Page(document), origins_(origins) {}

 private:
  bool left_out(const Field& field) const override { return field.stream_key || field.monitor_default; }
  std::string above(const Field& /*field*/, const std::string& /*indent*/) const override { return ""; }
  std::string beside(const std::string& path) const override {
    if (origins_ == nullptr) return "";
    const auto origin = origins_->find(path);
    return "  # " + (origin == origins_->end() ? "default" : origin->second);
  }

  const std::map<std::string, std::string>* origins_;
};

class ReferencePage final : public Page {
 public:
  using Page::Page;

 private:
  // `defaults` takes the keys that the entry of a monitor shows.
  bool left_out(const Field& field) const override { return field.name == "defaults" || (field.stream_key && field.name != "topic"); }
  std::string above(const Field& field, const std::string& indent) const override {
    std::string text = indent.empty() && !text_.empty() ? "\n" : "";
    text += comment(field.help, indent);
    if (field.stream_key) text += fmt::format("{}# ", indent);
    return text;
  }
  std::string value(const Field& field, void* owner) const override {
    return field.example.empty() ? Page::value(field, owner) : field.example;
  }
  std::string beside(const std::string& /*path*/) const override { return ""; }
};

Document document_of(const Config& config) {
  Document document;
  document.config = config;
  for (const auto& monitor : config.monitors) document.monitors.emplace_back().monitor = monitor;
  return document;
}

}  // namespace

std::string print_config(const Config& config, const std::map<std::string, std::string>* origins) {
  Document document = document_of(config);
  return EffectivePage(document, origins).write();
}

std::string print_reference() {
  Document document;
  document.config.streams.emplace_back();
  document.monitors.emplace_back();
  return ReferencePage(document).write();
}

std::string hash_of(const Config& config) {
  const std::string text = print_config(config);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size())).substr(0, 12);
}

}  // namespace driftd
