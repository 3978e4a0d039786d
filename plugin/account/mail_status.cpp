#include "plugin/account/mail_status.hpp"

#include "plugin/adapters/key_value_store.hpp"
#include "src/common/base/milliseconds.hpp"
#include "src/engine/settings/invitation_sender.hpp"

namespace gcal::plugin {
namespace {

using base::Json;
using State = sync::Invitation::State;

constexpr const char* kCursor = "mailer";  // the bookmark of the mailer's feed
constexpr std::size_t kMostShown = 200;

store::MailState state_of(const Json& change) {
  store::MailState state;
  state.key = change.string("key");
  state.attempted = change["attempts"].as_integer() > 0;
  const std::string& name = change.string("state");
  state.state = name == "sent"        ? State::sent
                : name == "failed"    ? State::failed
                : name == "expired"   ? State::expired
                : name == "withdrawn" ? State::withdrawn
                : name == "replaced"  ? State::replaced
                                      : State::queued;
  if (state.state == State::failed) state.error = change.string("text");
  return state;
}

const char* text_of(State state) {
  switch (state) {
    case State::waiting:
    case State::ready: return "waiting";
    case State::failed: return "failed";
    default: return "queued";
  }
}

const char* text_of(calendar::Mail::Kind kind) {
  switch (kind) {
    case calendar::Mail::Kind::update: return "update";
    case calendar::Mail::Kind::cancel: return "cancel";
    default: return "invite";
  }
}

const char* text_of(settings::InvitationSender::Who who) {
  switch (who) {
    case settings::InvitationSender::Who::crm: return "crm";
    case settings::InvitationSender::Who::nobody: return "nobody";
    case settings::InvitationSender::Who::google: break;
  }
  return "google";
}

Json item_json(const sync::Invitation& row) {
  Json item = Json::object({{"id", row.id},
                            {"event", row.crm_id},
                            {"guest", row.guest},
                            {"kind", text_of(row.kind)},
                            {"state", text_of(row.state)},
                            {"attempted", row.attempted},
                            {"at", base::milliseconds(row.acted_at)}});
  if (const auto& series = row.after ? row.after : row.before)
    item.set("title", series->master.summary);
  if (!row.error.empty()) item.set("text", row.error);
  return item;
}

}  // namespace

bool is_ready(const Json& info) {
  return info.string("state") == "ready";
}

bool can_take(const Json& info) {
  const std::string& state = info.string("state");
  return state == "ready" || state == "failing";
}

Task<> note_mail_changes(PluginContext& context, store::SqlJournal& journal, std::int64_t fence) {
  KeyValueStore values(context.database, context.blocking, fence);
  CO_TRY(std::string cursor, co_await values.get(kCursor));
  for (;;) {
    Result<Json> page = co_await context.host.mail_changes(cursor);
    if (!page && page.error().code == Code::gone && !cursor.empty()) {
      cursor.clear();
      continue;
    }
    if (!page) co_return std::move(page).error();
    std::vector<store::MailState> states;
    for (const Json& change : (*page)["changes"].items()) states.push_back(state_of(change));
    if (!states.empty()) CO_TRY_VOID(co_await journal.note_mail_states(std::move(states)));
    const std::string next = page->string("cursor");
    const bool more = (*page)["more"].as_bool() && next != cursor;
    if (next != cursor) CO_TRY_VOID(co_await values.put(kCursor, next));
    cursor = next;
    if (!more) co_return Result<>{};
  }
}

Task<Json> mail_status(PluginContext& context, const Account& account) {
  Json info;
  if (context.host.services().mailer)
    if (Result<Json> answer = co_await context.host.mailer_info()) info = *std::move(answer);
  const settings::AccountConfig& config = account.config;
  const settings::InvitationSender sender = settings::invitation_sender(config, is_ready(info));
  store::SqlJournal journal(context.database, context.blocking, context.random, 0);
  CO_TRY(const store::InvitationCounts counts, co_await journal.count_untold(account.id));
  CO_TRY(const std::vector<sync::Invitation> rows, co_await journal.untold(account.id, kMostShown));
  Json items = Json::array();
  for (const sync::Invitation& row : rows) items.push(item_json(row));
  Json status = Json::object({{"choice", settings::text_of(config.invitations)},
                              {"sender", text_of(sender.who)},
                              {"language", settings::text_of(config.invitation_language)},
                              {"email", config.email},
                              {"waiting", counts.waiting + counts.queued},
                              {"failed", counts.failed},
                              {"items", std::move(items)}});
  if (*sender.reason != '\0') status.set("reason", sender.reason);
  if (!info.is_null()) {
    status.set("from", info.string("from"));
    status.set("hold_ms", info["hold_ms"].as_integer());
    status.set("mailer", info.string("state"));
  }
  if (const Json* logo = info["logos"].find(account.id))
    status.set("logo", Json::object({{"sha256", logo->string("sha256")},
                                     {"width", (*logo)["width"].as_integer()},
                                     {"height", (*logo)["height"].as_integer()},
                                     {"company", logo->string("alt")}}));
  co_return status;
}

}  // namespace gcal::plugin
