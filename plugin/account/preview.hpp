// The observation behind the preview of a set-up (S-12): reads the chosen calendars into the
// journal as drafts and counts what will happen, while the page asks how far it is. Used by the
// settings page. It must never write to Google or to the CRM; what it read serves the first cycle.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugin/account/run_memory.hpp"
#include "plugin/parts.hpp"
#include "src/engine/settings/flow.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {

// [loop thread]
class Previews {
 public:
  Previews(Parts& parts, RunMemory& memory) : parts_(parts), memory_(memory) {}

  // The state of the observation of exactly these calendars; `begin` says that the caller has to
  // start it with observe().
  struct Asked {
    settings::PreviewState state;
    bool begin = false;
  };
  Result<Asked> ask(const std::string& account,
                    const std::vector<settings::RemoteCalendar>& visible);
  // Runs to the end; its outcome is what ask() answers from then on. Started once per ask() that
  // said so.
  Task<> observe(std::string account, std::string user,
                 std::vector<settings::RemoteCalendar> visible);
  // The set-up was dropped: forget it, and erase what was observed.
  Task<> forget(std::string account);

 private:
  struct Preview {
    std::vector<settings::RemoteCalendar> visible;
    settings::PreviewState state;
    std::optional<Error> error;
  };

  Task<settings::PreviewNumbers> read(std::shared_ptr<Preview> preview, std::string account,
                                      std::string user);
  Task<> count(store::SqlJournal& journal, const std::string& pair, const std::string& user,
               const std::vector<std::string>& own, settings::PreviewNumbers& numbers,
               std::set<std::string>& leads, std::set<std::string>& contacts);

  Parts& parts_;
  RunMemory& memory_;
  std::map<std::string, std::shared_ptr<Preview>> previews_;  // by account
};

}  // namespace gcal::plugin
