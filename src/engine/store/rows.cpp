#include "src/engine/store/rows.hpp"

#include <array>
#include <charconv>

#include "src/common/base/json.hpp"
#include "src/common/base/milliseconds.hpp"
#include "src/engine/calendar/event_json.hpp"

namespace gcal::store {
namespace {

using base::Json;

constexpr std::string_view kSameAsCrm = "=";

std::string text(const Value& value) {
  return std::string(value.text());
}

constexpr std::array<const char*, 3> kNotify{"none", "google", "crm"};  // by sync::Notify
constexpr std::array<const char*, 4> kMail{"invite", "update", "cancel", "answer"};  // Mail::Kind

// Versions before 6 stored whether Google mails.
Result<sync::Notify> notify_of(const Json& json) {
  const Json* name = json.find("notify");
  if (!name) return json["guests"].as_bool() ? sync::Notify::google : sync::Notify::none;
  if (name->as_string() == kNotify[0]) return sync::Notify::none;
  if (name->as_string() == kNotify[1]) return sync::Notify::google;
  if (name->as_string() == kNotify[2]) return sync::Notify::crm;
  return Error{Code::invalid, "an intent of a newer version: nobody knows who mails", {}};
}

Json mail_json(const calendar::Mail& mail) {
  Json json =
      Json::object({{"guest", mail.guest}, {"kind", kMail[static_cast<std::size_t>(mail.kind)]}});
  if (mail.scope) {
    json.set("date", static_cast<std::int64_t>(mail.scope->instant.time_since_epoch().count()));
    json.set("all_day", mail.scope->all_day);
  }
  return json;
}

calendar::Mail mail_of(const Json& json) {
  calendar::Mail mail;
  mail.guest = json.string("guest");
  for (std::size_t i = 0; i < kMail.size(); ++i)
    if (json.string("kind") == kMail[i]) mail.kind = static_cast<calendar::Mail::Kind>(i);
  if (const Json* date = json.find("date"))
    mail.scope =
        calendar::OriginalStart{json["all_day"].as_bool(),
                                std::chrono::sys_seconds{std::chrono::seconds{date->as_integer()}}};
  return mail;
}

Json mails_json(const std::vector<calendar::Mail>& mails) {
  Json list = Json::array();
  for (const calendar::Mail& mail : mails) list.push(mail_json(mail));
  return list;
}

std::vector<calendar::Mail> mails_of(const Json& list) {
  std::vector<calendar::Mail> mails;
  for (const Json& mail : list.items()) mails.push_back(mail_of(mail));
  return mails;
}

// Without the base, which is decoded by the caller.
sync::SideState side_of(Row row, std::size_t first) {
  sync::SideState side;
  side.id = text(row[first]);
  side.version = text(row[first + 1]);
  side.has_base = row[first + 2].flag();
  return side;
}

}  // namespace

std::string series_text(const calendar::Series& series) {
  return calendar::to_stored_json(series).dump();
}

Result<calendar::Series> series_of(std::string_view text) {
  TRY(const Json json, Json::parse(text));
  return calendar::series_from_json(json);
}

Values pair_values(const sync::Pair& pair) {
  return {pair.id,
          pair.account,
          pair.remote_calendar,
          pair.crm_calendar,
          pair.identity,
          static_cast<std::int64_t>(pair.mode),
          static_cast<std::int64_t>(pair.state),
          pair.cursor.crm,
          pair.cursor.remote,
          static_cast<std::int64_t>(pair.generation.crm),
          static_cast<std::int64_t>(pair.generation.remote),
          pair.dirty,
          base::milliseconds(pair.synced_at),
          pair.is_primary,
          pair.is_default,
          pair.draining,
          pair.returning};
}

Result<sync::Pair> pair_of(Row row) {
  sync::Pair pair;
  pair.id = text(row[0]);
  pair.account = text(row[1]);
  pair.remote_calendar = text(row[2]);
  pair.crm_calendar = text(row[3]);
  pair.identity = text(row[4]);
  pair.mode = static_cast<sync::PairMode>(row[5].integer());
  pair.state = static_cast<sync::PairState>(row[6].integer());
  pair.cursor.crm = text(row[7]);
  pair.cursor.remote = text(row[8]);
  pair.generation.crm = static_cast<std::uint64_t>(row[9].integer());
  pair.generation.remote = static_cast<std::uint64_t>(row[10].integer());
  pair.dirty = row[11].integer();
  pair.synced_at = base::instant_of(row[12].integer());
  pair.is_primary = row[13].flag();
  pair.is_default = row[14].flag();
  pair.draining = row[15].flag();
  pair.returning = row[16].flag();
  return pair;
}

Values link_values(const sync::Link& link) {
  const sync::SideState& crm = link.side.crm;
  const sync::SideState& remote = link.side.remote;
  const std::string crm_base = crm.has_base ? series_text(crm.base) : std::string();
  const bool same = crm.has_base && remote.has_base && remote.base == crm.base;
  const std::string remote_base = !remote.has_base ? std::string()
                                  : same           ? std::string(kSameAsCrm)
                                                   : series_text(remote.base);
  return {link.id,
          link.pair,
          crm.id,
          crm.version,
          crm.has_base,
          crm_base,
          crm.has_base ? crm.base.facts.ical_uid : std::string(),
          static_cast<std::int64_t>(link.generation.crm),
          remote.id,
          remote.version,
          remote.has_base,
          remote_base,
          remote.has_base ? remote.base.facts.ical_uid : std::string(),
          static_cast<std::int64_t>(link.generation.remote),
          static_cast<std::int64_t>(link.incarnation),
          link.held_reason,
          link.notified,
          link.not_mailed.empty() ? std::string() : mails_json(link.not_mailed).dump()};
}

Result<sync::Link> link_of(Row row) {
  sync::Link link;
  link.id = text(row[0]);
  link.pair = text(row[1]);
  link.side.crm = side_of(row, 2);
  if (link.side.crm.has_base) {
    TRY(link.side.crm.base, series_of(row[5].text()));
  }
  link.generation.crm = static_cast<std::uint64_t>(row[7].integer());
  link.side.remote = side_of(row, 8);
  if (link.side.remote.has_base) {
    if (row[11].text() == kSameAsCrm) {
      link.side.remote.base = link.side.crm.base;
    } else {
      TRY(link.side.remote.base, series_of(row[11].text()));
    }
  }
  link.generation.remote = static_cast<std::uint64_t>(row[13].integer());
  link.incarnation = static_cast<std::uint32_t>(row[14].integer());
  link.held_reason = text(row[15]);
  link.notified = text(row[16]);
  if (!row[17].text().empty()) {
    TRY(const Json mails, Json::parse(row[17].text()));
    link.not_mailed = mails_of(mails);
  }
  return link;
}

Values change_values(const sync::PendingChange& change) {
  const sync::FeedItem& item = change.item;
  const bool deleted = item.kind == sync::FeedItem::Kind::deleted;
  constexpr bool kMovedAway = false;  // written by older versions, never read
  return {change.pair,
          static_cast<std::int64_t>(change.side),
          item.id,
          item.version,
          deleted,
          kMovedAway,
          change.inferred,
          static_cast<std::int64_t>(change.generation),
          deleted ? std::string() : series_text(item.series),
          base::milliseconds(change.acted_at),
          item.by_google};
}

Result<sync::PendingChange> change_of(Row row) {
  sync::PendingChange change;
  change.pair = text(row[0]);
  change.side = static_cast<sync::SideName>(row[1].integer());
  change.item.id = text(row[2]);
  change.item.version = text(row[3]);
  change.item.kind = row[4].flag() ? sync::FeedItem::Kind::deleted : sync::FeedItem::Kind::full;
  change.inferred = row[6].flag();
  change.generation = static_cast<std::uint64_t>(row[7].integer());
  if (!row[4].flag()) {
    TRY(change.item.series, series_of(row[8].text()));
  }
  change.acted_at = base::instant_of(row[9].integer());
  change.item.by_google = row[10].flag();
  return change;
}

Values held_values(const sync::HeldItem& item) {
  return {item.pair,
          static_cast<std::int64_t>(item.side),
          item.id,
          item.link,
          item.reason,
          item.detail,
          static_cast<std::int64_t>(item.attempts),
          base::milliseconds(item.next_try),
          item.version};
}

Result<sync::HeldItem> held_of(Row row) {
  sync::HeldItem item;
  item.pair = text(row[0]);
  item.side = static_cast<sync::SideName>(row[1].integer());
  item.id = text(row[2]);
  item.link = text(row[3]);
  item.reason = text(row[4]);
  item.detail = text(row[5]);
  item.attempts = static_cast<std::uint32_t>(row[6].integer());
  item.next_try = base::instant_of(row[7].integer());
  item.version = text(row[8]);
  return item;
}

Values invitation_values(const sync::Invitation& row) {
  const auto series = [](const std::optional<calendar::Series>& content) {
    return content ? series_text(*content) : std::string();
  };
  std::string day;
  if (row.date)
    day = std::to_string(row.date->instant.time_since_epoch().count()) +
          (row.date->all_day ? "d" : "");
  return {row.id,
          row.pair,
          row.link,
          row.crm_id,
          row.uid,
          row.guest,
          std::move(day),
          static_cast<std::int64_t>(row.kind),
          static_cast<std::int64_t>(row.state),
          row.sequence,
          base::milliseconds(row.stamp),
          base::milliseconds(row.acted_at),
          row.attempted,
          row.first_key,
          row.error,
          series(row.before),
          series(row.after)};
}

Result<sync::Invitation> invitation_of(Row columns) {
  sync::Invitation row;
  row.id = text(columns[0]);
  row.pair = text(columns[1]);
  row.link = text(columns[2]);
  row.crm_id = text(columns[3]);
  row.uid = text(columns[4]);
  row.guest = text(columns[5]);
  const std::string_view day = columns[6].text();
  if (!day.empty()) {
    std::int64_t seconds = 0;
    if (std::from_chars(day.data(), day.data() + day.size(), seconds).ec != std::errc())
      return Error{Code::invalid, "an invitation to a day that is no day", {}};
    row.date = calendar::OriginalStart{day.ends_with('d'),
                                       std::chrono::sys_seconds{std::chrono::seconds{seconds}}};
  }
  row.kind = static_cast<calendar::Mail::Kind>(columns[7].integer());
  row.state = static_cast<sync::Invitation::State>(columns[8].integer());
  row.sequence = columns[9].integer();
  row.stamp = base::instant_of(columns[10].integer());
  row.acted_at = base::instant_of(columns[11].integer());
  row.attempted = columns[12].flag();
  row.first_key = text(columns[13]);
  row.error = text(columns[14]);
  if (!columns[15].text().empty()) {
    TRY(row.before, series_of(columns[15].text()));
  }
  if (!columns[16].text().empty()) {
    TRY(row.after, series_of(columns[16].text()));
  }
  return row;
}

std::string operation_text(const sync::Operation& operation) {
  const bool put = operation.kind == sync::Operation::Kind::put;
  Json json = Json::object({{"kind", put ? "put" : "erase"},
                            {"op_id", operation.op_id},
                            {"id", operation.id},
                            {"link_id", operation.link_id},
                            {"incarnation", static_cast<std::int64_t>(operation.incarnation)},
                            {"notify", kNotify[static_cast<std::size_t>(operation.notify)]}});
  if (!operation.mails.empty()) json.set("mails", mails_json(operation.mails));
  if (operation.if_version) json.set("if_version", *operation.if_version);
  if (!operation.act.empty()) json.set("act", operation.act);
  if (operation.steps > 0) json.set("steps", static_cast<std::int64_t>(operation.steps));
  if (operation.created) json.set("created", true);
  if (operation.sequence > 0) json.set("sequence", operation.sequence);
  if (operation.sent.any()) json.set("sent", static_cast<std::int64_t>(operation.sent.to_ulong()));
  if (put) {
    json.set("series", calendar::to_stored_json(operation.series));
    // A creation has no content before; an empty series has no start and could not be read back.
    if (!operation.id.empty()) json.set("before", calendar::to_stored_json(operation.before));
  } else if (operation.notify == sync::Notify::crm) {
    // Its guests are informed what ends.
    json.set("before", calendar::to_stored_json(operation.before));
  }
  return json.dump();
}

Result<sync::Operation> operation_of(std::string_view text) {
  TRY(const Json json, Json::parse(text));
  sync::Operation operation;
  operation.kind =
      json.string("kind") == "put" ? sync::Operation::Kind::put : sync::Operation::Kind::erase;
  operation.op_id = json.string("op_id");
  operation.id = json.string("id");
  operation.link_id = json.string("link_id");
  operation.incarnation = static_cast<std::uint32_t>(json["incarnation"].as_integer());
  TRY(operation.notify, notify_of(json));
  operation.mails = mails_of(json["mails"]);
  operation.act = json.string("act");
  operation.created = json["created"].as_bool();
  operation.sequence = json["sequence"].as_integer();
  operation.sent = static_cast<unsigned long>(json["sent"].as_integer());
  operation.steps = static_cast<std::uint32_t>(json["steps"].as_integer());
  if (const Json* version = json.find("if_version")) operation.if_version = version->as_string();
  if (const Json* series = json.find("series")) {
    TRY(operation.series, calendar::series_from_json(*series));
  }
  if (const Json* before = json.find("before")) {
    TRY(operation.before, calendar::series_from_json(*before));
  }
  return operation;
}

}  // namespace gcal::store
