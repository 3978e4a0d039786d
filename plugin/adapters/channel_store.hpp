// The push channels of one pair in the plugin's database: google::ChannelStore over
// src/engine/store/channels. Used by the runs. It must never hold a channel's token, only its hash.
#pragma once

#include <string>
#include <vector>

#include "src/engine/google/watch.hpp"
#include "src/engine/store/channels.hpp"
#include "src/engine/store/database.hpp"
#include "src/engine/store/worker.hpp"

namespace gcal::plugin {

google::Channel channel_of(const store::Channel& row);
store::Channel row_of(const google::Channel& channel, const std::string& pair);

// [loop thread]
class PairChannels final : public google::ChannelStore {
 public:
  PairChannels(store::Database& database, store::Worker& worker, std::string pair)
      : database_(database), worker_(worker), pair_(std::move(pair)) {}
  Task<std::vector<google::Channel>> channels() override;
  Task<> put(google::Channel channel) override;
  Task<> erase(std::string id) override;

 private:
  store::Database& database_;
  store::Worker& worker_;
  std::string pair_;
};

}  // namespace gcal::plugin
