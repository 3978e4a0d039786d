#include "plugin/account/follow_moves.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "plugin/account/crm_appointments.hpp"
#include "src/common/base/mutant.hpp"
#include "src/engine/sync/link_state.hpp"

namespace gcal::plugin {
namespace {

using base::Json;
using sync::Link;
using sync::Pair;
using sync::PendingChange;
using sync::SideName;

constexpr std::size_t kPageSize = 500;

// An appointment whose event left one calendar and arrived in another.
struct Move {
  Link link;
  const Pair* from = nullptr;
  const Pair* to = nullptr;
  PendingChange arrived;
};

Move move_of(const Link& link, const Pair& from, const Pair& to, PendingChange arrived) {
  return {link, &from, &to, std::move(arrived)};
}

class Moves {
 public:
  Moves(PluginContext& context, store::SqlJournal& journal, std::vector<Pair>& live,
        const ReadRemote& read, std::int64_t fence)
      : context_(context), journal_(journal), live_(live), read_(read), fence_(fence) {}

  const std::set<std::string>& taken() const { return taken_; }

  // Events that `pair` no longer has.
  Task<> away_from(const Pair& pair) {
    std::string after;
    for (;;) {
      CO_TRY(const std::vector<sync::LinkWithChanges> page,
             co_await journal_.links_with_changes(pair.id, after, kPageSize));
      if (page.empty()) co_return Result<>{};
      after = page.back().link.id;
      std::map<std::string, Link> gone;
      for (const sync::LinkWithChanges& linked : page)
        if (sync::is_deleted(linked.change.remote) && linked.link.side.crm.has_base &&
            !sync::is_deleted(linked.change.crm))
          gone.emplace(linked.link.side.remote.id, linked.link);
      for (Pair& other : live_)
        if (other.id != pair.id && !gone.empty())
          CO_TRY_VOID(co_await take(gone, pair, other, true));
    }
  }

  // Events that are new in `pair`.
  Task<> into(const Pair& pair) {
    std::string after;
    for (;;) {
      CO_TRY(const std::vector<PendingChange> page,
             co_await journal_.unlinked_changes(pair.id, SideName::remote, after, kPageSize));
      if (page.empty()) co_return Result<>{};
      after = page.back().item.id;
      for (Pair& other : live_)
        if (other.id != pair.id) CO_TRY_VOID(co_await take_from(other, pair, page));
    }
  }

 private:
  Task<> take_from(Pair& other, const Pair& pair, const std::vector<PendingChange>& fresh) {
    std::vector<std::string> ids;
    for (const PendingChange& change : fresh) ids.push_back(change.item.id);
    CO_TRY(const std::vector<Link> doubtful,
           co_await journal_.links_by_side_id(other.id, SideName::remote, ids));
    std::vector<std::string> linked;
    for (const Link& link : doubtful)
      if (link.held_reason.empty() && link.side.crm.has_base) linked.push_back(link.side.remote.id);
    if (linked.empty()) co_return Result<>{};
    CO_TRY(const bool readable, co_await read_once(other));
    if (!readable) co_return Result<>{};
    // As they are now: a copy that came back has another id.
    CO_TRY(const std::vector<Link> known,
           co_await journal_.links_by_side_id(other.id, SideName::remote, std::move(ids)));
    CO_TRY(const std::vector<PendingChange> changes,
           co_await journal_.pending_changes(other.id, SideName::remote, std::move(linked)));
    std::map<std::string, Link> gone;
    for (const PendingChange& change : changes)
      if (sync::is_deleted(change))
        for (const Link& link : known)
          if (link.side.remote.id == change.item.id) gone.emplace(change.item.id, link);
    if (gone.empty()) co_return Result<>{};
    co_return co_await take(gone, other, pair, false);
  }

  // Moves those of `gone` that are new in `to`.
  Task<> take(const std::map<std::string, Link>& gone, const Pair& from, const Pair& to,
              bool read) {
    if (read) {
      CO_TRY(const bool readable, co_await read_once(to));
      if (!readable) co_return Result<>{};
    }
    std::vector<std::string> ids;
    for (const auto& [id, link] : gone) ids.push_back(id);
    CO_TRY(const std::vector<Link> known,
           co_await journal_.links_by_side_id(to.id, SideName::remote, ids));
    std::set<std::string> linked;
    for (const Link& link : known) linked.insert(link.side.remote.id);
    CO_TRY(std::vector<PendingChange> changes,
           co_await journal_.pending_changes(to.id, SideName::remote, std::move(ids)));
    for (PendingChange& change : changes) {
      if (sync::is_deleted(change) || linked.contains(change.item.id)) continue;
      const Link& link = gone.at(change.item.id);
      Move move = move_of(link, from, to, std::move(change));
      CO_TRY_VOID(co_await carry_out(move));
    }
    co_return Result<>{};
  }

  // One read of another calendar is enough for a run. False: it cannot be read now, which must not
  // stop this one; what it took is then new there.
  Task<bool> read_once(const Pair& pair) {
    if (const auto known = readable_.find(pair.id); known != readable_.end())
      co_return known->second;
    bool& readable = readable_[pair.id];
    for (Pair& each : live_) {
      if (each.id != pair.id) continue;
      const Result<> read = co_await read_(each);
      if (!read && (read.error().code == Code::needs_auth || read.error().code == Code::cancelled ||
                    read.error().code == Code::conflict))
        co_return read.error();
      readable = read.has_value();
    }
    co_return readable;
  }

  Task<> carry_out(Move& move) {
    const std::string id = move.link.side.crm.id;
    std::vector<std::string> one{id};
    CO_TRY(const std::vector<Json> documents, co_await context_.host.events(one));
    if (documents.empty() || documents.front().string("calendar") != move.from->crm_calendar)
      co_return Result<>{};  // the user deleted or moved it
    const std::string before = documents.front().string("revision");
    CO_TRY(std::vector<PendingChange> edited,
           co_await journal_.pending_changes(move.from->id, SideName::crm, one));
    std::vector<Json> operations{
        move_operation("moved:" + id + ":" + before, id, before, move.to->crm_calendar)};
    CO_TRY(const std::vector<Json> results,
           co_await context_.host.apply(fence_, std::move(operations)));
    const Json result = results.empty() ? Json::object() : results.front();
    const auto status = static_cast<crm_status>(result["status"].as_integer(CRM_INTERNAL));
    if (status == CRM_CONFLICT)
      co_return Error{Code::unavailable,
                      "an appointment was edited while it was moved to another calendar",
                      {}};
    // What the CRM does not move is deleted in one calendar and created in the other.
    if (status != CRM_OK) co_return Result<>{};
    co_return co_await hand_over(move, std::move(edited), before, result.string("revision"));
  }

  // Whether a run has read this revision of the appointment.
  static bool is_known(const Link& link, const std::vector<PendingChange>& edited,
                       const std::string& revision) {
    return link.side.crm.version == revision ||
           std::ranges::any_of(edited, [&](const PendingChange& change) {
             return change.item.version == revision;
           });
  }

  // The link belongs to the new pair from now on, with its bases: an edit in the CRM that Google
  // does not know yet is still one. `before` and `revision`: of the appointment before and after
  // its move. An edit that no run has read yet is read in the new calendar: there the appointment
  // is news as long as the link does not know its revision.
  Task<> hand_over(Move& move, std::vector<PendingChange> edited, const std::string& before,
                   const std::string& revision) {
    const std::string crm_id = move.link.side.crm.id;
    sync::WriteBatch batch;
    const bool known = is_known(move.link, edited, before);
    batch.delete_changes.push_back({move.from->id, SideName::remote, move.link.side.remote.id});
    for (PendingChange& change : edited) {
      batch.delete_changes.push_back({move.from->id, SideName::crm, crm_id});
      change.pair = move.to->id;
      if (change.item.version == before) change.item.version = revision;
      if (!base::mutant("edit_stays_in_old_calendar")) batch.changes.push_back(std::move(change));
    }
    move.link.pair = move.to->id;
    if (known) {
      // Of the edit that is pending, or of the one that was agreed last.
      if (move.link.notified == before) move.link.notified = revision;
      move.link.side.crm.version = revision;
    }
    move.link.side.remote.version = move.arrived.item.version;
    move.link.generation = move.to->generation;
    batch.links.push_back(std::move(move.link));
    // It may have been in that calendar before: its event of that time is a leftover from now on,
    // and that it left is no deletion.
    if (edited.empty()) batch.delete_changes.push_back({move.to->id, SideName::crm, crm_id});
    std::vector<std::string> moved{crm_id};
    CO_TRY(const std::vector<Link> earlier,
           co_await journal_.links_by_side_id(move.to->id, SideName::crm, std::move(moved)));
    for (const Link& link : earlier) batch.delete_links.push_back(link.id);
    taken_.insert(move.to->id);
    co_return co_await journal_.commit(std::move(batch));
  }

  PluginContext& context_;
  store::SqlJournal& journal_;
  std::vector<Pair>& live_;
  const ReadRemote& read_;
  std::int64_t fence_;
  std::set<std::string> taken_;           // pairs that took an event, by id
  std::map<std::string, bool> readable_;  // pairs that were read, by id
};

}  // namespace

Task<std::set<std::string>> follow_moves(PluginContext& context, store::SqlJournal& journal,
                                         const sync::Pair& pair, std::vector<sync::Pair>& live,
                                         const ReadRemote& read, std::int64_t fence) {
  Moves moves(context, journal, live, read, fence);
  if (live.size() < 2 || base::mutant("moves_are_not_followed")) co_return moves.taken();
  CO_TRY_VOID(co_await moves.away_from(pair));
  CO_TRY_VOID(co_await moves.into(pair));
  co_return moves.taken();
}

}  // namespace gcal::plugin
