// One record through both readings of JSON: speculation, if it accepts, has to agree with the DOM in verdict and in every bit.
// For tests and fuzzers; the state that speculation learns goes on from record to record.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/decode/json_decoder.h"
#include "daemon/decode/json_speculative.h"

namespace driftd {

class JsonDifferential {
 public:
  explicit JsonDifferential(DecodePlan plan, Simd simd = chosen_simd())
      : plan_(std::move(plan)),
        dom_(make_json_decoder(plan_, JsonReading::kDomOnly)),
        fields_(plan_),
        row_(plan_),
        speculation_(fields_, row_, simd) {
    reserve(plan_, wanted_);
    reserve(plan_, got_);
  }

  // "": they agree. Otherwise what differs.
  std::string compare(std::string_view record) {
    text_.assign(kScanBytes, '7');
    text_.append(record);
    text_.append(kScanBytes, '\0');
    Message message;
    message.payload = std::string_view(text_).substr(kScanBytes, record.size());
    clear(got_);
    fields_.begin_record();
    row_.start(got_);
    const bool read = speculation_.read(text_.data() + kScanBytes, record.size());
    if (!read) {
      row_.discard();
      clear(wanted_);  // a row that was given up leaves nothing behind
      return difference();
    }
    ++accepted_;
    const auto reject = row_.finish(message);
    if (reject) got_.rejected.push_back({0, *reject});
    dom_->decode({&message, 1}, 0, wanted_);
    return difference();
  }
  std::size_t accepted() const { return accepted_; }  // by speculation, of the records so far

 private:
  std::string difference() const {
    if (wanted_.rejected.size() != got_.rejected.size()) return "verdict";
    if (!wanted_.rejected.empty() && wanted_.rejected[0].reason != got_.rejected[0].reason) return "reason";
    if (wanted_.rows != got_.rows) return "rows";
    if (wanted_.rows == 1 && wanted_.event_time_us[0] != got_.event_time_us[0]) return "event time";
    if (!same_bits(wanted_.numeric, got_.numeric)) return "numbers";
    if (!same_bits(wanted_.category, got_.category)) return "categories";
    if (wanted_.numeric_class != got_.numeric_class) return "classes of numbers";
    if (wanted_.category_class != got_.category_class) return "classes of categories";
    if (std::memcmp(wanted_.error.data(), got_.error.data(), sizeof got_.error) != 0) return "error";
    if (wanted_.rows == 1 && plan_.keep_answers) {
      if (wanted_.event_id[0] != got_.event_id[0]) return "event id";
      if (wanted_.prediction[0] != got_.prediction[0] || wanted_.label[0] != got_.label[0]) return "prediction or label";
    }
    const auto same_unseen = [](const UnseenCategory& a, const UnseenCategory& b) { return a.slot == b.slot && a.name == b.name; };
    return std::ranges::equal(wanted_.unseen, got_.unseen, same_unseen) ? "" : "unseen categories";
  }

  template <class Cell>
  static bool same_bits(const std::vector<Cell>& a, const std::vector<Cell>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(Cell)) == 0;
  }

  DecodePlan plan_;
  std::unique_ptr<Decoder> dom_;
  FieldTree fields_;
  JsonRow row_;
  JsonSpeculation speculation_;
  RecordBatch wanted_, got_;
  std::string text_;
  std::size_t accepted_ = 0;
};

}  // namespace driftd
