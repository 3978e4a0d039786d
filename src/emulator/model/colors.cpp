#include "src/emulator/model/colors.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace emulator {
namespace {

using gcal::base::Json;

constexpr std::array<std::string_view, 11> kEvent{"#a4bdfc", "#7ae7bf", "#dbadff", "#ff887c",
                                                  "#fbd75b", "#ffb878", "#46d6db", "#e1e1e1",
                                                  "#5484ed", "#51b749", "#dc2127"};
constexpr std::array<std::string_view, 24> kCalendar{
    "#ac725e", "#d06b64", "#f83a22", "#fa573c", "#ff7537", "#ffad46", "#42d692", "#16a765",
    "#7bd148", "#b3dc6c", "#fbe983", "#fad165", "#92e1c0", "#9fe1e7", "#9fc6e7", "#4986e7",
    "#9a9cff", "#b99aff", "#c2c2c2", "#cabdbf", "#cca6ac", "#f691b2", "#cd74e6", "#a47ae2"};

int channel(std::string_view color, std::size_t at) {
  int value = 0;
  if (color.size() == 7) std::from_chars(color.data() + at, color.data() + at + 2, value, 16);
  return value;
}

template <std::size_t N>
Json palette(const std::array<std::string_view, N>& colors) {
  Json out = Json::object();
  for (std::size_t i = 0; i < N; ++i)
    out.set(std::to_string(i + 1),
            Json::object({{"background", colors[i]}, {"foreground", "#1d1d1d"}}));
  return out;
}

}  // namespace

std::string calendar_color(const std::string& color_id) {
  std::size_t index = 0;
  const auto [end, error] =
      std::from_chars(color_id.data(), color_id.data() + color_id.size(), index);
  if (error != std::errc{} || end != color_id.data() + color_id.size() || index < 1 ||
      index > kCalendar.size())
    return "";
  return std::string(kCalendar[index - 1]);
}

std::string nearest_calendar_color(const std::string& background) {
  std::size_t best = 0;
  int best_distance = 1 << 30;
  for (std::size_t i = 0; i < kCalendar.size(); ++i) {
    int distance = 0;
    for (std::size_t at : {1U, 3U, 5U}) {
      const int difference = channel(background, at) - channel(kCalendar[i], at);
      distance += difference * difference;
    }
    if (distance < best_distance) {
      best_distance = distance;
      best = i;
    }
  }
  return std::to_string(best + 1);
}

Json colors_json() {
  return Json::object({{"kind", "calendar#colors"},
                       {"updated", "2012-02-14T00:00:00.000Z"},
                       {"calendar", palette(kCalendar)},
                       {"event", palette(kEvent)}});
}

}  // namespace emulator
