// Calendar v3 over HTTP: routes, scopes, query parameters, conditional requests and push channels,
// on top of the model. Used by Emulator. Decides nothing that the model decides.
#pragma once

#include <string>

#include "src/emulator/api/methods.hpp"
#include "src/emulator/controls/context.hpp"

namespace emulator {

class CalendarApi {
 public:
  explicit CalendarApi(EmulatorContext& context)
      : context_(context), google_(*context.google), tokens_(*context.tokens) {}

  // "/calendar/v3/calendars/{calendarId}/events" of a request's path; the path itself when no
  // method has it.
  static std::string template_of(const Request& request);
  Response handle(const Request& request, ListFaults faults);

 private:
  struct Call;
  using Handler = Response (CalendarApi::*)(Call&);
  struct Match;
  static Match match(const Request& request);
  static Handler handler_of(const Method& method);

  Outcome<> authorize(Call& call, const Method* method);
  Outcome<> use_token(Call& call, const Method* method, const std::string& token);
  Outcome<> read_body(Call& call);

  Response calendar_list_list(Call& call);
  Response calendar_list_get(Call& call);
  Response calendar_list_insert(Call& call);
  Response calendar_list_write(Call& call);
  Response calendar_list_delete(Call& call);
  Response calendar_list_watch(Call& call);
  Response calendars_get(Call& call);
  Response calendars_insert(Call& call);
  Response calendars_write(Call& call);
  Response calendars_delete(Call& call);
  Response calendars_clear(Call& call);
  Response calendars_transfer(Call& call);
  Response events_list(Call& call);
  Response events_get(Call& call);
  Response events_insert(Call& call);
  Response events_import(Call& call);
  Response events_write(Call& call);
  Response events_delete(Call& call);
  Response events_move(Call& call);
  Response events_instances(Call& call);
  Response events_watch(Call& call);
  Response acl_list(Call& call);
  Response acl_get(Call& call);
  Response acl_insert(Call& call);
  Response acl_write(Call& call);
  Response acl_delete(Call& call);
  Response acl_watch(Call& call);
  Response free_busy(Call& call);
  Response quick_add(Call& call);
  Response channels_stop(Call& call);
  Response colors_get(Call& call);
  Response settings_watch(Call& call);
  Response settings_list(Call& call);
  Response settings_get(Call& call);
  Response written(Call& call, Calendar& calendar, const RenderedEvent& event);
  Response watch(Call& call, const std::string& calendar_id, const std::string& resource);

  EmulatorContext& context_;
  GoogleModel& google_;
  Tokens& tokens_;
};

}  // namespace emulator
