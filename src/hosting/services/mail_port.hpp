// Mail to people outside, as the hosting library sees it: what crm.mailer/0 promises to plugins,
// behind one abstract class. The host implements it (src/host/mail/mail); a host without mail has
// none, and its plugins find no crm.mailer/0. The library itself knows neither MIME nor SMTP.
//
// Every function blocks and may be called by any thread. Documents are those of host_api/schema;
// the codes of errors those of host_api/services/mailer.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/hosting/services/documents.hpp"

namespace hosting {

class MailPort {
 public:
  virtual ~MailPort() = default;

  virtual Result<Json> info(std::string_view plugin) const = 0;
  virtual Result<Json> submit(std::string_view plugin, std::int64_t fence, const Json& batch,
                              const FenceCheck& fence_is_current) = 0;
  virtual Result<Json> withdraw(std::string_view plugin, std::int64_t fence,
                                const std::vector<std::string>& keys,
                                const FenceCheck& fence_is_current) = 0;
  virtual Result<Json> changes(std::string_view plugin, std::string_view cursor,
                               std::uint32_t limit) const = 0;
  virtual Result<Json> preview(std::string_view plugin, const Json& batch) const = 0;
  virtual Result<> test(std::string_view user) = 0;
};

}  // namespace hosting
