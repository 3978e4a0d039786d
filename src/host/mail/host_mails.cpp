#include "src/host/mail/host_mails.hpp"

#include <array>

#include "src/common/base/html.hpp"
#include "src/host/mail/address.hpp"

namespace host::mail {
namespace {

constexpr std::int64_t kMinute = 60'000, kTestMs = 30 * kMinute, kReportMs = 2 * 24 * 60 * kMinute;

std::string html_of(std::string_view language, std::string_view title,
                    const std::vector<std::string>& paragraphs) {
  std::string html = "<!doctype html>\n<html lang=\"" + std::string(language) +
                     "\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" "
                     "content=\"light dark\">\n<title>" +
                     gcal::base::escaped_html(title) + "</title></head>\n" +
                     "<body style=\"font:16px/24px Arial,Helvetica,sans-serif\">\n";
  for (const std::string& paragraph : paragraphs)
    html += "<p>" + gcal::base::escaped_html(paragraph) + "</p>\n";
  return html + "</body></html>\n";
}

MailMessage message_to(const User& to, std::string_view key, std::string_view kind,
                       std::string subject, const std::vector<std::string>& paragraphs) {
  MailMessage message;
  message.key = message.group = std::string(key);
  message.user = to.id;
  message.is_private = true;
  message.kind = std::string(kind);
  message.to = {to.name, to.email};
  message.from_name = "CRM";
  message.subject = std::move(subject);
  message.language = to.locale == "de" ? "de" : "en";
  for (const std::string& paragraph : paragraphs) message.text += paragraph + "\n\n";
  message.html = html_of(message.language, message.subject, paragraphs);
  return message;
}

}  // namespace

MailMessage test_mail(const User& to, std::string_view key, std::string_view code,
                      std::int64_t now) {
  const bool german = to.locale == "de";
  const std::string digits(code);
  MailMessage message =
      german ? message_to(
                   to, key, "test", "Testmail Ihres CRM",
                   {"Ihr Code: " + digits + ". Tragen Sie ihn unter Administration > E-Mail ein."})
             : message_to(to, key, "test", "Test mail of your CRM",
                          {"Your code: " + digits + ". Enter it under Administration > E-mail."});
  message.not_before = now;
  message.expires_at = now + kTestMs;
  return message;
}

MailMessage lost_grant_mail(const User& to, const hosting::Account& account, std::string_view key,
                            std::string_view public_url, std::int64_t now) {
  const bool german = to.locale == "de";
  const std::string name =
      account.identity.empty() ? account.title : account.title + " (" + account.identity + ")";
  const std::string page = std::string(public_url) + "/#/settings/calendars";
  MailMessage message =
      german
          ? message_to(to, key, "grant", "Bitte neu verbinden: " + header_text(account.title),
                       {"Der Zugang zum Kalenderkonto " + name +
                            " ist erloschen. Termine werden erst wieder abgeglichen, wenn Sie es "
                            "neu verbinden.",
                        "Kalenderkonten: " + page})
          : message_to(to, key, "grant", "Please connect again: " + header_text(account.title),
                       {"The access to the calendar account " + name +
                            " has ended. Appointments are synchronised again once you connect it "
                            "again.",
                        "Calendar accounts: " + page});
  message.not_before = now;
  message.expires_at = now + kReportMs;
  return message;
}

}  // namespace host::mail
