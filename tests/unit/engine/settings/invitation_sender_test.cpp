// Who mails the guests of what a user does, by every choice and state.
#include "src/engine/settings/invitation_sender.hpp"

#include <gtest/gtest.h>

namespace gcal::settings {
namespace {

using Who = InvitationSender::Who;

AccountConfig account(const char* email, InvitationChoice choice = InvitationChoice::automatic) {
  AccountConfig config;
  config.email = email;
  config.visible = {{"first", "Me", "", "owner", "UTC", true},
                    {"other", "Team", "", "writer", "UTC", false}};
  config.default_calendar = "first";
  config.invitations = choice;
  return config;
}

TEST(InvitationSender, AutomaticIsTheCrmOnlyWhereGoogleReadsTheAnswers) {  // PD-06
  EXPECT_EQ(invitation_sender(account("Jana@Gmail.com"), true).who, Who::crm);
  EXPECT_EQ(invitation_sender(account("jana@googlemail.com"), true).who, Who::crm);
  const InvitationSender elsewhere = invitation_sender(account("jana@example.com"), true);
  EXPECT_EQ(elsewhere.who, Who::google);
  EXPECT_STREQ(elsewhere.reason, "mailbox");
  AccountConfig workspace = account("jana@example.com");
  workspace.workspace = true;
  EXPECT_EQ(invitation_sender(workspace, true).who, Who::crm);
}

TEST(InvitationSender, AChoiceHoldsWhereItCan) {  // PD-06
  const char* elsewhere = "jana@example.com";
  EXPECT_EQ(invitation_sender(account(elsewhere, InvitationChoice::crm), true).who, Who::crm);
  EXPECT_EQ(invitation_sender(account("a@gmail.com", InvitationChoice::google), true).who,
            Who::google);
  EXPECT_EQ(invitation_sender(account("a@gmail.com", InvitationChoice::nobody), true).who,
            Who::nobody);
}

TEST(InvitationSender, WithoutAMailerOrThePrimaryCalendarItIsGoogle) {  // PD-06
  EXPECT_STREQ(invitation_sender(account("a@gmail.com"), false).reason, "mailer");
  EXPECT_STREQ(invitation_sender(account("a@gmail.com", InvitationChoice::crm), false).reason,
               "mailer");
  AccountConfig other = account("a@gmail.com", InvitationChoice::crm);
  other.default_calendar = "other";
  EXPECT_EQ(invitation_sender(other, true).who, Who::google);
  EXPECT_STREQ(invitation_sender(other, true).reason, "primary");
}

TEST(InvitationSender, TheChoiceIsStored) {  // PD-06
  AccountConfig config = account("a@gmail.com", InvitationChoice::crm);
  config.invitation_language = InvitationLanguage::both;
  config.workspace = true;
  EXPECT_EQ(account_config_from_json(to_json(config)), config);
}

}  // namespace
}  // namespace gcal::settings
