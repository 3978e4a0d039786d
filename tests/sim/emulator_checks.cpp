#include <algorithm>

#include "src/engine/calendar/event_json.hpp"
#include "tests/sim/emulator_world.hpp"
#include "tests/sim/visible.hpp"

namespace gcal::simulation {

using namespace gcal::sync;
using base::Json;

namespace {

constexpr std::size_t kSettleCycles = 8;

}  // namespace

void EmulatorWorld::settle_and_check() {
  if (!settle(kSettleCycles)) violation("the sides do not fall silent");
  const std::size_t requests = google_.requests();
  cycle();
  if (google_.requests() - requests > 1)
    violation("a quiet cycle asks Google " + std::to_string(google_.requests() - requests) +
              " times");
  check_nothing_is_left();
  compare_sides();
  check_titles();
  check_mails();
}

const Series* EmulatorWorld::in_crm(const std::string& token) const {
  const std::string id = crm_.find(token);
  return id.empty() ? nullptr : &crm_.objects().at(id).series;
}

Titles EmulatorWorld::titles(const std::string& token) {
  Titles found;
  if (const Series* series = in_crm(token)) found.crm = series->master.summary;
  if (const std::string id = google_.find(token); !id.empty())
    found.remote = google_.read(id).string("summary");
  return found;
}

std::optional<Values> EmulatorWorld::common_values(const std::string& token) {
  const Series* crm = in_crm(token);
  const std::string id = google_.find(token);
  if (!crm || id.empty()) return std::nullopt;
  const std::optional<Series> there = google_.series(id);
  const Values values = values_of(*crm);
  return there && values == values_of(*there) ? std::optional(values) : std::nullopt;
}

Values EmulatorWorld::values_of(const Series& series) {
  const calendar::Event& event = series.master;
  const auto rule = std::ranges::find_if(
      series.recurrence, [](const std::string& line) { return line.starts_with("RRULE"); });
  Values values{{"title", event.summary},
                {"text", event.description},
                {"guest", "no"},
                {"colleague", "no"},
                {"busy", event.transparency == calendar::Transparency::opaque ? "yes" : "no"},
                {"start", start_of(event)},
                {"rule", rule == series.recurrence.end() ? "" : *rule}};
  for (const calendar::Attendee& guest : event.attendees) {
    if (guest.email == EmulatedGoogle::kColleague) values["colleague"] = "yes";
    if (guest.email != EmulatedGoogle::kGuest) continue;
    values["guest"] = "yes";
    values["answer"] = std::to_string(static_cast<int>(guest.partstat));
  }
  for (int number = 0; number < kOccurrences; ++number)
    if (const auto date = occurrence(series, number))
      values[name_of(number)] = title_of(series, *date);
  return values;
}

std::string EmulatorWorld::start_of(const calendar::Event& event) {
  const auto start = calendar::OriginalStart::of(event.start);
  return (start.all_day ? "day " : "") + std::to_string(start.instant.time_since_epoch().count());
}

std::string EmulatorWorld::name_of(int number) {
  return "date " + std::to_string(number);
}

std::string EmulatorWorld::title_of(const Series& series, const calendar::OriginalStart& date) {
  const auto found = series.occurrences.find(date);
  if (found == series.occurrences.end()) return "";
  if (found->second.cancelled) return "cancelled";
  const std::string& title = found->second.event.summary;
  return title.starts_with("once ") ? title : "";
}

std::vector<std::string> EmulatorWorld::tokens_in_crm() {
  std::vector<std::string> tokens;
  for (const std::string& id : crm_.live())
    tokens.push_back(crm_.objects().at(id).series.master.location);
  return tokens;
}

void EmulatorWorld::compare_sides() {
  std::multimap<std::string, std::string> crm, google;
  for (const std::string& id : crm_.live()) {
    const Series& series = crm_.objects().at(id).series;
    crm.emplace(series.master.location, visible(series).dump());
  }
  for (const FeedItem& item : google_.listing()) {
    const std::string& token = item.series.master.location;
    google.emplace(token, visible(item.series).dump());
    const std::string kept = sync::master_bytes(item.remote_item);
    if (made_at_google_.contains(token) &&
        kept.find("\"made\":\"" + token + "\"") == std::string::npos)
      violation(token + " lost what only google knows of it");
  }
  PerSide<std::map<std::string, std::multiset<std::string>>> by_token;
  for (const auto& [token, text] : crm) by_token.crm[token].insert(text);
  for (const auto& [token, text] : google) by_token.remote[token].insert(text);
  for (const auto& [token, texts] : by_token.crm)
    if (by_token.remote[token] != texts) {
      if (view_only() && !acts(token).at_remote()) continue;  // the user's own
      violation(token + " differs");
      for (const std::string& text : texts) violation("  crm    " + text);
      for (const std::string& text : by_token.remote[token]) violation("  google " + text);
    }
  for (const auto& [token, texts] : by_token.remote) {
    if (!by_token.crm.contains(token)) violation(token + " exists only in google");
    if (!acts(token).is_split() && texts.size() > 1) violation(token + " exists twice");
  }
  final_ = by_token.crm;
}

void EmulatorWorld::check_titles() {
  for (const auto& [token, acts] : acts_) {
    const auto found = final_.find(token);
    std::optional<Values> values;
    if (found != final_.end() && !found->second.empty())
      values = values_of(*calendar::series_from_json(*Json::parse(*found->second.begin())));
    check_acts(token, values);
  }
}

std::map<std::string, GuestMails::Held> EmulatorWorld::held_at_remote() {
  std::map<std::string, GuestMails::Held> held;
  for (FeedItem& item : google_.listing()) {
    const std::string token = item.series.master.location;
    held[token] = {item.id, std::move(item.series)};
  }
  return held;
}

std::size_t EmulatorWorld::remote_mails() {
  const auto& mails = google_.mails();
  return static_cast<std::size_t>(std::ranges::count_if(
      mails, [](const emulator::Mail& mail) { return mail.kind != "response"; }));
}

void EmulatorWorld::after_cycle() {
  check_mails_of_cycle();
  check_cuts();
}

void EmulatorWorld::check_cuts() {
  if (!refusals().creations) return cut_.clear();
  for (auto cut = cut_.begin(); cut != cut_.end();) {
    const std::string& token = cut->first;
    const std::vector<std::string> live = google_.live();
    const auto parts = std::ranges::count_if(
        live, [&](const std::string& id) { return google_.read(id).string("location") == token; });
    const bool ended = ends_early(google_.read(cut->second));
    if (parts == 1 && ended) violation(token + " lost its last dates while the rest is refused");
    cut = parts == 1 && !ended ? std::next(cut) : cut_.erase(cut);
  }
}

void EmulatorWorld::check_mails_of_cycle() {
  const std::vector<emulator::Mail>& mails = google_.mails();
  std::map<std::string, std::map<std::string, std::size_t>> sent;  // by token and recipient
  for (; mails_seen_ < mails.size(); ++mails_seen_) {
    const emulator::Mail& mail = mails[mails_seen_];
    if (mail.kind == "response") continue;  // of the guest to the organiser
    const auto token = token_of_title_.find(mail.summary);
    if (token == token_of_title_.end()) continue;
    for (const std::string& recipient : mail.recipients) ++sent[token->second][recipient];
  }
  for (const auto& [token, counts] : sent) {
    std::size_t count = 0;
    for (const auto& [recipient, mails_of_one] : counts) count = std::max(count, mails_of_one);
    std::size_t& acts = acts_to_mail_[token];
    if (count > acts && !acts_[token].is_split())
      violation(std::to_string(count) + " mails about " + token + " for " + std::to_string(acts) +
                " acts in the CRM");
    acts -= std::min(acts, count);
  }
}

}  // namespace gcal::simulation
