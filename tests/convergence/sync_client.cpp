#include "tests/convergence/sync_client.hpp"

#include <set>

#include "src/common/net/url.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

constexpr int kMostSteps = 600;

bool is_cancelled(std::string_view item) {
  return text_member(item, "status") == "cancelled";
}

bool no_access(const Answer& answer) {
  return answer.status == 404 ||
         (answer.status == 403 && answer.body.find("rateLimitExceeded") == std::string::npos);
}

// Whether the series has an occurrence at the exception's original start.
bool has_place(const World& world, std::string_view series, std::string_view exception) {
  const auto starts = expand(recurrence_lines(series), moment_of(member(series, "start")),
                             world.assumes("exdate_of_start_outside_rule", "ignored"));
  return starts.contains(moment_of(member(exception, "originalStartTime")).at);
}

// Of a deleted event, only these members are guaranteed.
std::string guaranteed(std::string_view item) {
  return "cancelled " + std::string(text_member(item, "id")) + " " +
         std::string(text_member(item, "recurringEventId")) + " " +
         std::string(member(item, "originalStartTime"));
}

// An id that is deleted, and nothing else.
bool is_tombstone(const std::string& text) {
  return text.starts_with("cancelled ") && text.find("  ") != std::string::npos;
}

// What one side has and the other has not, shortly. A tombstone that only one side has means
// nothing: a deleted series is listed without those of its exceptions.
std::string difference(const Items& client, const Items& list) {
  for (const auto& [id, text] : client) {
    const auto found = list.find(id);
    if (found == list.end() && is_tombstone(text)) continue;
    if (found == list.end()) return "keeps " + id + ", which the full list has not: " + text;
    if (found->second != text)
      return "has another " + id + ":\n    " + text + "\n    " + found->second;
  }
  for (const auto& [id, text] : list)
    if (!client.contains(id) && !is_tombstone(text)) return "lacks " + id + ": " + text;
  return {};
}

}  // namespace

std::string ListForm::query() const {
  std::string text = "?maxResults=" + std::to_string(max_results);
  if (single_events) text += "&singleEvents=true";
  if (show_deleted) text += "&showDeleted=true";
  return text;
}

std::string ListForm::name() const {
  return std::string(single_events ? "singleEvents" : "default") +
         (show_deleted ? "+showDeleted" : "") + " by " + std::to_string(max_results);
}

void normalize(const World& world, Items& items, const ListForm& form) {
  std::erase_if(items, [&](const auto& entry) {
    if (!is_cancelled(entry.second)) return false;
    if (form.single_events) return true;
    const std::string_view series = text_member(entry.second, "recurringEventId");
    if (series.empty()) return !form.show_deleted;
    const auto master = items.find(std::string(series));
    return master == items.end() || is_cancelled(master->second) ||
           !has_place(world, master->second, entry.second);
  });
  for (auto& [id, item] : items)
    if (is_cancelled(item)) item = guaranteed(item);
}

bool full_list(World& world, int person, int calendar, const ListForm& form,
               const std::string& parameters, Items& items) {
  ListForm whole = form;
  whole.max_results = 2500;
  const Answer answer =
      world.call(person, "GET", world.events(calendar) + whole.query() + parameters);
  if (no_access(answer)) return false;
  if (answer.status != 200) {
    world.violation("lists", std::to_string(answer.status) + " " + answer.body);
    return false;
  }
  for (const std::string_view item : elements(member(answer.body, "items")))
    items[std::string(text_member(item, "id"))] = item;
  return true;
}

std::string SyncClient::name(const World& world) const {
  return form_.name() + " of " + world.email(person_) + " for " +
         (calendar_ == kTeam ? "team" : world.calendar_id(calendar_));
}

void SyncClient::forget_all() {
  items_.clear();
  sync_token_.clear();
  page_token_.clear();
  reads_ = false;
}

void SyncClient::lose_page(World& world) {
  if (!reads_) return;
  world.count("pages lost");
  page_token_.clear();
  reads_ = false;
}

// A deleted series takes its exceptions along.
void SyncClient::forget_exceptions(const std::string& series) {
  std::erase_if(items_, [&](const auto& entry) {
    return text_member(entry.second, "recurringEventId") == series;
  });
}

void SyncClient::apply(std::string_view item) {
  std::string id(text_member(item, "id"));
  if (!is_cancelled(item)) {
    items_[std::move(id)] = item;
    return;
  }
  const std::string_view series = text_member(item, "recurringEventId");
  const bool keeps = form_.show_deleted || (!form_.single_events && !series.empty());
  if (series.empty() && !form_.single_events) forget_exceptions(id);
  if (keeps)
    items_[std::move(id)] = item;
  else
    items_.erase(id);
}

// An id is in a page once. A fault may repeat an item; the second one says nothing new.
void SyncClient::apply_page(World& world, const std::vector<std::string_view>& items) {
  std::set<std::string_view> ids;
  std::string line = "  got";
  for (const std::string_view item : items) {
    const std::string_view id = text_member(item, "id");
    if (world.tracing()) (line += is_cancelled(item) ? " -" : " ") += id;
    if (ids.insert(id).second)
      apply(item);
    else if (!world.faulty())
      world.violation("lists", name(world) + ": a page has twice " + std::string(id));
  }
  world.note(line);
}

void SyncClient::step(World& world) {
  if (reads_ && sharing_ != world.sharing(calendar_)) forget_all();
  if (!reads_) sharing_ = world.sharing(calendar_);
  std::string target = world.events(calendar_) + form_.query();
  if (!reads_ && sync_token_.empty()) items_.clear();
  if (!sync_token_.empty()) target += "&syncToken=" + gcal::net::percent_encode(sync_token_);
  if (!page_token_.empty()) target += "&pageToken=" + gcal::net::percent_encode(page_token_);
  const Answer answer = world.call(person_, "GET", target);
  if (answer.status == 410) {
    world.count("410 answers");
    return forget_all();
  }
  if (no_access(answer)) {
    readable_ = false;
    world.count("calendars without access");
    return forget_all();
  }
  if (answer.status != 200 || !is_whole(answer.body)) {
    if (!world.faulty())
      world.violation("lists",
                      name(world) + ": " + std::to_string(answer.status) + " " + answer.body);
    return;
  }
  readable_ = true;
  world.count("pages");
  if (!sync_token_.empty())
    world.count(page_token_.empty() ? "token resumes" : "pages with a token");
  if (!page_token_.empty()) world.count("resumes in the middle of pages");
  apply_page(world, elements(member(answer.body, "items")));
  page_token_ = text_member(answer.body, "nextPageToken");
  reads_ = !page_token_.empty();
  if (reads_) return;
  sync_token_ = text_member(answer.body, "nextSyncToken");
  ++lists_;
  if (sync_token_.empty())
    world.violation("lists", name(world) + ": the last page has no sync token");
}

void SyncClient::catch_up(World& world) {
  // The list that is being read may have begun before the last act: one more follows it.
  const std::size_t wanted = lists_ + (reads_ ? 2 : 1);
  for (int steps = 0; lists_ < wanted; ++steps) {
    step(world);
    if (!readable_) return;
    if (steps < kMostSteps) continue;
    return world.violation("lists", name(world) + ": the pages have no end");
  }
}

void SyncClient::compare(World& world) const {
  Items list;
  if (!full_list(world, person_, calendar_, form_, "", list)) {
    if (readable_) world.violation("clients", name(world) + " reads what a full list refuses");
    return;
  }
  Items mine = items_;
  normalize(world, mine, form_);
  normalize(world, list, form_);
  const std::string found = difference(mine, list);
  if (!found.empty())
    world.violation("client " + form_.name().substr(0, form_.name().find(" by")) +
                        (form_.max_results < 100 ? " in pages" : ""),
                    name(world) + " " + found);
}

}  // namespace convergence
