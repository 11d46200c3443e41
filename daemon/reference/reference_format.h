// Reference <-> the bytes of a .ref file. Pure: no I/O. Equal references give equal bytes.
// Layout, little-endian: magic `driftref`, u32 version, sections, trailer. A section is u32 tag, u64 length, payload, u64 XXH3-64 of all
// three. Sections: one `head`, one `feat` a feature; the trailer `tail` holds the number of sections and the XXH3-64 of every byte
// before it, whose first 12 hex digits are the reference's id. Cost O(bytes).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "detectors/reference/reference.h"

namespace driftd {

inline constexpr std::uint32_t kReferenceVersion = 2;

// The bytes of the reference. Its id is not read: it follows from the rest.
std::string encode_reference(const Reference& reference);

// The id that the bytes of encode_reference() carry.
std::string reference_id(const Reference& reference);

// The reference, or what is wrong with the bytes and where. Any change of any byte is noticed, and so is a cut end. What a damaged or
// forged file says is never believed: lengths are held against the bytes that are there, and every rule of reference.h is checked.
std::expected<Reference, std::string> decode_reference(std::string_view bytes);

// Whether the bytes begin as a .ref file does.
bool looks_like_reference(std::string_view bytes);

}  // namespace driftd
