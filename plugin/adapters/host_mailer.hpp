// sync::Mailer over crm.mailer/0 for one run of one account: makes the messages from the rows of
// the journal, with the logo and the sender that the mailer names now. Decides nothing about who is
// informed what. Errors: those of the host. [loop thread]
#pragma once

#include <string>
#include <vector>

#include "plugin/adapters/host_calls.hpp"
#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/invitations/invitation.hpp"
#include "src/engine/sync/hand_over.hpp"

namespace gcal::plugin {

// What is the same in all messages of an account. `info`: of crm.mailer/0.
invitations::Sender invitation_sender_of(const Account& account, const base::Json& info);

// The message about one row as one of schema/mail.json, and what it is made from.
invitations::Invitation invitation_from(const sync::Invitation& row,
                                        const invitations::Sender& sender);
base::Json mail_json(const sync::Invitation& row, const invitations::Message& message,
                     const std::string& user, base::Instant now);

// The `images` of a batch: the account's logo, if it has one.
base::Json mail_images(const std::string& account, const base::Json& info);

class HostMailer final : public sync::Mailer {
 public:
  // The references must outlive it.
  HostMailer(HostCalls& host, const base::Clock& clock, const Account& account, base::Json info,
             std::int64_t fence)
      : host_(host), clock_(clock), account_(account), info_(std::move(info)), fence_(fence) {}

  Task<std::vector<Result<>>> submit(std::vector<sync::Invitation> rows) override;
  Task<std::vector<Result<>>> withdraw(std::vector<std::string> keys) override;

 private:
  HostCalls& host_;
  const base::Clock& clock_;
  const Account& account_;
  base::Json info_;
  std::int64_t fence_;
};

}  // namespace gcal::plugin
