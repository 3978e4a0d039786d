// The planner and the merge as properties: random bases, random changes on both sides, and what
// must hold whatever they are. Each failure names its seed.
#include "src/engine/sync/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "src/common/base/random.hpp"
#include "src/engine/sync/agree.hpp"

namespace gcal::sync {
namespace {

using calendar::Field;
using namespace std::chrono_literals;

constexpr std::size_t kCrm = 0;
constexpr std::size_t kGoogle = 1;

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  Series series() {
    Series made;
    made.master.summary = text();
    made.master.description = text();
    made.master.start = calendar::ZonedTime{kStart, "UTC"};
    made.master.end = calendar::ZonedTime{kStart + 1h, "UTC"};
    if (chance(2)) made.recurrence = {"RRULE:FREQ=DAILY;COUNT=5"};
    if (made.recurring())
      for (int i = 0; i < 5; ++i)
        if (chance(4)) occurrence(made, i);
    for (int i = 0; i < 4; ++i)
      if (chance(3)) guest(made, i);
    return made;
  }

  // Some fields of it changed, as a person would.
  Series changed(Series series) {
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (chance(4)) change(series, static_cast<Field>(i));
    return series;
  }

  void change(Series& series, Field field) {
    calendar::Event& event = series.master;
    switch (field) {
      case Field::summary: event.summary = text(); break;
      case Field::description: event.description = text(); break;
      case Field::location: event.location = text(); break;
      case Field::schedule:
        if (series.recurring() && chance(2)) return occurrence(series, static_cast<int>(below(5)));
        std::get<calendar::ZonedTime>(event.end).instant =
            kStart + 1h + 15min * static_cast<int>(below(4));
        break;
      case Field::status: event.status = static_cast<calendar::Status>(below(2)); break;
      case Field::transparency:
        event.transparency = static_cast<calendar::Transparency>(below(2));
        break;
      case Field::visibility: event.visibility = static_cast<calendar::Visibility>(below(4)); break;
      case Field::color: event.color = std::to_string(below(4)); break;
      case Field::attendees:
        if (!event.attendees.empty() && chance(2))
          event.attendees.erase(event.attendees.begin() +
                                static_cast<std::ptrdiff_t>(below(event.attendees.size())));
        else
          guest(series, static_cast<int>(4 + below(4)));
        break;
      case Field::reminders:
        event.reminders =
            std::vector{calendar::Reminder{"popup", static_cast<std::int32_t>(below(3))}};
        break;
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  bool chance(std::uint64_t one_in) { return random_.below(one_in) == 0; }

 private:
  static constexpr std::chrono::sys_seconds kStart{1'800'000'000s};

  std::string text() {
    return below(4) == 0 ? std::string() : "text " + std::to_string(below(1'000));
  }
  void occurrence(Series& series, int number) {
    const calendar::OriginalStart start{false, kStart + std::chrono::days{number}};
    calendar::Occurrence made;
    made.cancelled = chance(2);
    made.event = series.master;
    made.event.summary = text();
    series.occurrences.insert_or_assign(start, made);
  }
  void guest(Series& series, int number) {
    calendar::Attendee made;
    made.email = "g" + std::to_string(number) + "@example.com";
    for (const calendar::Attendee& known : series.master.attendees)
      if (known.email == made.email) return;
    series.master.attendees.push_back(made);
  }

  base::SeededRandom random_;
};

LinkView view_of(const Series& crm_base, const Series& google_base) {
  LinkView view;
  view.link.id = "link";
  view.link.end[kCrm] = {"crm", "1", true, crm_base};
  view.link.end[kGoogle] = {"google", "1", true, google_base};
  return view;
}

void see(LinkView& view, SideName side, const Series& series) {
  Observed seen;
  seen.side = side;
  seen.observation.id = view.link.end[static_cast<std::size_t>(side)].id;
  seen.observation.series = series;
  view.seen[static_cast<std::size_t>(side)] = seen;
}

void see_gone(LinkView& view, SideName side) {
  see(view, side, {});
  view.seen[static_cast<std::size_t>(side)]->observation.kind = Observation::Kind::gone;
}

TEST(MergeProperties, S27_GivenOneSideChanged_WhenMerged_ThenItWinsExactlyUnderEitherPolicy) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Maker make(seed);
    const Series base = make.series();
    const Series changed = make.changed(base);
    for (const Policy policy : {Policy::google_wins, Policy::crm_wins}) {
      const Merged from_crm = merge(&base, changed, &base, base, policy);
      const Merged from_google = merge(&base, base, &base, changed, policy);
      for (const Merged* merged : {&from_crm, &from_google}) {
        EXPECT_FALSE(calendar::changed(merged->crm, changed).any()) << "seed " << seed;
        EXPECT_FALSE(calendar::changed(merged->google, changed).any()) << "seed " << seed;
        EXPECT_FALSE(merged->conflicts.any()) << "seed " << seed;
      }
    }
  }
}

TEST(MergeProperties,
     S28_GivenBothSidesChanged_WhenMerged_ThenBothEndEqualAndMergingAgainChangesNothing) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Maker make(seed);
    const Series base = make.series();
    const Series crm = make.changed(base);
    const Series google = make.changed(base);
    for (const Policy policy : {Policy::google_wins, Policy::crm_wins}) {
      const Merged merged = merge(&base, crm, &base, google, policy);
      EXPECT_FALSE(calendar::changed(merged.crm, merged.google).any())
          << "seed " << seed << " " << calendar::changed(merged.crm, merged.google).to_string();
      const Merged again = merge(&merged.crm, merged.crm, &merged.google, merged.google, policy);
      EXPECT_FALSE(calendar::changed(again.crm, merged.crm).any() ||
                   calendar::changed(again.google, merged.google).any())
          << "seed " << seed;
      // A field that only one side changed is that side's, whatever happened to the others.
      for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
        const Field field = static_cast<Field>(i);
        const bool by_crm = !calendar::equal(base, crm, field);
        const bool by_google = !calendar::equal(base, google, field);
        if (by_crm && !by_google) {
          EXPECT_TRUE(calendar::equal(merged.google, crm, field))
              << "seed " << seed << " field " << i;
        }
        if (by_google && !by_crm) {
          EXPECT_TRUE(calendar::equal(merged.crm, google, field))
              << "seed " << seed << " field " << i;
        }
        if (!by_crm || !by_google) {
          EXPECT_FALSE(merged.conflicts[i]) << "seed " << seed << " field " << i;
        }
      }
    }
  }
}

TEST(MergeProperties, P25_GivenASideThatCutsTexts_WhenTheOtherFieldsChange_ThenTheCutNeverTravels) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Maker make(seed);
    Series crm_base = make.series();
    crm_base.master.description = std::string(100, 'x');
    Series google_base = crm_base;
    google_base.master.description.resize(24);
    Series crm = crm_base;
    Series google = google_base;
    make.change(crm, Field::summary);
    make.change(google, Field::color);
    const Merged merged = merge(&crm_base, crm, &google_base, google, Policy::google_wins);
    EXPECT_EQ(merged.crm.master.description.size(), 100u) << "seed " << seed;
    EXPECT_EQ(merged.google.master.description.size(), 24u) << "seed " << seed;
  }
}

TEST(MergeProperties,
     P24_GivenGuestsChangedOnBothSides_WhenMerged_ThenEveryAdditionAndRemovalCounts) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Maker make(seed);
    const Series base = make.series();
    Series crm = base, google = base;
    for (int i = 0; i < 2; ++i)
      make.change(crm, Field::attendees), make.change(google, Field::attendees);
    const Merged merged = merge(&base, crm, &base, google, Policy::google_wins);
    const auto holds = [](const Series& series, const std::string& email) {
      return std::ranges::any_of(series.master.attendees, [&](const calendar::Attendee& guest) {
        return guest.email == email;
      });
    };
    for (int i = 0; i < 8; ++i) {
      const std::string email = "g" + std::to_string(i) + "@example.com";
      const bool before = holds(base, email);
      const bool wanted = before ? holds(crm, email) && holds(google, email)
                                 : holds(crm, email) || holds(google, email);
      EXPECT_EQ(holds(merged.google, email), wanted) << "seed " << seed << " " << email;
    }
  }
}

TEST(PlanProperties,
     S28_GivenAnyTwoChanges_WhenPlansAreCarriedOut_ThenTwoWritesAreEnoughAndBothSidesAgree) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Maker make(seed);
    const Series base = make.series();
    LinkView view = view_of(base, base);
    if (make.chance(5))
      see_gone(view, SideName::crm);
    else if (make.chance(2))
      see(view, SideName::crm, make.changed(base));
    if (make.chance(5))
      see_gone(view, SideName::google);
    else if (make.chance(2))
      see(view, SideName::google, make.changed(base));
    int writes = 0;
    bool done = false;
    for (int step = 0; step < 5 && !done; ++step) {
      const Plan decided = plan(view, PairMode::two_way, Policy::google_wins);
      EXPECT_FALSE(decided.hold) << "seed " << seed;
      done = decided.settle || decided.drop;
      if (done) break;
      const SideName side = decided.google != Plan::Do::nothing ? SideName::google : SideName::crm;
      const SideName other = side == SideName::google ? SideName::crm : SideName::google;
      const auto s = static_cast<std::size_t>(side);
      const auto o = static_cast<std::size_t>(other);
      const Plan::Do what = side == SideName::google ? decided.google : decided.crm;
      ++writes;
      if (what == Plan::Do::erase) {
        done = true;
        break;
      }
      const Series& wanted = side == SideName::google ? decided.google_series : decided.crm_series;
      const Series held = view.seen[o] ? view.seen[o]->observation.series : view.link.end[o].series;
      if (side == SideName::google ? decided.create_google : decided.create_crm)
        view.link.end[s].agreed = view.link.end[o].agreed = false;
      agree(view.link, side, wanted, wanted, held);
      see(view, side, wanted);
      see(view, other, held);
    }
    EXPECT_TRUE(done) << "seed " << seed;
    EXPECT_LE(writes, 2) << "seed " << seed;
  }
}

TEST(PlanProperties,
     S29_GivenADeletionAgainstNoChange_WhenPlanned_ThenItIsCarriedOutAndNothingElse) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Maker make(seed);
    const Series base = make.series();
    LinkView gone_in_crm = view_of(base, base);
    see_gone(gone_in_crm, SideName::crm);
    EXPECT_EQ(plan(gone_in_crm, PairMode::two_way, Policy::google_wins).google, Plan::Do::erase)
        << "seed " << seed;
    EXPECT_EQ(plan(gone_in_crm, PairMode::view_only, Policy::google_wins).google, Plan::Do::nothing)
        << "seed " << seed;
    LinkView gone_in_google = view_of(base, base);
    see_gone(gone_in_google, SideName::google);
    for (const PairMode mode : {PairMode::two_way, PairMode::view_only})
      EXPECT_EQ(plan(gone_in_google, mode, Policy::google_wins).crm, Plan::Do::erase)
          << "seed " << seed;
  }
}

TEST(PlanProperties, S17_GivenAViewOnlyPair_WhenAnythingHappens_ThenGoogleIsNeverWritten) {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Maker make(seed);
    const Series base = make.series();
    LinkView view = view_of(base, make.changed(base));
    if (make.chance(3)) view.link.end[kCrm].agreed = view.link.end[kGoogle].agreed = false;
    for (const SideName side : {SideName::crm, SideName::google}) {
      if (make.chance(4))
        see_gone(view, side);
      else if (make.chance(2))
        see(view, side, make.changed(base));
    }
    for (const Policy policy : {Policy::google_wins, Policy::crm_wins})
      EXPECT_EQ(plan(view, PairMode::view_only, policy).google, Plan::Do::nothing)
          << "seed " << seed;
  }
}

TEST(Plan, P20_GivenABirthdayOrAnUnknownType_WhenDeletedOrEditedInTheCrm_ThenGoogleIsNotTouched) {
  for (const calendar::EventType type :
       {calendar::EventType::birthday, calendar::EventType::working_location,
        calendar::EventType::unknown}) {
    Maker make(1);
    Series base = make.series();
    base.facts.type = type;
    LinkView deleted = view_of(base, base);
    see_gone(deleted, SideName::crm);
    EXPECT_EQ(plan(deleted, PairMode::two_way, Policy::google_wins).google, Plan::Do::nothing);
    LinkView edited = view_of(base, base);
    Series changed = base;
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      make.change(changed, static_cast<Field>(i));
    see(edited, SideName::crm, changed);
    const Plan decided = plan(edited, PairMode::two_way, Policy::google_wins);
    EXPECT_EQ(decided.google, Plan::Do::nothing);
    EXPECT_EQ(decided.crm, Plan::Do::put);
    EXPECT_TRUE(decided.lost);
  }
}

TEST(Absorb,
     S26_GivenASeriesOfWhichOnlyTheMasterArrived_WhenAbsorbed_ThenItsExceptionsStillTravel) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Maker make(seed);
    Series crm = make.series();
    if (!crm.recurring() || crm.occurrences.empty()) continue;
    Link link;
    link.end[kCrm] = {"crm", "1", false, {}};
    link.end[kGoogle] = {"google", "", false, {}};
    Operation put;
    put.series = crm;
    Series found = crm;  // the process died after some of the exceptions were written
    std::erase_if(found.occurrences, [&](const auto&) { return make.chance(2); });
    absorb_sent(link, SideName::google, put, found);
    LinkView view;
    view.link = link;
    see(view, SideName::google, found);
    see(view, SideName::crm, crm);
    const Plan decided = plan(view, PairMode::two_way, Policy::google_wins);
    EXPECT_EQ(decided.crm, Plan::Do::nothing)
        << "seed " << seed << ": the CRM's exceptions must not be taken away";
    if (found.occurrences.size() == crm.occurrences.size()) continue;
    EXPECT_EQ(decided.google, Plan::Do::put) << "seed " << seed;
    EXPECT_FALSE(calendar::changed(decided.google_series, crm).any()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace gcal::sync
