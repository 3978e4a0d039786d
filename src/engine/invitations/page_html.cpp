// The HTML of a message: tables and inline styles alone, because Outlook draws it with Word. No
// script, style sheet, form or address that is fetched; the logo travels in the mail.
#include "src/engine/invitations/page.hpp"
#include "src/engine/invitations/words.hpp"
#include "src/engine/invitations/written_text.hpp"

namespace gcal::invitations {
namespace {

constexpr std::string_view kHead =
    R"(<meta charset="utf-8"><meta name="color-scheme" content="light dark">)"
    R"(<title>{title}</title>)";
constexpr std::string_view kOpen =
    R"(<body style="margin:0;background:#f4f5f7"><table role="presentation" width="100%" )"
    R"(cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">)"
    "\n"
    R"(<table role="presentation" width="600" cellpadding="0" cellspacing="0" )"
    R"(style="width:100%;max-width:600px;background:#ffffff">)"
    "\n";
constexpr std::string_view kClose = "</table></td></tr></table></body></html>\n";
constexpr std::string_view kMain =
    R"(<tr><td lang="{lang}" style="padding:24px 32px;font:16px/24px Arial,Helvetica,sans-serif;)"
    R"(color:#1f2933"><div style="font-size:13px;color:#52606d">)";
constexpr std::string_view kTitle =
    R"(</div><h1 style="margin:4px 0 16px;font-size:22px;line-height:28px">)";
constexpr std::string_view kLabel =
    R"(<tr><td valign="top" style="padding:2px 16px 2px 0;color:#52606d">)";
constexpr std::string_view kValue = R"(</td><td valign="top" style="padding:2px 0">)";
constexpr std::string_view kFooter =
    R"(<tr><td lang="{lang}" style="padding:16px 32px;font:12px/18px Arial,sans-serif;)"
    R"(color:#52606d">)";

void append_row(std::string& out, const Row& row) {
  out += std::string(kLabel) + escaped_html(row.label) + std::string(kValue);
  std::string value;
  for (const std::string& line : row.lines) {
    if (!value.empty()) value += "<br>";
    value += linked_html(line);
  }
  out += row.is_changed ? "<strong>" + value + "</strong>" : value;
  if (!row.was.empty()) out += "<br>(" + escaped_html(row.was) + ")";
  if (!row.note.empty()) out += "<br>" + escaped_html(row.note);
  out += "</td></tr>\n";
}

void append_page(std::string& out, const Page& page) {
  out += filled(kMain, "lang", page.code) + escaped_html(page.kind) + std::string(kTitle) +
         escaped_html(page.title) + "</h1>";
  if (!page.title_was.empty()) out += "<p>(" + escaped_html(page.title_was) + ")</p>";
  if (!page.remark.empty()) out += "<p><strong>" + escaped_html(page.remark) + "</strong></p>";
  out += "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\">\n";
  for (const Row& row : page.rows) append_row(out, row);
  out += "</table>\n";
  if (!page.answer.empty()) {
    out += "<p style=\"margin:24px 0 8px\">" + escaped_html(page.answer) + "</p><p>";
    for (const AnswerLink& link : page.links) {
      if (&link != &page.links.front()) out += " &nbsp; ";
      out += "<a href=\"" + escaped_html(link.address) + "\">" + escaped_html(link.label) + "</a>";
    }
    out += "</p>";
  }
  out += "</td></tr>\n";
  if (!page.footer.empty())
    out += filled(kFooter, "lang", page.code) + escaped_html(page.footer) + "</td></tr>\n";
}

}  // namespace

std::string html_text(const std::vector<Page>& pages, const Sender& sender) {
  if (pages.empty()) return "";
  std::string out = "<!doctype html><html lang=\"" + pages.front().code + "\"><head>" +
                    filled(kHead, "title", escaped_html(pages.front().kind)) + "</head>\n";
  out += kOpen;
  if (!sender.logo.empty())
    out += "<tr><td style=\"padding:24px 32px 0\"><img src=\"cid:" + escaped_html(sender.logo) +
           "\" width=\"" + std::to_string(sender.logo_width) + "\" height=\"" +
           std::to_string(sender.logo_height) + "\" alt=\"" +
           escaped_html(one_line(sender.company, 60)) +
           "\" style=\"display:block;border:0\"></td></tr>\n";
  for (const Page& page : pages) append_page(out, page);
  return out += kClose;
}

}  // namespace gcal::invitations
