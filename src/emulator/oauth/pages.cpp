#include "src/emulator/oauth/pages.hpp"

#include "src/common/base/html.hpp"

namespace emulator::pages {
namespace {

std::string frame(Language language, const std::string& title, const std::string& body) {
  const bool german = language == Language::german;
  return "<!doctype html><html lang=\"" + std::string(german ? "de" : "en") +
         "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,"
         "initial-scale=1\"><title>" +
         escape(title) +
         "</title><link rel=\"icon\" href=\"/page/icon.svg\"><link rel=\"stylesheet\" "
         "href=\"/page/sign_in.css\"></head><body><main><span class=\"mark\"><img "
         "src=\"/page/icon.svg\" alt=\"\" width=\"20\" height=\"20\">" +
         (german ? "Google-Konten (Emulator)" : "Google Accounts (emulator)") + "</span>" + body +
         "</main></body></html>";
}

// The first character, which may have several bytes.
std::string first_letter(const std::string& name) {
  std::size_t end = name.empty() ? 0 : 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) ++end;
  return name.substr(0, end);
}

// The consent page's sentence about a scope.
std::string scope_text(Language language, const std::string& scope) {
  const bool german = language == Language::german;
  std::string name = scope.substr(scope.rfind('/') + 1);
  if (name == "openid")
    return german ? "Sie mit Ihren Google-Daten verknüpfen"
                  : "Associate you with your personal info on Google";
  if (name == "userinfo.email" || name == "email")
    return german ? "Ihre E-Mail-Adresse sehen" : "See your primary Google Account email address";
  if (name == "userinfo.profile" || name == "profile")
    return german ? "Ihren Namen und Ihr Bild sehen" : "See your name and picture";
  if (name == "calendar")
    return german ? "Alle Kalender sehen, bearbeiten, teilen und löschen"
                  : "See, edit, share and delete all the calendars you can access";
  if (name == "calendar.readonly")
    return german ? "Alle Kalender ansehen" : "See any calendar you can access";
  if (name == "calendar.events" || name == "calendar.events.owned")
    return german ? "Termine in allen Kalendern ansehen und bearbeiten"
                  : "View and edit events on all your calendars";
  if (name == "calendar.events.readonly")
    return german ? "Termine in allen Kalendern ansehen" : "View events on all your calendars";
  if (name == "calendar.calendarlist.readonly")
    return german ? "Die Liste Ihrer Kalender sehen"
                  : "See the list of Google calendars you're subscribed to";
  if (name == "calendar.calendarlist")
    return german ? "Die Liste Ihrer Kalender sehen und ändern"
                  : "See, add and remove Google calendars you're subscribed to";
  if (name == "calendar.app.created")
    return german ? "Eigene Kalender anlegen und verwalten"
                  : "Make secondary calendars, and see and change events on them";
  if (name == "calendar.settings.readonly")
    return german ? "Ihre Kalendereinstellungen sehen" : "View your Calendar settings";
  return name;
}

}  // namespace

std::string escape(std::string_view text) {
  return gcal::base::escaped_html(text);
}

Language language(const std::string& hl, const std::string& accept_language) {
  const std::string& wanted = hl.empty() ? accept_language : hl;
  return wanted.starts_with("de") ? Language::german : Language::english;
}

std::string chooser(Language language, const std::string& app,
                    const std::vector<AccountChoice>& accounts, const std::string& cancel_address) {
  const bool german = language == Language::german;
  std::string body = std::string("<h1>") + (german ? "Konto auswählen" : "Choose an account") +
                     "</h1><p>" + (german ? "weiter zu " : "to continue to ") + "<b>" +
                     escape(app) + "</b></p><ul>";
  for (const AccountChoice& account : accounts)
    body += "<li><a class=\"account\" href=\"" + escape(account.address) + "\" data-email=\"" +
            escape(account.email) + "\"><span class=\"face\" aria-hidden=\"true\">" +
            escape(first_letter(account.name)) + "</span><span><b>" + escape(account.name) +
            "</b><span>" + escape(account.email) + "</span></span></a></li>";
  body += "</ul><div class=\"buttons\"><a class=\"button\" href=\"" + escape(cancel_address) +
          "\">" + (german ? "Abbrechen" : "Cancel") + "</a></div>";
  return frame(language, german ? "Konto auswählen" : "Choose an account", body);
}

std::string consent(Language language, const std::string& app, const std::string& email,
                    const std::string& name, const std::string& request,
                    const std::vector<ConsentScope>& scopes) {
  const bool german = language == Language::german;
  std::string body =
      "<h1>" + escape(app) +
      (german ? " möchte auf Ihr Google-Konto zugreifen" : " wants access to your Google Account") +
      "</h1><span class=\"who\" title=\"" + escape(name) +
      "\"><span class=\"face\" aria-hidden=\"true\">" + escape(first_letter(name)) + "</span>" +
      escape(email) + "</span><p>" +
      (german ? "Wählen Sie aus, worauf die Anwendung zugreifen darf:"
              : "Select what the application can access:") +
      "</p><form method=\"post\" action=\"/o/oauth2/v2/auth\"><input type=\"hidden\" "
      "name=\"request\" value=\"" +
      escape(request) + "\"><input type=\"hidden\" name=\"account\" value=\"" + escape(email) +
      "\">";
  for (const ConsentScope& scope : scopes)
    body += "<label class=\"scope\"><input type=\"checkbox\" name=\"scope\" value=\"" +
            escape(scope.scope) + "\" checked" + (scope.optional ? "" : " disabled") + "><span>" +
            escape(scope_text(language, scope.scope)) + "<small>" + escape(scope.scope) +
            "</small></span></label>";
  body +=
      std::string(
          "<div class=\"buttons\"><button type=\"submit\" name=\"decision\" value=\"cancel\">") +
      (german ? "Abbrechen" : "Cancel") +
      "</button><button class=\"primary\" type=\"submit\" name=\"decision\" value=\"allow\">" +
      (german ? "Erlauben" : "Allow") + "</button></div></form>";
  return frame(language, german ? "Zugriff erlauben" : "Allow access", body);
}

std::string refusal(Language language, const std::string& code, const std::string& explanation) {
  const bool german = language == Language::german;
  return frame(language, german ? "Fehler" : "Error",
               std::string("<h1>") + (german ? "Zugriff blockiert" : "Access blocked") +
                   "</h1><p>" + escape(explanation) + "</p><p>" +
                   (german ? "Fehler 400: " : "Error 400: ") + "<code>" + escape(code) +
                   "</code></p>");
}

}  // namespace emulator::pages
