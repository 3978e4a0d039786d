// What the live programme keeps on this machine: the grants of one or two accounts, and the ids of
// calendars that are to be taken away. One folder, mode 0700, its files 0600. Used by the live
// programme alone; two of them never use one folder at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"

namespace live {

class Folder {
 public:
  // Makes it if need be, and holds its lock until the process ends. Errors: conflict (another run
  // has it), unavailable.
  static gcal::Result<Folder> open(const std::string& path);
  static std::string usual();  // $XDG_STATE_HOME/google-calendar-contract, or below ~/.local/state

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::optional<gcal::base::Json> read(
      const std::string& name) const;  // absent or unreadable: nothing
  gcal::Result<void> write(const std::string& name,
                           const std::string& text) const;  // replaced as a whole
  void remove(const std::string& name) const;

  // Calendars that a run made and has not deleted yet: written before the check goes on, so that a
  // killed run can be tidied up.
  std::vector<std::string> calendars() const;
  gcal::Result<void> remember(const std::vector<std::string>& ids) const;

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace live
