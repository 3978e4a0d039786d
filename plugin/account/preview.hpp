// The preview of a set-up: reads the chosen calendars into draft pairs of the journal and counts
// what will happen, while the settings page polls the progress. Used by settings_page. Writes
// nothing to Google or to the CRM (S-12); the first cycle reuses what was read. Runs on the loop
// thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugin/account/run_memory.hpp"
#include "plugin/plugin_context.hpp"
#include "src/engine/settings/flow.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {

// Objects passed by reference must outlive it. [loop thread]
class Previews {
 public:
  Previews(PluginContext& context, RunMemory& memory) : context_(context), memory_(memory) {}

  // The progress of the preview of exactly these calendars. If `begin` is true, the caller must
  // start it with observe(). A failed preview is reported once as an error; the next call starts
  // again.
  struct Asked {
    settings::PreviewState state;
    bool begin = false;
  };
  Result<Asked> ask(const std::string& account,
                    const std::vector<settings::RemoteCalendar>& visible);
  // Reads the calendars that were asked for last; afterwards ask() returns the numbers or the
  // error. An account is observed once at a time, so that a calendar has one draft pair: if the
  // choice changes meanwhile, the observation that is under way stops and reads the new one.
  Task<> observe(std::string account, std::string user);
  // Discards the preview of a set-up and erases its draft pairs.
  Task<> forget(std::string account);

 private:
  struct Preview {
    std::vector<settings::RemoteCalendar> visible;
    settings::PreviewState state;
    std::optional<Error> error;
  };

  class Observation;

  bool is_current(const std::string& account, const std::shared_ptr<Preview>& preview) const;
  Task<> erase_drafts(std::string account);
  Task<settings::PreviewNumbers> read(std::shared_ptr<Preview> preview, std::string account,
                                      std::string user);
  Task<> count_returning(store::SqlJournal& journal, const StoredGrant& grant,
                         const std::string& user, const std::vector<sync::Pair>& drafts,
                         settings::PreviewNumbers& numbers);
  Task<> count(store::SqlJournal& journal, const std::string& pair, const std::string& user,
               const std::vector<std::string>& own, settings::PreviewNumbers& numbers,
               std::set<std::string>& leads, std::set<std::string>& contacts);

  PluginContext& context_;
  RunMemory& memory_;
  std::map<std::string, std::shared_ptr<Preview>> previews_;  // by account
  std::set<std::string> observed_;                            // accounts with an observation
};

}  // namespace gcal::plugin
