#include "src/engine/store/rows.hpp"

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event_json.hpp"

namespace gcal::store {
namespace {

using base::Json;

constexpr std::string_view kSameAsCrm = "=";

std::int64_t milliseconds(base::Instant at) {
  return at.time_since_epoch().count();
}
std::string text(const Value& value) {
  return std::string(value.text());
}

sync::End end_of(Row row, std::size_t first) {
  sync::End end;
  end.id = text(row[first]);
  end.version = text(row[first + 1]);
  end.agreed = row[first + 2].flag();
  return end;
}

}  // namespace

std::string series_text(const calendar::Series& series) {
  return calendar::to_json(series).dump();
}

Result<calendar::Series> series_of(std::string_view text) {
  TRY(const Json json, Json::parse(text));
  return calendar::series_from_json(json);
}

Values pair_values(const sync::Pair& pair) {
  return {pair.id,
          pair.account,
          pair.google_calendar,
          pair.crm_calendar,
          pair.identity,
          static_cast<std::int64_t>(pair.mode),
          static_cast<std::int64_t>(pair.state),
          pair.cursor[0],
          pair.cursor[1],
          static_cast<std::int64_t>(pair.generation[0]),
          static_cast<std::int64_t>(pair.generation[1]),
          pair.dirty,
          milliseconds(pair.synced_at)};
}

Result<sync::Pair> pair_of(Row row) {
  sync::Pair pair;
  pair.id = text(row[0]);
  pair.account = text(row[1]);
  pair.google_calendar = text(row[2]);
  pair.crm_calendar = text(row[3]);
  pair.identity = text(row[4]);
  pair.mode = static_cast<sync::PairMode>(row[5].integer());
  pair.state = static_cast<sync::PairState>(row[6].integer());
  pair.cursor[0] = text(row[7]);
  pair.cursor[1] = text(row[8]);
  pair.generation[0] = static_cast<std::uint64_t>(row[9].integer());
  pair.generation[1] = static_cast<std::uint64_t>(row[10].integer());
  pair.dirty = row[11].flag();
  pair.synced_at = base::Instant{base::Milliseconds{row[12].integer()}};
  return pair;
}

Values link_values(const sync::Link& link) {
  const sync::End& crm = link.end[0];
  const sync::End& google = link.end[1];
  const std::string crm_series = crm.agreed ? series_text(crm.series) : std::string();
  const bool same = crm.agreed && google.agreed && google.series == crm.series;
  const std::string google_series = !google.agreed ? std::string()
                                    : same         ? std::string(kSameAsCrm)
                                                   : series_text(google.series);
  return {link.id,
          link.pair,
          crm.id,
          crm.version,
          crm.agreed,
          crm_series,
          crm.agreed ? crm.series.facts.ical_uid : std::string(),
          static_cast<std::int64_t>(link.generation[0]),
          google.id,
          google.version,
          google.agreed,
          google_series,
          google.agreed ? google.series.facts.ical_uid : std::string(),
          static_cast<std::int64_t>(link.generation[1]),
          static_cast<std::int64_t>(link.incarnation),
          link.held_reason};
}

Result<sync::Link> link_of(Row row) {
  sync::Link link;
  link.id = text(row[0]);
  link.pair = text(row[1]);
  link.end[0] = end_of(row, 2);
  if (link.end[0].agreed) {
    TRY(link.end[0].series, series_of(row[5].text()));
  }
  link.generation[0] = static_cast<std::uint64_t>(row[7].integer());
  link.end[1] = end_of(row, 8);
  if (link.end[1].agreed) {
    if (row[11].text() == kSameAsCrm) {
      link.end[1].series = link.end[0].series;
    } else {
      TRY(link.end[1].series, series_of(row[11].text()));
    }
  }
  link.generation[1] = static_cast<std::uint64_t>(row[13].integer());
  link.incarnation = static_cast<std::uint32_t>(row[14].integer());
  link.held_reason = text(row[15]);
  return link;
}

Values observed_values(const sync::Observed& observed) {
  const sync::Observation& observation = observed.observation;
  const bool gone = observation.kind == sync::Observation::Kind::gone;
  return {observed.pair,
          static_cast<std::int64_t>(observed.side),
          observation.id,
          observation.version,
          gone,
          observation.moved_away,
          observed.inferred,
          static_cast<std::int64_t>(observed.generation),
          gone ? std::string() : series_text(observation.series)};
}

Result<sync::Observed> observed_of(Row row) {
  sync::Observed observed;
  observed.pair = text(row[0]);
  observed.side = static_cast<sync::SideName>(row[1].integer());
  observed.observation.id = text(row[2]);
  observed.observation.version = text(row[3]);
  observed.observation.kind =
      row[4].flag() ? sync::Observation::Kind::gone : sync::Observation::Kind::whole;
  observed.observation.moved_away = row[5].flag();
  observed.inferred = row[6].flag();
  observed.generation = static_cast<std::uint64_t>(row[7].integer());
  if (!row[4].flag()) {
    TRY(observed.observation.series, series_of(row[8].text()));
  }
  return observed;
}

std::string operation_text(const sync::Operation& operation) {
  const bool put = operation.kind == sync::Operation::Kind::put;
  Json json = Json::object({{"kind", put ? "put" : "erase"},
                            {"op_id", operation.op_id},
                            {"id", operation.id},
                            {"link_id", operation.link_id},
                            {"incarnation", static_cast<std::int64_t>(operation.incarnation)},
                            {"guests", operation.notify == sync::Notify::guests}});
  if (operation.if_version) json.set("if_version", *operation.if_version);
  if (put) {
    json.set("series", calendar::to_json(operation.series));
    // Creating, there is nothing before; an empty series has no start and could not be read back.
    if (!operation.id.empty()) json.set("before", calendar::to_json(operation.before));
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
  operation.notify = json["guests"].as_bool() ? sync::Notify::guests : sync::Notify::nobody;
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
