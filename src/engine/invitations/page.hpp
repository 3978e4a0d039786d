// What a message says, in one language, as rows of words: the plain text and the HTML are drawn
// from the same rows and cannot differ. Pure.
#pragma once

#include <string>
#include <vector>

#include "src/engine/invitations/view.hpp"

namespace gcal::invitations {

struct Row {
  std::string label;
  std::vector<std::string> lines;  // at least one
  bool is_changed = false;         // shown bold
  std::string was;                 // "vorher ..."; "" for none
  std::string note;                // after the lines, not bold
};

struct AnswerLink {
  std::string label;
  std::string address;  // mailto:
};

struct Page {
  std::string code;  // of the language
  std::string kind;  // "Einladung"
  std::string title;
  bool title_is_changed = false;
  std::string title_was;
  std::string remark;  // of a cancellation, or that a series ends; "" for none
  std::vector<Row> rows;
  std::string answer;  // the sentence before the links; "" where there is nothing to answer
  std::vector<AnswerLink> links;
  std::string footer;
};

// `with_notes`: with the description, which is the same in every language.
Page page_of(const View& view, Language language, bool with_notes);

// "Einladung: Angebot – Do. 10. Dez. 2026 14:00", at most 200 characters.
std::string subject_of(const View& view);

// Both languages are one below the other.
std::string plain_text(const std::vector<Page>& pages);
std::string html_text(const std::vector<Page>& pages, const Sender& sender);

}  // namespace gcal::invitations
