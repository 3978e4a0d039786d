// The push channels of one pair in the plugin's database: implements google::ChannelStore over
// src/engine/store/channels. Used by the runs, the settings page and the calendar provider. Stores
// a channel's token only as a hash. Runs on the loop thread; the statements run on the store
// thread.
#pragma once

#include <string>
#include <vector>

#include "src/engine/google/push_channels.hpp"
#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/store/channels.hpp"
#include "src/engine/store/database.hpp"

namespace gcal::plugin {

// Conversions between the engine's value and the row. Pure.
google::Channel channel_of(const store::Channel& row);
store::Channel row_of(const google::Channel& channel, const std::string& pair);

// [loop thread]
class PairChannels final : public google::ChannelStore {
 public:
  PairChannels(store::Database& database, store::BlockingExecutor& blocking, std::string pair)
      : database_(database), blocking_(blocking), pair_(std::move(pair)) {}
  Task<std::vector<google::Channel>> channels() override;
  Task<> put(google::Channel channel) override;
  Task<> erase(std::string id) override;

 private:
  store::Database& database_;
  store::BlockingExecutor& blocking_;
  std::string pair_;
};

}  // namespace gcal::plugin
