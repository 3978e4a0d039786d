// What `./dev live` keeps on this machine: the grants of one or two accounts, the last report, and
// the ids of calendars and invitations that are still to be deleted. One folder of mode 0700, its
// files 0600. Two runs never use one folder at the same time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"

namespace live {

class StateFolder {
 public:
  // Creates the folder if it does not exist and holds its lock until the process ends. Errors:
  // conflict (another run holds the lock), unavailable.
  static gcal::Result<StateFolder> open(const std::string& path);
  // $XDG_STATE_HOME/google-calendar-contract, or below ~/.local/state.
  static std::string default_path();

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  // Nothing if the file is absent or no JSON.
  std::optional<gcal::base::Json> read(const std::string& name) const;
  // Replaces the file as a whole. Errors: unavailable; the old content is then kept.
  gcal::Result<void> write(const std::string& name, const std::string& text) const;
  void remove(const std::string& name) const;

  // Calendars that a run made and has not deleted yet. Stored before the fact goes on, so that
  // --clean finds them after a run that was killed.
  std::vector<std::string> calendars() const;
  gcal::Result<void> store_calendars(const std::vector<std::string>& ids) const;
  // The same of events to which the second account was invited: ids and iCalUIDs.
  std::map<std::string, std::string> invitations() const;
  gcal::Result<void> store_invitations(const std::map<std::string, std::string>& events) const;

 private:
  explicit StateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace live
