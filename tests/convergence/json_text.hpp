// Reads JSON as text, without building a tree: a history reads some 500 KB of lists. Used for
// answers of the emulator. The text must be valid JSON or a beginning of it; names are compared as
// they are written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace convergence {

bool is_whole(std::string_view json);  // false when the text ends too early
// The member's value as text; "" when it is absent.
std::string_view member(std::string_view object, std::string_view name);
// The value at a path of names: member(member(object, "start"), "date").
std::string_view member(std::string_view object, std::string_view name, std::string_view inner);
std::vector<std::string_view> elements(std::string_view array);
// A string without its quotes, with its escapes; "" for any other value.
std::string_view unquoted(std::string_view value);
// unquoted(member(...)).
std::string_view text_member(std::string_view object, std::string_view name);
std::vector<std::string> recurrence_lines(std::string_view event);
std::string quoted(std::string_view text);  // for texts without characters that need escapes

}  // namespace convergence
