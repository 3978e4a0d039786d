// Base classes of the capabilities for plugins written in C++. A plugin implements those that its
// manifest names and passes each to Plugin::provide. Each function is documented in
// host_api/capabilities under the same name; it returns at once and answers through the reply, now
// or later, on any thread. An exception becomes INTERNAL: the reply is sent when it is dropped.
// Requests stay JSON text, so that a plugin can use any JSON library.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/invitations.h"
#include "host_api/capabilities/privacy.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "host_api/cpp/reply.hpp"

namespace crm {

// crm.settings/0
class SettingsPage {
 public:
  virtual ~SettingsPage() = default;
  virtual void step(std::string_view request, Reply reply) = 0;
};

// crm.calendar/0
class CalendarProvider {
 public:
  virtual ~CalendarProvider() = default;
  virtual void calendars(std::string_view request, Reply reply) = 0;
  virtual void status(std::string_view request, Reply reply) = 0;
  virtual void sync_now(std::string_view request, Reply reply) = 0;
};

// crm.hooks/0. What a plugin does not override is not noticed.
class Hooks {
 public:
  virtual ~Hooks() = default;
  virtual void event_changed(std::string_view /*calendar*/, std::string_view /*event*/) {}
  virtual void account_changed(std::string_view /*account*/) {}
  virtual void record_changed(std::string_view /*kind*/, std::string_view /*record*/) {}
};

// crm.http/0
class Routes {
 public:
  virtual ~Routes() = default;
  virtual void handle(std::string_view request, std::string_view body, Reply reply) = 0;
};

// crm.run/0
class Runs {
 public:
  virtual ~Runs() = default;
  virtual void run(std::string_view key, std::string_view payload, std::int64_t fence,
                   Reply reply) = 0;
};

// crm.invitations/0
class Invitations {
 public:
  virtual ~Invitations() = default;
  virtual void sample(std::string_view request, Reply reply) = 0;
};

// crm.privacy/0
class Privacy {
 public:
  virtual ~Privacy() = default;
  virtual void forget(std::string_view request, Reply reply) = 0;
};

// The C tables of a plugin's capabilities, as a part of it. Rationale: a table that is a static of
// an inline function would be an STB_GNU_UNIQUE symbol, which keeps the library mapped for ever.
// Owner: the class derived from crm_plugin that has it as its member provided_.
template <class Owner>
class ProvidedTables {
 public:
  void set(SettingsPage& capability) noexcept { settings_ = &capability; }
  void set(CalendarProvider& capability) noexcept { calendar_ = &capability; }
  void set(Hooks& capability) noexcept { hooks_ = &capability; }
  void set(Routes& capability) noexcept { routes_ = &capability; }
  void set(Runs& capability) noexcept { runs_ = &capability; }
  void set(Invitations& capability) noexcept { invitations_ = &capability; }
  void set(Privacy& capability) noexcept { privacy_ = &capability; }

  const void* table(std::string_view id) const noexcept {
    if (id == CRM_SETTINGS && settings_) return &settings_table_;
    if (id == CRM_CALENDAR && calendar_) return &calendar_table_;
    if (id == CRM_HOOKS && hooks_) return &hooks_table_;
    if (id == CRM_HTTP && routes_) return &http_table_;
    if (id == CRM_RUN && runs_) return &run_table_;
    if (id == CRM_INVITATIONS && invitations_) return &invitations_table_;
    if (id == CRM_PRIVACY && privacy_) return &privacy_table_;
    return nullptr;
  }

 private:
  static ProvidedTables& of(crm_plugin* plugin) noexcept {
    return static_cast<Owner*>(plugin)->provided_;
  }
  // Passes the reply on; an exception of f drops it, which answers it.
  template <class F>
  static void answer(crm_reply* reply, F&& f) noexcept {
    Reply owned(reply);
    try {
      std::forward<F>(f)(owned);
    } catch (const std::exception& e) {
      owned.send(Error{Code::internal, e.what()});
    } catch (...) {
      owned.send(Error{Code::internal, "an exception of unknown type"});
    }
  }
  // A hint has no answer: what fails is found by the next run.
  template <class F>
  static void notify(F&& f) noexcept {
    try {
      std::forward<F>(f)();
    } catch (...) {}
  }

  static void do_step(crm_plugin* p, crm_str request, crm_reply* r) noexcept {
    answer(r, [&](Reply& to) { of(p).settings_->step(from_abi(request), std::move(to)); });
  }
  static void do_calendars(crm_plugin* p, crm_str request, crm_reply* r) noexcept {
    answer(r, [&](Reply& to) { of(p).calendar_->calendars(from_abi(request), std::move(to)); });
  }
  static void do_status(crm_plugin* p, crm_str request, crm_reply* r) noexcept {
    answer(r, [&](Reply& to) { of(p).calendar_->status(from_abi(request), std::move(to)); });
  }
  static void do_sync_now(crm_plugin* p, crm_str request, crm_reply* r) noexcept {
    answer(r, [&](Reply& to) { of(p).calendar_->sync_now(from_abi(request), std::move(to)); });
  }
  static void do_event_changed(crm_plugin* p, crm_str calendar, crm_str event) noexcept {
    notify([&] { of(p).hooks_->event_changed(from_abi(calendar), from_abi(event)); });
  }
  static void do_account_changed(crm_plugin* p, crm_str account) noexcept {
    notify([&] { of(p).hooks_->account_changed(from_abi(account)); });
  }
  static void do_record_changed(crm_plugin* p, crm_str kind, crm_str record) noexcept {
    notify([&] { of(p).hooks_->record_changed(from_abi(kind), from_abi(record)); });
  }
  static void do_handle(crm_plugin* p, crm_str request, crm_str body, crm_reply* r) noexcept {
    answer(r, [&](Reply& to) {
      of(p).routes_->handle(from_abi(request), from_abi(body), std::move(to));
    });
  }
  static void do_run(crm_plugin* p, crm_str key, crm_str payload, std::int64_t fence,
                     crm_reply* r) noexcept {
    answer(r, [&](Reply& to) {
      of(p).runs_->run(from_abi(key), from_abi(payload), fence, std::move(to));
    });
  }
  static void do_sample(crm_plugin* p, crm_str request, crm_reply* r) noexcept {
    answer(r, [&](Reply& to) { of(p).invitations_->sample(from_abi(request), std::move(to)); });
  }
  static void do_forget(crm_plugin* p, crm_str request, crm_reply* r) noexcept {
    answer(r, [&](Reply& to) { of(p).privacy_->forget(from_abi(request), std::move(to)); });
  }

  SettingsPage* settings_ = nullptr;
  CalendarProvider* calendar_ = nullptr;
  Hooks* hooks_ = nullptr;
  Routes* routes_ = nullptr;
  Runs* runs_ = nullptr;
  Invitations* invitations_ = nullptr;
  Privacy* privacy_ = nullptr;
  crm_settings_0 settings_table_{&do_step};
  crm_calendar_0 calendar_table_{&do_calendars, &do_status, &do_sync_now};
  crm_hooks_0 hooks_table_{&do_event_changed, &do_account_changed, &do_record_changed};
  crm_http_0 http_table_{&do_handle};
  crm_run_0 run_table_{&do_run};
  crm_invitations_0 invitations_table_{&do_sample};
  crm_privacy_0 privacy_table_{&do_forget};
};

}  // namespace crm
