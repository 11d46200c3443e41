// What a client would rather have, by its Accept and Accept-Encoding headers (RFC 9110, 12.5). Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace driftd {

// A form in which a resource can be had.
struct MediaOffer {
  std::string_view type;     // "text/plain"
  std::string_view version;  // of its parameter `version`; "": it has none
};

// The offer with the highest q; of equal ones, and where none is acceptable or nothing is asked for, the first. A range that names another
// version is about another thing; parameters other than version and q say nothing here.
std::size_t choose_media(std::string_view accept, std::span<const MediaOffer> offers);

// Whether gzip is asked for, and no less than no coding at all.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace driftd
