#include "plugin/adapters/record_matcher.hpp"

#include <map>
#include <set>
#include <utility>

#include "src/common/base/json_array.hpp"
#include "src/engine/calendar/people.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

// The number of addresses per call of crm.contacts/0 find_by_email.
constexpr std::size_t kBatchSize = 1'000;

// The records of one appointment: those with the address of a guest, before those with another
// spelling of it.
class Matches {
 public:
  void add(const Json& records) {
    for (const char* kind : kKinds) {
      for (const Json& id : records[kind].items()) exact_[kind].insert(id.as_string());
      for (const Json& id : records["similar"][kind].items()) similar_[kind].insert(id.as_string());
    }
    for (const Json* list : {&records["others"], &records["similar"]["others"]})
      for (const Json& one : list->items()) others_.emplace(one.string("kind"), one.string("id"));
  }

  Json to_json() {
    Json json = Json::object();
    for (const char* kind : kKinds) {
      Json ids = base::json_array(exact_[kind]);
      for (const std::string& id : similar_[kind])
        if (!exact_[kind].contains(id)) ids.push(id);
      json.set(kind, std::move(ids));
    }
    // Records of kinds that only the host knows.
    Json& others = json.set("others", Json::array());
    for (const auto& [kind, id] : others_) others.push(Json::object({{"kind", kind}, {"id", id}}));
    return json;
  }

 private:
  static constexpr const char* kKinds[] = {"leads", "contacts"};
  std::map<std::string, std::set<std::string>> exact_, similar_;
  std::set<std::pair<std::string, std::string>> others_;  // (kind, id)
};

}  // namespace

Result<std::vector<Json>> RecordMatcher::match(
    const std::vector<const calendar::Series*>& series) const {
  std::vector<std::vector<std::string>> wanted;
  std::set<std::string> all;
  for (const calendar::Series* one : series) {
    const auto addresses = calendar::addresses_to_match(*one, own_).addresses;
    wanted.emplace_back(addresses.begin(), addresses.end());
    all.insert(addresses.begin(), addresses.end());
  }

  std::map<std::string, Json, std::less<>> found;
  std::vector<std::string> batch;
  const auto look_up = [&]() -> Result<> {
    if (batch.empty()) return {};
    TRY(const std::string text, contacts_.find_by_email(user_, base::json_array(batch).dump()));
    TRY(const Json answer, Json::parse(text));
    for (const auto& [address, records] : answer.members())
      found.insert_or_assign(address, records);
    batch.clear();
    return {};
  };
  for (const std::string& address : all) {
    batch.push_back(address);
    if (batch.size() == kBatchSize) TRY_VOID(look_up());
  }
  TRY_VOID(look_up());

  std::vector<Json> answers;
  for (const std::vector<std::string>& addresses : wanted) {
    Matches matches;
    for (const std::string& address : addresses)
      if (const auto records = found.find(address); records != found.end())
        matches.add(records->second);
    answers.push_back(matches.to_json());
  }
  return answers;
}

}  // namespace gcal::plugin
