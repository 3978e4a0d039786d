// The parts of a run for the mails that the CRM sends to guests: who mails, handing over what the
// guests are to be informed, and what became of it.
#include <algorithm>

#include "plugin/account/account_run.hpp"
#include "plugin/account/mail_status.hpp"
#include "plugin/adapters/host_mailer.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/engine/settings/invitation_sender.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

// When it is tried again what the mailer did not take, and when it is asked what became of the
// rest.
constexpr base::Milliseconds kTryAgain = std::chrono::minutes{1};
constexpr base::Milliseconds kAskAgain = std::chrono::minutes{5};
// So long after their time of undo messages have been attempted.
constexpr base::Milliseconds kAttempted = std::chrono::seconds{15};

base::Milliseconds ask_again_after(const Json& info) {
  if (!is_ready(info)) return kAskAgain;
  return std::min(kAskAgain, base::Milliseconds{info["hold_ms"].as_integer()} + kAttempted);
}

}  // namespace

// The state of the mailer is asked once for each run: what is planned in it is stored with the
// answer. A mailer that does not answer is none.
void AccountRun::note_mailer(AccountAndMailer& asked) {
  mailer_info_ = std::move(asked.mailer);
  if (!asked.mailer_trouble.empty())
    context_.log.warning("mailer.trouble", Json::object({{"reason", asked.mailer_trouble}}));
}

// Who mails what is planned for this pair. In a calendar that is not the primary one, the organiser
// is the calendar itself: Google mails.
sync::Notify AccountRun::mailer_of(const sync::Pair& pair) const {
  const settings::InvitationSender sender =
      settings::invitation_sender(account_.config, is_ready(mailer_info_));
  switch (sender.who) {
    case settings::InvitationSender::Who::nobody: return sync::Notify::none;
    case settings::InvitationSender::Who::google: return sync::Notify::google;
    case settings::InvitationSender::Who::crm: break;
  }
  return pair.is_primary && pair.is_default ? sync::Notify::crm : sync::Notify::google;
}

// Hands over what guests are to be informed, also of an account that is paused or lost its grant:
// their appointments are at Google already. Nothing is lost if it fails: the rows wait for the next
// run, which is requested here.
Task<> AccountRun::tell_guests() {
  CO_TRY(const store::InvitationCounts before, co_await journal_.count_untold(id_));
  if (before.waiting + before.queued == 0) co_return Result<>{};
  if (before.waiting > 0 && can_take(mailer_info_)) {
    HostMailer mailer(context_.host, context_.clock, account_, mailer_info_, fence_);
    CO_TRY(const std::vector<sync::Pair> pairs, co_await journal_.pairs(id_));
    for (const sync::Pair& pair : pairs) {
      std::set<std::string> own{icalendar::normalised_address(account_.config.email)};
      const Result<sync::HandOverReport> report =
          co_await sync::hand_over(journal_, mailer, pair.id, std::move(own), context_.clock.now());
      if (!report && report.error().code == Code::conflict) co_return report.error();
      if (!report)
        context_.log.warning("mails.left", Json::object({{"reason", report.error().message}}));
    }
  }
  if (before.queued > 0) {
    const Result<> noted = co_await note_mail_changes(context_, journal_, fence_);
    if (!noted && noted.error().code == Code::conflict) co_return noted.error();
  }
  CO_TRY(const store::InvitationCounts left, co_await journal_.count_untold(id_));
  if (left.waiting > 0)
    mails_at_ = context_.clock.now() + kTryAgain;
  else if (left.queued > 0)
    mails_at_ = context_.clock.now() + ask_again_after(mailer_info_);
  else
    mails_at_.reset();
  co_return Result<>{};
}

}  // namespace gcal::plugin
