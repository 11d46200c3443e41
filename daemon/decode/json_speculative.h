// Reads a JSON record that looks as records usually do, in one pass from its text to the columns, without a parse tree. It guesses the
// next field from the order that records had so far (FieldTree), and checks every byte that it passes. What it accepts the DOM accepts,
// with the same bits in every column; whatever else it meets, right or wrong, is for the DOM to say: an escape, more than 19
// significant digits, an exponent near the ends of double, deep nesting. It never rejects.
// The idea of speculating on the shape of records: Li, Katsipoulakis, Chandramouli, Goldstein, Kossmann, "Mison: A Fast JSON Parser
// for Data Analytics", VLDB 2017.
// Shard thread; one object a decoder. No allocation. Cost: 5-12 ns a field.
#pragma once

#include <cstddef>

#include "daemon/decode/field_tree.h"
#include "daemon/decode/json_number.h"
#include "daemon/decode/json_value.h"

namespace driftd {

class JsonSpeculation {
 public:
  JsonSpeculation(FieldTree& fields, JsonRow& row, Simd simd = chosen_simd())
      : fields_(fields), row_(row), read_number_(number_reader(simd)) {}

  // text: the record; kScanBytes zero bytes stand behind it, and as many of any value before it. The row is begun and the tree's record
  // too. False: nothing is known of the record; what was written of the row has to be discarded.
  bool read(const char* text, std::size_t bytes);

 private:
  const char* object(const char* at, Field& parent, int depth);
  const char* find(const char* at, Field& parent, Followers& after, Field*& field);
  const char* value(const char* at, Field& field, int depth);
  const char* take(const char* at, Field& field, int depth);
  const char* skip(const char* at, int depth);
  const char* skip_container(const char* at, int depth);

  FieldTree& fields_;
  JsonRow& row_;
  NumberReader read_number_;
};

}  // namespace driftd
