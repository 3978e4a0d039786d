#include "tests/support/fake_side.hpp"

#include <algorithm>
#include <charconv>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/sync/derived_ids.hpp"

namespace gcal::support {

using namespace gcal::sync;

namespace {

// In place of Google's limit of 8192: short, so that random texts reach it.
constexpr std::size_t kMaxDescription = 24;

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Whether the next request of a put in steps is about more than single dates.
bool writes_the_series(const Operation& operation) {
  Series before = operation.before;
  Series wanted = operation.series;
  before.occurrences.clear();
  wanted.occurrences.clear();
  return calendar::changed(before, wanted).any();
}

}  // namespace

sync::RemoteItem FakeSide::remote_item_of(const std::string& id) const {
  const auto found = remote_items.find(id);
  RemoteItem item = found == remote_items.end() ? RemoteItem() : found->second;
  item.whole = dialect_ == Dialect::google;
  return item;
}

Series FakeSide::shown(const std::string& id, Series series) const {
  if (!hides_guests.contains(id)) return series;
  const auto hide = [](calendar::Event& event) {
    std::erase_if(event.attendees, [](const calendar::Attendee& guest) { return !guest.self; });
    event.attendees_omitted = true;
  };
  hide(series.master);
  for (auto& [start, occurrence] : series.occurrences) hide(occurrence.event);
  return series;
}

FeedItem FakeSide::item_of(const std::string& id, const Object& object) const {
  FeedItem item;
  item.id = id;
  item.version = std::to_string(object.revision);
  item.kind = object.deleted ? FeedItem::Kind::deleted : FeedItem::Kind::full;
  item.split_of = object.split_of;
  item.silent = object.silent;
  item.by_google = object.by_google;
  if (object.deleted) return item;
  item.series = shown(id, object.series);
  item.remote_item = remote_item_of(id);
  return item;
}

Series FakeSide::as_stored(Series series, const std::string& link_id) const {
  if (dialect_ == Dialect::google) {
    if (series.master.description.size() > kMaxDescription)
      series.master.description.resize(kMaxDescription);
    if (!link_id.empty()) series.facts.link_mark = link_id;
  }
  return series;
}

void FakeSide::user_saves(const std::string& id, Series series, const std::string& split_of) {
  Object& object = objects_[id];
  const std::string mark = object.series.facts.link_mark;
  for (const auto& [start, occurrence] : object.series.occurrences)
    object.whole |= !series.occurrences.contains(start);
  object.series = as_stored(std::move(series), mark);
  object.revision = ++revision_;
  object.deleted = false;
  object.silent = saves_silently;
  object.by_google = wants_google;
  if (!split_of.empty()) object.split_of = split_of;
}

void FakeSide::user_deletes(const std::string& id) {
  Object& object = objects_.at(id);
  object.deleted = true;
  object.silent = saves_silently;
  object.by_google = wants_google;
  object.revision = ++revision_;
}

std::vector<std::string> FakeSide::live() const {
  std::vector<std::string> ids;
  for (const auto& [id, object] : objects_)
    if (!object.deleted) ids.push_back(id);
  return ids;
}

std::string FakeSide::find(const std::string& location) const {
  for (const auto& [id, object] : objects_)
    if (!object.deleted && object.series.master.location == location) return id;
  return {};
}

// A cursor is "<from>"; a page position is "<from>/<after>": everything changed since `from`, in
// the order of change, after `after`. That of a listing is "<begin>/<after>L": what is changed or
// deleted after the first page is reported to the cursor that the listing ends with.
Result<ChangesPage> FakeSide::read(const std::string& cursor) const {
  if (!exists_) return Error{Code::not_found, "the calendar is not there", {}};
  const std::size_t slash = cursor.find('/');
  const std::uint64_t from = number(cursor);
  std::uint64_t after =
      slash == std::string::npos ? from : number(std::string_view(cursor).substr(slash + 1));
  ChangesPage page;
  page.listing = cursor.empty() || cursor.ends_with('L');
  if (!page.listing && from < oldest_cursor_) return Error{Code::gone, "the cursor expired", {}};

  const std::uint64_t begin = page.listing && !cursor.empty() ? from : revision_;
  std::vector<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [id, object] : objects_)
    if (object.revision > after && !(page.listing && object.deleted))
      order.emplace_back(object.revision, id);
  std::ranges::sort(order);
  for (const auto& [revision, id] : order) {
    if (page.items.size() == page_size) {
      page.more = true;
      break;
    }
    const Object& object = objects_.at(id);
    FeedItem item = item_of(id, object);
    if (dialect_ == Dialect::google && !object.deleted && !object.whole)
      item.kind = FeedItem::Kind::partial;
    after = revision;
    if (id == unreadable) {
      page.unreadable.push_back({id, "start: no such day"});
      continue;
    }
    page.items.push_back(std::move(item));
  }
  page.next = std::to_string(begin);
  if (page.more)
    page.next = std::to_string(page.listing ? begin : from) + "/" + std::to_string(after) +
                (page.listing ? "L" : "");
  return page;
}

Task<ChangesPage> FakeSide::changes(std::string cursor) {
  const auto effect = [&]() -> Result<ChangesPage> {
    if (read_fails)
      if (const std::optional<Error> error = read_fails()) return *error;
    return read(cursor);
  };
  co_return with_fault(faults_, "side.changes", effect);
}

Task<FeedItem> FakeSide::get(std::string id) {
  const auto effect = [&]() -> Result<FeedItem> {
    const auto object = objects_.find(id);
    if (!exists_ || object == objects_.end() || (forgets_tombstones && object->second.deleted))
      return Error{Code::not_found, "no such event", {}};
    if (id == unreadable) return Error{Code::invalid, "start: no such day", {}};
    if (get_fails)
      if (const std::optional<Error> error = get_fails(id)) return *error;
    return item_of(id, object->second);
  };
  co_return with_fault(faults_, "side.get", effect);
}

Result<Written> FakeSide::perform(const Operation& operation) {
  if (!exists_) return Error{Code::not_found, "the calendar is not there", {}};
  if (!may_write) return Error{Code::denied, "readers do not write", {}, Scope::calendar};
  if (write_fails)
    if (const std::optional<Error> error = write_fails(operation)) return *error;
  if (const auto known = remembered_.find(operation.op_id);
      dialect_ == Dialect::crm && known != remembered_.end())
    return known->second;
  const bool creating = operation.kind == Operation::Kind::put && operation.id.empty();
  const std::string id = !creating ? operation.id
                         : dialect_ == Dialect::crm
                             ? derived_crm_id(operation.link_id, operation.incarnation)
                             : derived_remote_id(operation.link_id, operation.incarnation);
  const auto object = objects_.find(id);
  if (creating && object != objects_.end()) return Error{Code::conflict, "the id is taken", {}};
  if (!creating && (object == objects_.end() || object->second.deleted))
    return Error{Code::gone, "it was deleted", {}};
  if (!creating && operation.if_version &&
      *operation.if_version != std::to_string(object->second.revision))
    return Error{Code::conflict, "another version", {}};
  if (operation.kind == Operation::Kind::put && !refuses.empty() &&
      operation.series.master.summary == refuses)
    return Error{Code::invalid, "this title is not taken", {}};
  ++writes_;
  Written written;
  written.id = id;
  written.version = std::to_string(++revision_);
  if (creating && dialect_ == Dialect::google && !operation.remote_item.blank())
    remote_items[id] = operation.remote_item;
  Object& target = objects_[id];
  mail(target, operation);
  target.revision = revision_;
  if (operation.kind == Operation::Kind::erase)
    target.deleted = true;
  else
    write(target, operation, written);
  target.series.facts.sequence = std::max(target.series.facts.sequence, operation.sequence);
  written.series = shown(id, target.series);
  written.remote_item = remote_item_of(id);
  remembered_[operation.op_id] = written;
  return written;
}

// The date that the next request of a write in steps is about; nullptr: it is about the series.
const OriginalStart* FakeSide::next_date(const Object& target, const Operation& operation) const {
  if (!writes_in_steps || operation.kind != Operation::Kind::put || operation.id.empty() ||
      writes_the_series(operation))
    return nullptr;
  for (const Series* series : {&operation.before, &operation.series})
    for (const auto& [start, occurrence] : series->occurrences)
      if (!calendar::equal_occurrence(calendar::find_occurrence(target.series, start),
                                      calendar::find_occurrence(operation.series, start)))
        return &start;
  return nullptr;
}

void FakeSide::mail(const Object& target, const Operation& operation) {
  if (operation.notify != Notify::google) return;
  const OriginalStart* const date = next_date(target, operation);
  if (writes_in_steps && !lets_mail(operation, date)) return;
  ++mails_;
  for (const calendar::Mail& mail : operation.mails)
    if (!writes_in_steps || (mail.scope ? date && *mail.scope == *date : operation.steps == 0))
      mailed_.push_back(mail.guest);
}

void FakeSide::write(Object& target, const Operation& operation, Written& written) const {
  const bool creating = operation.id.empty();
  if (dialect_ == Dialect::crm || !writes_in_steps) {
    if (creating || dialect_ == Dialect::crm)
      target.series = as_stored(operation.series, operation.link_id);
    else
      patch(target, operation);
    if (makes_uids && creating) target.series.facts.ical_uid = written.id + "@google.com";
    return;
  }
  Operation rest = operation;
  rest.id = written.id;
  rest.if_version = written.version;
  rest.before = operation.series;
  if (makes_uids) rest.before.facts.ical_uid = written.id + "@google.com";
  if (creating) {
    Series master = operation.series;
    master.occurrences.clear();
    target.series = as_stored(master, operation.link_id);
    if (makes_uids) target.series.facts.ical_uid = written.id + "@google.com";
  } else if (writes_the_series(operation)) {
    auto occurrences = target.series.occurrences;
    if (resets_exceptions && !calendar::equal_rule(operation.before, operation.series))
      occurrences.clear();
    patch(target, operation);
    target.series.occurrences = std::move(occurrences);
  } else if (const OriginalStart* const date = next_date(target, operation)) {
    calendar::set_occurrence(target.series, *date,
                             calendar::find_occurrence(operation.series, *date));
  } else {
    return;
  }
  rest.before.occurrences = target.series.occurrences;
  if (!(rest.before.occurrences == rest.series.occurrences)) written.rest = std::move(rest);
}

// Only what differs from `before` is sent.
void FakeSide::patch(Object& target, const Operation& operation) const {
  const calendar::FieldSet fields = calendar::changed(operation.before, operation.series);
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
    if (fields[i]) calendar::copy(target.series, operation.series, static_cast<calendar::Field>(i));
  target.series = as_stored(target.series, target.series.facts.link_mark);
}

Task<std::vector<Result<Written>>> FakeSide::apply(std::vector<Operation> operations) {
  std::vector<Result<Written>> answers;
  if (dialect_ == Dialect::crm) {  // one transaction
    const auto effect = [&]() -> Result<> {
      for (const Operation& operation : operations) answers.push_back(perform(operation));
      return {};
    };
    const Result<> all = with_fault(faults_, "crm.apply", effect);
    if (!all) co_return all.error();
    co_return answers;
  }
  for (const Operation& operation : operations) {
    const auto effect = [&] { return perform(operation); };
    answers.push_back(with_fault(faults_, "remote.write", effect));
  }
  co_return answers;
}

Task<> FakeSide::settle(std::vector<std::string> op_ids) {
  for (const std::string& id : op_ids) remembered_.erase(id);
  co_return Result<>{};
}

Task<bool> FakeSide::writable() {
  co_return may_write;
}

Task<bool> FakeSide::exists() {
  if (read_fails)
    if (const std::optional<Error> error = read_fails()) co_return *error;
  co_return exists_&& answers_exists;
}

}  // namespace gcal::support
