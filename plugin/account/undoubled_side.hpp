// Events that a task integration of the CRM keeps in a remote calendar of its own (D-08): what the
// user sees in another calendar of the CRM already is left out when that calendar is made visible.
// Nothing is left out that is not shown elsewhere. Used by account_run for view-only calendars that
// site_options names. Runs on the loop thread.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "plugin/plugin_context.hpp"
#include "src/engine/sync/passing_side.hpp"

namespace gcal::plugin {

// A decorator of the remote side for one cycle.
class UndoubledSide final : public sync::PassingSide {
 public:
  // crm_calendar: the pair's own one. The references must outlive it.
  UndoubledSide(sync::Side& side, PluginContext& context, const Account& account,
                std::string crm_calendar)
      : PassingSide(side),
        context_(context),
        account_(account),
        crm_calendar_(std::move(crm_calendar)) {}

  // What is shown elsewhere is reported as deleted. Errors: also those of the host.
  Task<sync::ChangesPage> changes(std::string cursor) override;
  Task<sync::FeedItem> get(std::string id) override;
  Task<std::vector<sync::FeedItem>> get_many(std::vector<std::string> ids) override;

 private:
  // Title, start, end and rule: by which a user recognises an appointment.
  using Look = std::tuple<std::string, calendar::OriginalStart, calendar::OriginalStart,
                          std::vector<std::string>>;
  static Look look_of(const calendar::Series& series);

  Task<> read_elsewhere();  // once in a cycle, and only if there is something to compare
  Task<> read_calendar(std::string crm_calendar);
  sync::FeedItem filtered(sync::FeedItem item) const;

  PluginContext& context_;
  const Account& account_;
  std::string crm_calendar_;
  bool read_ = false;
  std::set<Look> elsewhere_;
};

}  // namespace gcal::plugin
