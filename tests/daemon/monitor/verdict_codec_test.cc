#include "daemon/monitor/verdict_codec.h"

#include <doctest/doctest.h>

#include "daemon/monitor/methods.h"

namespace driftd {

namespace {

Judgement sample() {
  Judgement judgement;
  judgement.monitor = 2;
  judgement.start_us = -5;
  judgement.end_us = 7;
  judgement.complete = false;
  judgement.segment_rows = {10, 4};
  judgement.offsets = {{{"t", 1}, 3, 9}};
  Verdict verdict;
  verdict.feature = 1;
  verdict.segment = 1;
  verdict.status = Status::kOk;
  verdict.rows = 9;
  verdict.classes = {9, 1, 0, 0, 0, 0, 0};
  verdict.log_p = -3.5;
  Measure measure;
  measure.method = interned_method("adwin");
  measure.policy = Policy::kSequential;
  measure.score.status = Status::kOk;
  measure.score.m = 5;
  measure.detections = 2;
  measure.before = 0.25;
  measure.alarm = true;
  verdict.drift = {measure};
  measure.method = kOutOfRange;
  verdict.quality = {measure};
  verdict.cells = {{"(1, 2]", 4, 5, 0.125}};
  judgement.verdicts = {verdict};
  return judgement;
}

std::string bytes_of(const Judgement& judgement) {
  ByteWriter out;
  save_judgement(judgement, out);
  return out.take();
}

}  // namespace

TEST_CASE("a judgement comes back as it was") {
  const std::string bytes = bytes_of(sample());
  Judgement loaded;
  ByteReader in(bytes);
  REQUIRE(load_judgement(in, loaded));
  CHECK(in.done());
  CHECK(bytes_of(loaded) == bytes);
  CHECK(loaded.verdicts[0].drift[0].method == "adwin");
  CHECK(loaded.verdicts[0].quality[0].method == "out_of_range");
  CHECK(loaded.offsets == sample().offsets);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader cut(std::string_view(bytes).substr(0, size));
    CHECK_FALSE((load_judgement(cut, loaded) && cut.done()));
  }
}

TEST_CASE("names of methods have static storage; unknown ones are refused") {
  for (const char* name : {"psi", "ks", "chi_square", "adwin", "missing", "unseen_category"})
    CHECK(interned_method(std::string(name)) == name);
  CHECK(interned_method("kl").empty());
}

}  // namespace driftd
