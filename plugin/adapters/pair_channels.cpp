#include "plugin/adapters/pair_channels.hpp"

namespace gcal::plugin {

google::Channel channel_of(const store::Channel& row) {
  return {row.id, row.token_hash, row.resource_id, row.expires_at, row.renew_at, row.confirmed};
}

store::Channel row_of(const google::Channel& channel, const std::string& pair) {
  return {channel.id,         pair,
          channel.token_hash, channel.resource_id,
          channel.expires_at, channel.renew_at,
          channel.confirmed};
}

Task<std::vector<google::Channel>> PairChannels::channels() {
  std::function<Result<std::vector<google::Channel>>()> read =
      [this]() -> Result<std::vector<google::Channel>> {
    std::vector<google::Channel> channels;
    const auto work = [&](store::Connection& connection) -> Result<> {
      channels.clear();
      TRY(const std::vector<store::Channel> rows, store::channels_of(connection, pair_));
      for (const store::Channel& row : rows) channels.push_back(channel_of(row));
      return {};
    };
    TRY_VOID(database_.transact(store::Mode::read, 0, work));
    return channels;
  };
  co_return co_await blocking_.run<std::vector<google::Channel>>(std::move(read));
}

Task<> PairChannels::put(google::Channel channel) {
  const store::Channel row = row_of(channel, pair_);
  std::function<Result<>()> write = [this, &row] {
    return database_.transact(store::Mode::write, 0, [&](store::Connection& connection) {
      return store::put_channel(connection, row);
    });
  };
  co_return co_await blocking_.run<void>(std::move(write));
}

Task<> PairChannels::erase(std::string id) {
  std::function<Result<>()> write = [this, &id] {
    return database_.transact(store::Mode::write, 0, [&](store::Connection& connection) {
      return store::erase_channel(connection, id);
    });
  };
  co_return co_await blocking_.run<void>(std::move(write));
}

}  // namespace gcal::plugin
