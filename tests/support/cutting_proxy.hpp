// Between libpq and a PostgreSQL server: cuts the line at a COMMIT: what a crash, a
// fail-over or a broken network does at the worst moment. It also counts round trips. Offers the
// server's socket in a folder of its own. [any thread]
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace gcal::support {

class CuttingProxy {
 public:
  enum class Cut {
    none,
    before,  // the server never gets the COMMIT
    after,   // the server gets it, its answer is lost
    silent,  // like after, and from then on no connection gets through
  };

  // server: the folder of the server's socket.
  explicit CuttingProxy(std::string server);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  // The folder of its socket, for the host parameter of a URL.
  const std::string& socket() const { return folder_; }
  // What happens to the next COMMIT.
  void cut_next(Cut cut) { cut_ = cut; }
  int cuts() const { return cuts_; }
  // How often a client asked something since its server's last answer, over all lines.
  int round_trips() const { return round_trips_; }

 private:
  void accept_all();
  void forward(int client);

  std::string server_, folder_;
  int listener_ = -1;
  std::atomic<Cut> cut_ = Cut::none;
  std::atomic<int> cuts_ = 0, round_trips_ = 0;
  std::atomic<bool> dark_ = false;  // no connection gets through
  std::atomic<bool> ended_ = false;
  std::vector<std::thread> lines_;  // of the acceptor
  std::thread acceptor_;
};

}  // namespace gcal::support
