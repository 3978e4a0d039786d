#include "tests/emulator/oauth/pages.hpp"

namespace emulator::pages {
namespace {

constexpr const char* kStyle = R"css(
*{box-sizing:border-box}body{margin:0;font:15px/1.5 "Google Sans",Roboto,system-ui,sans-serif;background:#f0f4f9;color:#1f1f1f;display:flex;
flex-direction:column;align-items:center;justify-content:center;min-height:100vh;padding:16px}main{background:#fff;border-radius:24px;
padding:36px;width:100%;max-width:480px}h1{font-size:26px;font-weight:400;margin:0 0 8px}p{margin:0 0 16px;color:#444746}.mark{display:inline-block;
font-size:12px;color:#444746;border:1px solid #c4c7c5;border-radius:12px;padding:1px 10px;margin-bottom:20px}ul{list-style:none;margin:0 0 16px;padding:0}
.account{display:flex;gap:14px;align-items:center;padding:12px 8px;border-bottom:1px solid #e0e3e1;text-decoration:none;color:inherit;border-radius:8px}
.account:hover,.account:focus-visible{background:#f0f4f9}.face{flex:none;width:36px;height:36px;border-radius:50%;background:#0b57d0;color:#fff;display:grid;
place-items:center;font-weight:500}.account b{display:block;font-weight:500}.account span span{color:#444746;font-size:13px}.who{display:inline-flex;
border:1px solid #747775;border-radius:16px;padding:3px 14px;font-size:13px;margin-bottom:20px}.scope{display:flex;gap:12px;padding:12px 0;border-bottom:1px
solid #e0e3e1}.scope input{width:20px;height:20px;flex:none;margin:2px 0}.scope small{display:block;color:#5e5e5e;word-break:break-all}.buttons{display:flex;
justify-content:flex-end;gap:8px;margin-top:24px}button,.button{font:inherit;font-weight:500;border-radius:20px;padding:9px 24px;border:1px solid transparent;
cursor:pointer;background:none;color:#0b57d0;text-decoration:none}button.primary{background:#0b57d0;color:#fff}button:focus-visible,.button:focus-visible{
outline:2px solid #0b57d0;outline-offset:2px}code{background:#f0f4f9;padding:1px 6px;border-radius:4px;word-break:break-all}
)css";

std::string frame(Language language, const std::string& title, const std::string& body) {
  const bool german = language == Language::german;
  return "<!doctype html><html lang=\"" + std::string(german ? "de" : "en") + "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,"
         "initial-scale=1\"><title>" + escape(title) + "</title><style>" + kStyle + "</style></head><body><main><span class=\"mark\">" +
         (german ? "Google-Konten (Emulator)" : "Google Accounts (emulator)") + "</span>" + body + "</main></body></html>";
}

// What Google tells a person about a scope, in our words.
std::string meaning(Language language, const std::string& scope) {
  const bool german = language == Language::german;
  const std::string name = scope.substr(scope.rfind('/') + 1);
  if (name == "openid") return german ? "Sie mit Ihren Google-Daten verknüpfen" : "Associate you with your personal info on Google";
  if (name == "userinfo.email" || name == "email") return german ? "Ihre E-Mail-Adresse sehen" : "See your primary Google Account email address";
  if (name == "userinfo.profile" || name == "profile") return german ? "Ihren Namen und Ihr Bild sehen" : "See your name and picture";
  if (name == "calendar")
    return german ? "Alle Kalender sehen, bearbeiten, teilen und löschen" : "See, edit, share and delete all the calendars you can access";
  if (name == "calendar.readonly") return german ? "Alle Kalender ansehen" : "See any calendar you can access";
  if (name == "calendar.events" || name == "calendar.events.owned")
    return german ? "Termine in allen Kalendern ansehen und bearbeiten" : "View and edit events on all your calendars";
  if (name == "calendar.events.readonly") return german ? "Termine in allen Kalendern ansehen" : "View events on all your calendars";
  if (name == "calendar.calendarlist.readonly") return german ? "Die Liste Ihrer Kalender sehen" : "See the list of Google calendars you're subscribed to";
  if (name == "calendar.calendarlist") return german ? "Die Liste Ihrer Kalender sehen und ändern" : "See, add and remove Google calendars you're subscribed to";
  if (name == "calendar.app.created") return german ? "Eigene Kalender anlegen und verwalten" : "Make secondary calendars, and see and change events on them";
  if (name == "calendar.settings.readonly") return german ? "Ihre Kalendereinstellungen sehen" : "View your Calendar settings";
  return name;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Language language(const std::string& hl, const std::string& accept_language) {
  const std::string& wanted = hl.empty() ? accept_language : hl;
  return wanted.starts_with("de") ? Language::german : Language::english;
}

std::string chooser(Language language, const std::string& app, const std::vector<AccountChoice>& accounts, const std::string& cancel_address) {
  const bool german = language == Language::german;
  std::string body = std::string("<h1>") + (german ? "Konto auswählen" : "Choose an account") + "</h1><p>" + (german ? "weiter zu " : "to continue to ") + "<b>" +
                     escape(app) + "</b></p><ul>";
  for (const AccountChoice& account : accounts)
    body += "<li><a class=\"account\" href=\"" + escape(account.address) + "\" data-email=\"" + escape(account.email) + "\"><span class=\"face\" aria-hidden=\"true\">" +
            escape(account.name.substr(0, 1)) + "</span><span><b>" + escape(account.name) + "</b><span>" + escape(account.email) + "</span></span></a></li>";
  body += "</ul><div class=\"buttons\"><a class=\"button\" href=\"" + escape(cancel_address) + "\">" + (german ? "Abbrechen" : "Cancel") + "</a></div>";
  return frame(language, german ? "Konto auswählen" : "Choose an account", body);
}

std::string consent(Language language, const std::string& app, const std::string& email, const std::string& name, const std::string& request,
                    const std::vector<ConsentScope>& scopes) {
  const bool german = language == Language::german;
  std::string body = "<h1>" + escape(app) + (german ? " möchte auf Ihr Google-Konto zugreifen" : " wants access to your Google Account") + "</h1><span class=\"who\" title=\"" +
                     escape(name) + "\">" + escape(email) + "</span><p>" +
                     (german ? "Wählen Sie aus, worauf die Anwendung zugreifen darf:" : "Select what the application can access:") +
                     "</p><form method=\"post\" action=\"/o/oauth2/v2/auth\"><input type=\"hidden\" name=\"request\" value=\"" + escape(request) +
                     "\"><input type=\"hidden\" name=\"account\" value=\"" + escape(email) + "\">";
  for (const ConsentScope& scope : scopes)
    body += "<label class=\"scope\"><input type=\"checkbox\" name=\"scope\" value=\"" + escape(scope.scope) + "\" checked" +
            (scope.tickable ? "" : " disabled") + "><span>" + escape(meaning(language, scope.scope)) + "<small>" + escape(scope.scope) + "</small></span></label>";
  body += std::string("<div class=\"buttons\"><button type=\"submit\" name=\"decision\" value=\"cancel\">") + (german ? "Abbrechen" : "Cancel") +
          "</button><button class=\"primary\" type=\"submit\" name=\"decision\" value=\"allow\">" + (german ? "Erlauben" : "Allow") + "</button></div></form>";
  return frame(language, german ? "Zugriff erlauben" : "Allow access", body);
}

std::string refusal(Language language, const std::string& code, const std::string& explanation) {
  const bool german = language == Language::german;
  return frame(language, german ? "Fehler" : "Error",
               std::string("<h1>") + (german ? "Zugriff blockiert" : "Access blocked") + "</h1><p>" + escape(explanation) + "</p><p>" + (german ? "Fehler 400: " : "Error 400: ") +
                   "<code>" + escape(code) + "</code></p>");
}

}  // namespace emulator::pages
