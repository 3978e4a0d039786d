#include "src/hosting/storage/private_folder.hpp"

#include <system_error>

namespace hosting {

using gcal::Code;
using gcal::Error;

gcal::Result<> make_private_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return Error{
        Code::denied, "cannot create the folder " + folder.string() + ": " + failure.message(), {}};
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
  if (failure)
    return Error{Code::denied,
                 "cannot close the folder " + folder.string() + " to others: " + failure.message(),
                 {}};
  return {};
}

}  // namespace hosting
