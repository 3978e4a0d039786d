// The layer rule of src/README.md as a pure function over one source file. Used by layers_test, on
// the tree and on samples. It must never read a file: what it is given decides alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace layers {

// What an #include line names, "" or <> left off, in order.
std::vector<std::string> includes(std::string_view text);

// Every rule that the file at `path` (from the repository root) breaks, as a sentence. Folders
// without a rule of their own answer nothing.
std::vector<std::string> violations(const std::string& path, std::string_view text);

// Does the file include Beast or TLS types, which few files may?
bool is_heavy_network(std::string_view text);

}  // namespace layers
