// The master key: 32 bytes in a file beside the database, or one that the service manager provides.
// It seals the data keys and nothing else. Used by the keyring and by crm_host's commands. It must
// never replace a key that exists, except by replace(), nor accept one that others may read.
#pragma once

#include <filesystem>
#include <optional>

#include "src/hosting/services/sealing.hpp"

namespace hosting::master_key {

// $CREDENTIALS_DIRECTORY/crm_host.master-key when the service manager provides it, otherwise
// DATA/master.key.
std::filesystem::path place(const std::filesystem::path& data);

// Nothing: there is no such file. unavailable: other users may read it, it has not 32 bytes, or it
// cannot be read.
gcal::Result<std::optional<SealingKey>> read(const std::filesystem::path& file);

// A new one, durable and whole or not there at all. conflict: there is one.
gcal::Result<> create(const std::filesystem::path& file, gcal::base::Random& random);

// The place of the next key while it replaces the present one: FILE.new.
std::filesystem::path next_of(const std::filesystem::path& file);
// The next key becomes the key; the present one stays as FILE.old, for backups that it opens.
gcal::Result<> replace(const std::filesystem::path& file);

}  // namespace hosting::master_key
