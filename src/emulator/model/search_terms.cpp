#include "src/emulator/model/search_terms.hpp"

#include <locale.h>
#include <wctype.h>

#include <algorithm>

#include "src/common/icalendar/ascii.hpp"

namespace emulator {
using gcal::base::Json;
namespace {

// The C library's tables for all of Unicode.
locale_t unicode() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

// The character at `at`, which moves behind it. The text is UTF-8.
wint_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at++]);
  if (byte < 0x80) return byte;
  const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
  wint_t character = byte & (0x3FU >> more);
  for (int i = 0; i < more && at < text.size(); ++i)
    character = (character << 6) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  return character;
}

void append(std::string& out, wint_t character) {
  if (character < 0x80) {
    out += static_cast<char>(character);
    return;
  }
  const int more = character >= 0x10000 ? 3 : character >= 0x800 ? 2 : 1;
  static constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kLead[more] | (character >> (6 * more)));
  for (int i = more - 1; i >= 0; --i)
    out += static_cast<char>(0x80U | ((character >> (6 * i)) & 0x3FU));
}

bool is_in_word(wint_t character) {
  if (character < 0x80)
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
  return unicode() != nullptr && ::iswalnum_l(character, unicode()) != 0;
}

wint_t folded(wint_t character) {
  if (character < 0x80)
    return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
  return unicode() == nullptr ? character : ::towlower_l(character, unicode());
}

// The words of the text in lower case, each with a space in front, and a space at the end; "" when
// there is no word.
std::string folded_words(std::string_view text) {
  std::string out;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const wint_t character = next_character(text, at);
    const bool belongs = is_in_word(character);
    if (belongs && !in_word) out += ' ';
    if (belongs) append(out, folded(character));
    in_word = belongs;
  }
  return out.empty() ? out : out += ' ';
}

// What else finds an event of this type: Google names these words as examples of the titles that
// its page shows, in every language.
std::string_view type_words(const Json& fields) {
  const std::string& type = fields.string("eventType");
  if (type == "outOfOffice") return "Out of office Abwesend";
  if (type == "focusTime") return "Focus time Fokuszeit";
  if (type != "workingLocation") return "";
  const std::string& place = fields["workingLocationProperties"].string("type");
  if (place == "officeLocation") return "Office Bureau Büro";
  return place == "homeOffice" ? "Home Zuhause" : "";
}

// The words of all fields that are searched; those of different fields do not follow each other.
std::string searched_words(const Json& fields) {
  std::string out;
  const auto add = [&](std::string_view text) { (out += folded_words(text)) += '\n'; };
  for (const char* name : {"summary", "description", "location"}) add(fields.string(name));
  add(fields["organizer"].string("displayName"));
  add(fields["organizer"].string("email"));
  for (const Json& attendee : fields["attendees"].items()) {
    add(attendee.string("displayName"));
    add(attendee.string("email"));
  }
  const Json& place = fields["workingLocationProperties"];
  for (const char* name : {"buildingId", "deskId", "label"})
    add(place["officeLocation"].string(name));
  add(place["customLocation"].string("label"));
  add(type_words(fields));
  return out;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

SearchTerms::SearchTerms(std::string_view q, WordMatch match) {
  for (std::size_t at = 0; at < q.size();) {
    const std::size_t end = static_cast<std::size_t>(
        std::find_if(q.begin() + static_cast<std::ptrdiff_t>(at), q.end(), is_space) - q.begin());
    std::string term = folded_words(q.substr(at, end - at));
    at = end + 1;
    if (term.empty()) continue;
    for (const std::string_view word :
         gcal::icalendar::split(std::string_view(term).substr(1, term.size() - 2), ' '))
      if (std::all_of(word.begin(), word.end(), [](char c) { return c > 0; }))
        ascii_words_.emplace_back(word);
    if (match != WordMatch::whole) term.pop_back();
    if (match == WordMatch::part) term.erase(0, 1);
    terms_.push_back(std::move(term));
  }
}

bool SearchTerms::may_match(std::string_view fields_json) const {
  if (terms_.empty()) return false;
  // Words that no field has find an event by its type.
  if (fields_json.find("\"eventType\"") != std::string_view::npos) return true;
  const std::string text = gcal::icalendar::lower(fields_json);
  return std::all_of(ascii_words_.begin(), ascii_words_.end(),
                     [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

bool SearchTerms::match(const Json& fields) const {
  if (terms_.empty()) return false;
  const std::string words = searched_words(fields);
  return std::all_of(terms_.begin(), terms_.end(), [&](const std::string& term) {
    return words.find(term) != std::string::npos;
  });
}

}  // namespace emulator
