// Numbers and names as a person reads them in a sentence. Pure; the same input gives the same text everywhere.
#pragma once

#include <string>
#include <string_view>

namespace driftd {

// A share of rows: 0.24 -> "24%", 0.05 -> "5.0%", 0.0012 -> "0.1%", 0 -> "0%". What is not all or nothing is never rounded to it:
// "over 99%", "under 0.01%".
std::string share_words(double share);

// Three significant digits, whole from a thousand to a million: 0.21, 0.171, 8412, 1.23e+07.
std::string number_words(double value);

// "psi" -> "PSI". A method without an entry reads as its own name.
std::string method_words(std::string_view method);

// Text from rows (a category) for a sentence: cut to 120 bytes at a character's end, with "…" where it was cut.
std::string clipped(std::string_view text);

}  // namespace driftd
