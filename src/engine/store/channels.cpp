#include "src/engine/store/channels.hpp"

#include "src/common/base/milliseconds.hpp"

namespace gcal::store {
namespace {

Channel channel_of(Row row) {
  return {std::string(row[0].text()),
          std::string(row[1].text()),
          std::string(row[2].text()),
          std::string(row[3].text()),
          base::instant_of(row[4].integer()),
          base::instant_of(row[5].integer()),
          row[6].integer() != 0};
}

Result<std::vector<Channel>> select(Connection& connection, std::string_view condition,
                                    std::string_view argument) {
  std::vector<Channel> found;
  const auto take = [&](Row row) -> Result<> {
    found.push_back(channel_of(row));
    return {};
  };
  TRY_VOID(connection.exec(
      "SELECT id, pair, token_hash, resource_id, expires_at, renew_at, heard FROM channels WHERE " +
          std::string(condition) + " = $1 ORDER BY expires_at, id",
      {argument}, take));
  return found;
}

Result<std::optional<std::string>> first_text(Connection& connection, std::string_view sql,
                                              const Values& arguments) {
  std::optional<std::string> found;
  const auto take = [&](Row row) -> Result<> {
    found = std::string(row[0].text());
    return {};
  };
  TRY_VOID(connection.exec(sql, arguments, take));
  return found;
}

}  // namespace

Result<> put_channel(Connection& connection, const Channel& channel) {
  return connection.exec(
      "INSERT INTO channels(id, pair, token_hash, resource_id, expires_at, renew_at, heard) VALUES "
      "($1, $2, $3, $4, $5, $6, $7) ON CONFLICT(id) DO "
      "UPDATE SET resource_id = excluded.resource_id, expires_at = excluded.expires_at, renew_at = "
      "excluded.renew_at, "
      "heard = CASE WHEN channels.heard = 1 THEN 1 ELSE excluded.heard END",
      {channel.id, channel.pair, channel.token_hash, channel.resource_id,
       base::milliseconds(channel.expires_at), base::milliseconds(channel.renew_at),
       channel.confirmed});
}

Result<> erase_channel(Connection& connection, std::string_view id) {
  return connection.exec("DELETE FROM channels WHERE id = $1", {id});
}

Result<std::optional<Channel>> channel(Connection& connection, std::string_view id) {
  TRY(std::vector<Channel> found, select(connection, "id", id));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<Channel>> channels_of(Connection& connection, std::string_view pair) {
  return select(connection, "pair", pair);
}

Result<std::optional<std::string>> mark_dirty(Connection& connection, std::string_view pair) {
  TRY_VOID(connection.exec("UPDATE pairs SET dirty = dirty + 1 WHERE id = $1", {pair}));
  return first_text(connection, "SELECT account FROM pairs WHERE id = $1", {pair});
}

Result<std::string> read_value(Connection& connection, std::string_view name) {
  TRY(const std::optional<std::string> found,
      first_text(connection, "SELECT value FROM bookmarks WHERE name = $1", {name}));
  return found.value_or(std::string());
}

Result<> write_value(Connection& connection, std::string_view name, std::string_view value) {
  return connection.exec(
      "INSERT INTO bookmarks(name, value) VALUES ($1, $2) ON CONFLICT(name) DO UPDATE SET value = "
      "excluded.value",
      {name, value});
}

}  // namespace gcal::store
