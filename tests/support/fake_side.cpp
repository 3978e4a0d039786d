#include "tests/support/fake_side.hpp"

#include <algorithm>
#include <charconv>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/identity.hpp"

namespace gcal::support {

using namespace gcal::sync;

namespace {

constexpr std::size_t kLongestDescription =
    24;  // stands for Google's 8192: short, so that a random text meets it

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Series FakeSide::as_held(Series series, const std::string& link_id) const {
  if (temper_ == Temper::google) {
    if (series.master.description.size() > kLongestDescription)
      series.master.description.resize(kLongestDescription);
    if (!link_id.empty()) series.facts.link_mark = link_id;
  }
  return series;
}

void FakeSide::person_puts(const std::string& id, Series series) {
  Item& item = items_[id];
  const std::string mark = item.series.facts.link_mark;
  item.series = as_held(std::move(series), mark);
  item.revision = ++revision_;
  item.deleted = false;
}

void FakeSide::person_deletes(const std::string& id) {
  Item& item = items_.at(id);
  item.deleted = true;
  item.revision = ++revision_;
}

std::vector<std::string> FakeSide::live() const {
  std::vector<std::string> ids;
  for (const auto& [id, item] : items_)
    if (!item.deleted) ids.push_back(id);
  return ids;
}

// A cursor is "<from>"; a page position is "<from>/<after>[L]": everything changed since `from`, in
// the order of change, after `after`.
Result<ChangesPage> FakeSide::read(const std::string& cursor) const {
  if (!exists_) return Error{Code::not_found, "the calendar is not there", {}};
  const std::size_t slash = cursor.find('/');
  const std::uint64_t from = number(cursor);
  std::uint64_t after =
      slash == std::string::npos ? from : number(std::string_view(cursor).substr(slash + 1));
  ChangesPage page;
  page.listing = cursor.empty() || cursor.ends_with('L');
  if (!page.listing && from < oldest_cursor_) return Error{Code::gone, "the cursor expired", {}};

  std::vector<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [id, item] : items_)
    if (item.revision > after && !(page.listing && item.deleted))
      order.emplace_back(item.revision, id);
  std::ranges::sort(order);
  for (const auto& [revision, id] : order) {
    if (page.items.size() == page_size) {
      page.more = true;
      break;
    }
    const Item& item = items_.at(id);
    Observation observation;
    observation.id = id;
    observation.version = std::to_string(item.revision);
    observation.kind = item.deleted             ? Observation::Kind::gone
                       : temper_ == Temper::crm ? Observation::Kind::whole
                                                : Observation::Kind::fragment;
    if (!item.deleted) observation.series = item.series;
    after = revision;
    if (id == unreadable) {
      page.unreadable.push_back({id, "start: no such day"});
      continue;
    }
    page.items.push_back(std::move(observation));
  }
  page.next = page.more
                  ? std::to_string(from) + "/" + std::to_string(after) + (page.listing ? "L" : "")
                  : std::to_string(revision_);
  return page;
}

Task<ChangesPage> FakeSide::changes(std::string cursor) {
  const auto effect = [&] { return read(cursor); };
  co_return under(weather_, "side.changes", effect);
}

Task<Observation> FakeSide::get(std::string id) {
  const auto effect = [&]() -> Result<Observation> {
    const auto item = items_.find(id);
    if (!exists_ || item == items_.end() || (forgets_tombstones && item->second.deleted))
      return Error{Code::not_found, "no such event", {}};
    if (id == unreadable) return Error{Code::invalid, "start: no such day", {}};
    Observation observation;
    observation.id = id;
    observation.version = std::to_string(item->second.revision);
    observation.kind = item->second.deleted ? Observation::Kind::gone : Observation::Kind::whole;
    if (!item->second.deleted) observation.series = item->second.series;
    return observation;
  };
  co_return under(weather_, "side.get", effect);
}

Result<Written> FakeSide::perform(const Operation& operation) {
  if (!exists_) return Error{Code::not_found, "the calendar is not there", {}};
  if (const auto known = remembered_.find(operation.op_id);
      temper_ == Temper::crm && known != remembered_.end())
    return known->second;
  const bool creating = operation.kind == Operation::Kind::put && operation.id.empty();
  const std::string id = !creating ? operation.id
                         : temper_ == Temper::crm
                             ? derived_crm_id(operation.link_id, operation.incarnation)
                             : derived_google_id(operation.link_id, operation.incarnation);
  const auto item = items_.find(id);
  if (creating && item != items_.end()) return Error{Code::conflict, "the id is taken", {}};
  if (!creating && (item == items_.end() || item->second.deleted))
    return Error{Code::gone, "it was deleted", {}};
  if (!creating && operation.if_version &&
      *operation.if_version != std::to_string(item->second.revision))
    return Error{Code::conflict, "another version", {}};
  if (operation.kind == Operation::Kind::put && !refuses.empty() &&
      operation.series.master.summary == refuses)
    return Error{Code::invalid, "this title is not taken", {}};
  ++writes_;
  if (operation.notify == Notify::guests) ++mails_;
  Written written{id, std::to_string(++revision_), {}};
  Item& target = items_[id];
  target.revision = revision_;
  if (operation.kind == Operation::Kind::erase) {
    target.deleted = true;
  } else if (creating || temper_ == Temper::crm) {
    target.series = as_held(operation.series, operation.link_id);
    if (makes_uids && creating) target.series.facts.ical_uid = id + "@google.com";
  } else {
    // As PATCH does: only what differs from `before` is sent.
    const calendar::FieldSet fields = calendar::changed(operation.before, operation.series);
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (fields[i])
        calendar::copy(target.series, operation.series, static_cast<calendar::Field>(i));
    target.series = as_held(target.series, target.series.facts.link_mark);
  }
  written.series = target.series;
  remembered_[operation.op_id] = written;
  return written;
}

Task<std::vector<Result<Written>>> FakeSide::apply(std::vector<Operation> operations) {
  std::vector<Result<Written>> answers;
  if (temper_ == Temper::crm) {  // one transaction
    const auto effect = [&]() -> Result<> {
      for (const Operation& operation : operations) answers.push_back(perform(operation));
      return {};
    };
    const Result<> all = under(weather_, "crm.apply", effect);
    if (!all) co_return all.error();
    co_return answers;
  }
  for (const Operation& operation : operations) {
    const auto effect = [&] { return perform(operation); };
    answers.push_back(under(weather_, "google.write", effect));
  }
  co_return answers;
}

Task<> FakeSide::settle(std::vector<std::string> op_ids) {
  for (const std::string& id : op_ids) remembered_.erase(id);
  co_return Result<>{};
}

Task<bool> FakeSide::exists() {
  co_return exists_&& answers_exists;
}

}  // namespace gcal::support
