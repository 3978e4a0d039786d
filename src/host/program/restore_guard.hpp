// Notices that the CRM's database was replaced by an older one without crm_host restore, such as by
// a copied file: DATA/high_water remembers how far the change counter was. Plugins whose cursors
// are ahead of the database would otherwise miss changes in silence. Created by main after the CRM
// was opened and before the plugins start.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "src/host/crm/crm.hpp"

namespace host {

// From here on the cursors of all feeds are foreign: after a restore some are ahead of the
// database, and what is counted a second time must not be taken for what was read. The feeds of
// the hosting library follow when the CRM is opened.
Result<> begin_epoch(Connection& c, std::string_view epoch);

class RestoreGuard {
 public:
  // Compares, begins a new epoch when the database is older than it was, and writes how far it is
  // once a second from then on. crm outlives the object. Errors: those of the database.
  static Result<std::unique_ptr<RestoreGuard>> start(Crm& crm);
  ~RestoreGuard();
  RestoreGuard(const RestoreGuard&) = delete;
  RestoreGuard& operator=(const RestoreGuard&) = delete;

 private:
  // An epoch and the change counter in it.
  struct Mark {
    std::string epoch;
    std::int64_t seq = 0;
    friend bool operator==(const Mark&, const Mark&) = default;
  };
  explicit RestoreGuard(Crm& crm) : crm_(crm), file_(crm.data() / "high_water") {}

  Result<Mark> present() const;
  Mark remembered() const;
  Result<> compare();
  void remember();
  void work();

  Crm& crm_;
  std::filesystem::path file_;
  Mark written_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace host
