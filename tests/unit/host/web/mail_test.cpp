// The routes of mail and logos: who may call them, and what they show.
#include <gmock/gmock.h>

#include "src/common/base/bytes.hpp"
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// A PNG of 16 x 16 pixels, all black.
constexpr const char* kPicture =
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAADUlEQVR42mNgGAXIAAABEAABf80DtQAA"
    "AABJRU5ErkJggg==";

class MailRoutes : public WebTest {
 protected:
  static Json relay() {
    return Json::object({{"host", "relay.example.com"},
                         {"port", 587},
                         {"security", "starttls"},
                         {"user", "crm"},
                         {"password", "s3cret of the relay"},
                         {"from", "termine@crm.example.com"}});
  }
  std::string id_of(std::string_view email) { return crm->users().by_email(email)->id; }
  std::string account_of(std::string_view email) {
    const auto account = crm->accounts().finish_setup({.id = {},
                                                       .plugin = "com.example.diary",
                                                       .user = id_of(email),
                                                       .unique_id = "u-" + std::string(email),
                                                       .title = "Work",
                                                       .identity = "anna@gmail.com"});
    EXPECT_TRUE(account);
    return account->id;
  }
  Json message_of(std::string_view email) {
    return Json::object(
        {{"key", "k"},
         {"group", "g"},
         {"user", id_of(email)},
         {"to", Json::object({{"address", "erika@example.net"}})},
         {"reply_to", Json::object({{"address", "anna@gmail.com"}})},
         {"from_name", "Anna"},
         {"subject", "Invitation"},
         {"language", "en"},
         {"text", "Hello\n"},
         {"html", "<script>alert(1)</script><p style=\"color:red\">Hello</p>"},
         {"calendar", Json::object({{"method", "REQUEST"}, {"text", "BEGIN:VCALENDAR\r\n"}})},
         {"kind", "invite"},
         {"expires_at", std::int64_t{4'000'000'000'000}}});
  }
  // The id of a message of the user, which waits.
  std::string submit(std::string_view email) {
    const auto results = mailer->submit(
        "com.example.diary", 0, Json::object({{"messages", Json::array({message_of(email)})}}),
        [](std::string_view, std::int64_t) { return true; });
    EXPECT_TRUE(results);
    return (*results).items()[0].string("id");
  }
};

TEST_F(MailRoutes, SettingsAreForAdministratorsWhoGaveTheirPasswordLately) {
  Browser admin = anna(), sales = bert();
  EXPECT_EQ(sales.get("/api/mail/settings").status, 403);
  EXPECT_EQ(sales.put("/api/mail/settings", relay()).status, 403);
  EXPECT_EQ(admin.get("/api/mail/settings").json().string("state"), "off");
  clock.advance(std::chrono::minutes(16));
  EXPECT_EQ(admin.put("/api/mail/settings", relay()).error_key(), "error.confirm");
  for (const char* path : {"/api/mail/test", "/api/mail/test/confirm", "/api/mail/held"})
    EXPECT_EQ(admin.post(path).error_key(), "error.confirm") << path;
  EXPECT_EQ(admin.erase("/api/mail/settings").error_key(), "error.confirm");
  EXPECT_EQ(admin.get("/api/mail/settings").status, 200);
}

TEST_F(MailRoutes, ATestMailAndItsCodeMakeTheMailerReady) {
  Browser admin = anna();
  const Reply written = admin.put("/api/mail/settings", relay());
  ASSERT_EQ(written.status, 200);
  EXPECT_EQ(written.json().string("state"), "untested");
  EXPECT_TRUE(written.json()["has_password"].as_bool());
  EXPECT_THAT(written.body, Not(HasSubstr("s3cret")));
  EXPECT_EQ(admin.post("/api/mail/test").json().string("to"), "anna@example.com");
  const Reply again = admin.post("/api/mail/test");
  EXPECT_EQ(again.status, 503);
  EXPECT_EQ(again.headers.get("Retry-After"), "60");
  ASSERT_TRUE(*mailer->deliver_one());
  const std::string& bytes = transport->messages.back();
  const std::string code = bytes.substr(bytes.find("code: ") + 6, 6);
  const Reply wrong = admin.post("/api/mail/test/confirm", Json::object({{"code", "x"}}));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.json()["error"].string("field"), "code");
  const Reply confirmed = admin.post("/api/mail/test/confirm", Json::object({{"code", code}}));
  EXPECT_EQ(confirmed.json().string("state"), "ready");
  EXPECT_EQ(admin.erase("/api/mail/settings").json().string("state"), "off");
}

TEST_F(MailRoutes, AWrongSettingNamesItsField) {
  Browser admin = anna();
  Json wrong = relay();
  wrong.set("port", 0);
  EXPECT_EQ(admin.put("/api/mail/settings", wrong).json()["error"].string("field"), "port");
  ASSERT_EQ(admin.put("/api/mail/settings", relay()).status, 200);
  EXPECT_EQ(admin.put("/api/mail/settings", Json::object({{"host", "evil.example.com"}}))
                .json()["error"]
                .string("field"),
            "password");
}

TEST_F(MailRoutes, OneSeesAndStopsOnesOwnMailAlone) {  // I-47, I-48
  Browser admin = anna(), sales = bert();
  ASSERT_EQ(admin.put("/api/mail/settings", relay()).status, 200);
  const std::string id = submit("bert@example.com");
  EXPECT_THAT(admin.get("/api/mail").json()["items"].items(), SizeIs(0));
  for (const char* rest : {"", "/html"})
    EXPECT_EQ(admin.get("/api/mail/" + id + rest).status, 404) << rest;
  for (const char* act : {"hold", "send", "drop"})
    EXPECT_EQ(admin.post("/api/mail/" + id + "/" + act).status, 404) << act;
  const Json list = sales.get("/api/mail?state=waiting").json();
  ASSERT_THAT(list["items"].items(), SizeIs(1));
  EXPECT_EQ(list["items"].items()[0].string("to"), "erika@example.net");
  EXPECT_EQ(list["items"].items()[0].string("state"), "queued");
  EXPECT_EQ(list["items"].items()[0].string("next_at"), "2026-01-01T00:01:00Z");
  const Json one = sales.get("/api/mail/" + id).json();
  EXPECT_EQ(one.string("text"), "Hello\n");
  EXPECT_THAT(one.string("raw"), HasSubstr("text/calendar"));
  EXPECT_EQ(sales.post("/api/mail/" + id + "/hold").json().string("state"), "held");
  EXPECT_EQ(sales.post("/api/mail/" + id + "/drop").json().string("state"), "withdrawn");
  EXPECT_EQ(sales.post("/api/mail/" + id + "/send").status, 409);
  EXPECT_EQ(sales.get("/api/mail?state=odd").status, 400);
}

TEST_F(MailRoutes, TheHtmlOfAMailRunsNothingAndLoadsNothing) {  // I-37
  Browser admin = anna();
  ASSERT_EQ(admin.put("/api/mail/settings", relay()).status, 200);
  const Reply page = admin.get("/api/mail/" + submit("anna@example.com") + "/html");
  EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  const std::string policy(page.headers.get("Content-Security-Policy"));
  EXPECT_THAT(policy, HasSubstr("sandbox; default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("script")));
  EXPECT_EQ(page.headers.get("X-Frame-Options"), "SAMEORIGIN");
  EXPECT_THAT(page.body, HasSubstr("<p style=\"color:red\">Hello</p>"));
}

TEST_F(MailRoutes, WhatIsHeldAfterARestoreIsSentOrDroppedByAnAdministrator) {
  Browser admin = anna();
  ASSERT_EQ(admin.put("/api/mail/settings", relay()).status, 200);
  submit("anna@example.com");
  ASSERT_TRUE(crm->database().write(
      [](Connection& c) { return c.run("UPDATE meta SET value='older' WHERE key='epoch'"); }));
  ASSERT_EQ(*mailer->queue().hold_after_restore(mailer->now()), 1);
  EXPECT_EQ(admin.get("/api/mail/settings").json()["held"].as_integer(), 1);
  EXPECT_EQ(admin.post("/api/mail/held", Json::object({{"action", "odd"}})).status, 400);
  EXPECT_EQ(admin.post("/api/mail/held", Json::object({{"action", "drop"}}))
                .json()["changed"]
                .as_integer(),
            1);
}

TEST_F(MailRoutes, ALogoIsSetShownRenamedAndRemoved) {  // S-24, I-40, I-42
  Browser user = bert();
  const std::string path = "/api/accounts/" + account_of("bert@example.com") + "/logo";
  EXPECT_TRUE(user.get(path).json()["logo"].is_null());
  const Reply set = user.put(path, Json::object({{"base64", kPicture}, {"alt", "Nord Vertrieb"}}));
  ASSERT_EQ(set.status, 200) << set.body;
  const Json logo = set.json()["logo"];
  EXPECT_EQ(logo["width"].as_integer(), 8);
  const Reply image = user.get(logo.string("url"));
  EXPECT_EQ(image.headers.get("Content-Type"), "image/png");
  EXPECT_EQ(image.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(image.body.starts_with("\x89PNG"));
  EXPECT_EQ(user.patch(path, Json::object({{"alt", "Nord"}})).json()["logo"].string("alt"), "Nord");
  EXPECT_EQ(anna().get(path).status, 404) << "another user's account";
  EXPECT_EQ(anna().get(logo.string("url")).status, 404);
  EXPECT_TRUE(user.erase(path).json()["logo"].is_null());
  EXPECT_EQ(user.get(logo.string("url")).status, 404);
}

TEST_F(MailRoutes, APictureThatIsRefusedSaysWhy) {  // I-42
  Browser user = bert();
  const std::string path = "/api/accounts/" + account_of("bert@example.com") + "/logo";
  const Reply svg = user.put(path, Json::object({{"base64", "PHN2Zz4="}, {"alt", "Nord"}}));
  EXPECT_EQ(svg.status, 400);
  EXPECT_EQ(svg.error_key(), "logo.error.kind");
  EXPECT_EQ(svg.json()["error"].string("field"), "base64");
  EXPECT_EQ(user.put(path, Json::object({{"base64", kPicture}, {"alt", ""}}))
                .json()["error"]
                .string("field"),
            "alt");
  const std::string large(280 * 1024, '\0');
  EXPECT_EQ(
      user.put(path, Json::object({{"base64", gcal::base::to_base64(gcal::base::as_bytes(large))},
                                   {"alt", "Nord"}}))
          .error_key(),
      "logo.error.size");
}

TEST_F(MailRoutes, ASampleInvitationComesFromThePluginAndIsRenderedHere) {
  Browser user = bert();
  const std::string path = "/api/accounts/" + account_of("bert@example.com") + "/invitation";
  EXPECT_EQ(user.get(path).status, 503) << "no plugin answers";
  Json asked;
  const Json answer = Json::object({{"messages", Json::array({message_of("bert@example.com")})}});
  script.invitation = [&](const Json& request, const PluginAnswer& reply) {
    asked = request;
    reply(answer.dump());
  };
  const Json sample = user.get(path + "?event=e1").json();
  EXPECT_EQ(asked.string("event"), "e1");
  EXPECT_EQ(asked.string("user"), id_of("bert@example.com"));
  EXPECT_EQ(sample.string("subject"), "Invitation");
  EXPECT_EQ(sample.string("calendar"), "BEGIN:VCALENDAR\r\n");
  EXPECT_THAT(std::string(user.get(path + "/html").headers.get("Content-Security-Policy")),
              HasSubstr("sandbox"));
  EXPECT_EQ(anna().get(path).status, 404);
  script.invitation = {};
}

}  // namespace
}  // namespace host
