// Finds the route of a method and a path in a table: for the settings API of this library and the
// JSON API of crm_host. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/net/url.hpp"

namespace hosting {

template <class Route>
struct RouteMatch {
  const Route* route = nullptr;              // null: none matches
  std::vector<std::string> path_parameters;  // the segments at the {} of the route
  std::string allowed;  // the methods of the path when it has not this one; "": unknown path
};

// "/api/flows/{}" as a route keeps it.
inline std::vector<std::string> segments_of(std::string_view pattern) {
  std::vector<std::string> out;
  for (const std::string_view segment : gcal::net::path_segments(pattern))
    out.emplace_back(segment);
  return out;
}

// Does the path match the route? Collects the segments at its {}.
inline bool matches(const std::vector<std::string>& route, const std::vector<std::string>& path,
                    std::vector<std::string>& parameters) {
  if (route.size() != path.size()) return false;
  parameters.clear();
  for (std::size_t i = 0; i < route.size(); ++i) {
    if (route[i] == "{}")
      parameters.push_back(path[i]);
    else if (route[i] != path[i])
      return false;
  }
  return true;
}

// A Route has a method and segments. HEAD is answered by the route of GET. path: decoded.
template <class Route>
RouteMatch<Route> find_route(const std::vector<Route>& routes, std::string_view method,
                             const std::vector<std::string>& path) {
  if (method == "HEAD") method = "GET";
  RouteMatch<Route> match;
  for (const Route& candidate : routes) {
    if (!matches(candidate.segments, path, match.path_parameters)) continue;
    if (candidate.method == method) {
      match.route = &candidate;
      return match;
    }
    match.allowed += (match.allowed.empty() ? "" : ", ") + candidate.method;
  }
  return match;
}

}  // namespace hosting
