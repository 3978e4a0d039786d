// The cursor of a read of Google's events: the start of a listing (""), the start of an increment
// (a sync token), or the position of a later page. Used by google_side. Pure.
#pragma once

#include <string>

namespace gcal::google {

// Formats of a later page: "list:<page token>" in a listing and
// "page:<length of the page token>:<page token><sync token>" in an increment. The length replaces a
// separator, because the tokens may contain any character.
struct ReadPosition {
  std::string page_token;
  std::string sync_token;
  bool first = true;  // the first page of the read

  bool listing() const { return sync_token.empty(); }

  // A damaged position gives the start of a listing: everything is listed again.
  static ReadPosition parse(const std::string& cursor);
  // The cursor of the next page of this read.
  std::string at_page(const std::string& next_page_token) const;
};

}  // namespace gcal::google
