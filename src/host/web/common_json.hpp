// What several parts of the API read and write alike: numbers of the query, users, points in time.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/host/web/api.hpp"

namespace host {

std::string time_text(gcal::base::Instant time);  // RFC 3339 in UTC, whole seconds
// {id, email, name, role, locale, theme, time_zone}
gcal::base::Json user_json(const User& user);

// A number of the query; `fallback` when it is absent. invalid: names the bounds.
Result<std::int64_t> number(const ApiRequest& request, std::string_view name, std::int64_t fallback,
                            std::int64_t least, std::int64_t most);

}  // namespace host
