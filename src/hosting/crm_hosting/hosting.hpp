// The hosting library: loads plugins of host_api, gives them their services, stores their accounts,
// tasks and secrets, and serves their settings. A CRM opens one object of Hosting, implements
// CrmPort, calls note_changed where it saves, and passes requests on to handle. Everything else in
// this folder is what these functions take and return.
//
//   auto hosting = crm_hosting::Hosting::open(options, port);
//   if (!hosting) return print(hosting.error().message);
//   if (auto started = (*hosting)->start(); !started) return print(started.error().message);
//   ... serve ...
//   if (!(*hosting)->stop().empty()) _exit(1);
//
// Failures are values: a code for programs and a message for a person. No function throws, except
// std::bad_alloc. Messages that name an option of crm_host mean one of Options: crm_hosting.md, in
// the folder of documents of the package, has the table and answers other questions.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host_api/cpp/result.hpp"
#include "options.hpp"
#include "port.hpp"
#include "web.hpp"

namespace crm_hosting {

using CrmPort = hosting::CrmPort;
using CrmTransaction = hosting::CrmTransaction;
using AppointmentChange = hosting::AppointmentChange;
using RecordNote = hosting::RecordNote;

class Hosting {
 public:
  // Opens the library's database and creates what does not exist yet, there and, through
  // port.write, beside the CRM's own tables (hosting_*). Loads no plugin. `port` outlives the
  // object. [blocks]
  // invalid: an option, named. denied: the folder cannot be created or closed to others. conflict:
  // another process works on the folder or, after ten seconds, still on the schema, or a newer
  // library has written it. unavailable: the database, or
  // the master key is missing while secrets are sealed with it.
  static crm::Result<std::unique_ptr<Hosting>> open(Options options, CrmPort& port);
  ~Hosting();  // stop()
  Hosting(const Hosting&) = delete;
  Hosting& operator=(const Hosting&) = delete;

  // Checks the packages and starts them side by side. Returns after two seconds at the latest:
  // plugins that need longer go on starting, and requests to them wait. A package that fails a
  // check is listed as refused and stops nothing. Once per object. [blocks]
  // unavailable: the folder of the plugins cannot be read. conflict: it was started before.
  crm::Result<> start();
  // Refuses requests from now on, stops all plugins side by side and unloads them; returns within
  // stop_deadline and a second. Idempotent. [blocks]
  // Answers the ids of plugins that did not stop. Then a thread of a plugin may still run, all that
  // it uses must stay, and the process ends with _exit, without destructors: also of this object.
  std::vector<std::string> stop();

  // --- what the CRM notes ---

  // An appointment was saved, erased or moved. Called inside the CRM's transaction that stores the
  // change, for every change: of users, imports and plugins. Plugins never learn of others.
  // Plugins are woken when the transaction calls committed(). It does not call the port, so it may
  // be called inside its functions; other writers wait from here to the commit. [any thread]
  //
  // Errors: those of the statement; invalid: what is noted could not be read by a plugin, such as
  // an id that host_api/schema/event_document.json does not allow, or a move to the same calendar.
  // The transaction must then be rolled back.
  crm::Result<> note_changed(CrmTransaction& transaction, const AppointmentChange& change);
  // The same for a record (a lead or a contact): created, deleted, or its addresses changed.
  crm::Result<> note_record_changed(CrmTransaction& transaction, const RecordNote& note);
  // A user has left: CrmPort::user answers `removed` or not_found for the id. Call it after the
  // commit; start() repeats it for users of whom it answers `removed` and whose accounts are still
  // there, in case the process ended in between. Not inside a transaction of the CRM: it calls
  // CrmPort::write. Plugins revoke what the user allowed at other
  // services and forget the user, durably; then the accounts are erased. [any thread, blocks]
  // conflict: the user is still there, and nothing is done. Those of CrmPort::user; unavailable:
  // the database. Idempotent.
  crm::Result<> user_removed(const std::string& user);
  // The user has chosen, on a page of the CRM, where their new appointments go: the id of a
  // calendar of CrmPort::calendar_changed, or that of the CRM's own (CrmUser::calendar), or "" for
  // it. A calendar that was only shown is two_way from now on. Calls CrmPort::calendar_changed, as
  // the README of the library describes under "The default calendar of a user" (crm_hosting.md
  // where it is installed), which also says what the plugin does with the appointments that are
  // there. Nothing happens if it is the default already. Not inside a transaction of the CRM: it
  // calls CrmPort::write. [any thread, blocks]
  //
  // not_found: no such user, or the calendar is not theirs. invalid: it is gone, or its role does
  // not let the user write. Those of the port.
  crm::Result<> set_default_calendar(const std::string& user, const std::string& calendar);
  // A page of this user is open: plugins read their calendars more often for some minutes. Call it
  // when the page opens, and once a minute. [any thread, blocks shortly]
  void page_opened(const std::string& user);

  // --- what the vendor's web server passes on ---

  // What is decided of a request when its head was read: whether it is refused before its body
  // costs anything, how long the body may be and whether a session is needed. Counts the requests
  // of web hooks, so call it once per request. A server that reads bodies anyway may leave it out:
  // handle() checks all but the rate. [any thread, does not block]
  Admission admit(const Request& head);
  // Serves /plugins/{id}/callback, /plugins/{id}/{route} and the settings API below /api
  // (crm_hosting.md lists it). Not inside a transaction of the CRM. `answer` is called exactly
  // once, by this thread or another one, perhaps after minutes: a plugin may ask another service.
  // It must not block. [any thread, may block for the database]
  //
  // Errors are answers: 404 unknown path, 405, 400, 401 without a user, 403, 409, 413, 503.
  void handle(Request request, const Identity& identity, std::function<void(Response)> answer);
  // The same for a server with a thread per request: returns the answer.
  Response handle(Request request, const Identity& identity);

  // --- for administrators ---

  // All packages that were found, running or refused. [any thread]
  std::vector<Plugin> plugins() const;
  // The texts of the running plugins, as JSON: {plugin id: {text key: text}}. language: "de" or
  // "en". [any thread]
  std::string texts(std::string_view language) const;
  // Exchanges the plugin for what its folder holds now, or starts it; the version that ran goes on
  // if the new one fails or is refused, and `last_exchange` says why. So it does not stop a version
  // whose key was revoked: that takes stop() and a new object. Not inside a transaction of the CRM,
  // for which the plugin may wait. not_found: there is no such plugin; cancelled: stop was called.
  // [blocks]
  crm::Result<Plugin> reload(const std::string& plugin);
  // Looks for packages that are new or changed, and exchanges them. Returns at once; they are also
  // noticed without it, within a second. [any thread]
  void reload_changed();

  // The parts, for crm_host, which is built of the same library: src/hosting/library/parts.hpp.
  struct Parts;
  explicit Hosting(std::unique_ptr<Parts> parts);
  Parts& parts() { return *parts_; }

 private:
  crm::Result<> forget_removed();

  std::unique_ptr<Parts> parts_;
};

}  // namespace crm_hosting
