// What a fuzz program brings: inputs to begin with, and what is done with one. driver.cc runs it under libFuzzer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace driftd::fuzz {

// Made by the code of today, so that they follow every change of a format; they join the kept corpus of the target.
std::vector<std::string> seeds();

// Result and time follow from the input alone: what libFuzzer keeps can be run again.
void try_input(std::string_view input);

// A promise that does not hold ends the program, and libFuzzer keeps the input.
void require(bool holds, std::string_view promise);

// The whole file; the program ends where there is none.
std::string read_file(const std::string& path);

}  // namespace driftd::fuzz
