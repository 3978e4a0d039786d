// Faults on demand: in batches.
#include "tests/google_contract/facts/fault_fixtures.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// A batch of `count` inserts: events E0, E1 and so on.
Response send_batch(EmulatorOnly& client, int count) {
  std::string body;
  for (int i = 0; i < count; ++i)
    body += "--b\r\nContent-Type: application/http\r\nContent-ID: <part-" + std::to_string(i) +
            ">\r\n\r\nPOST /calendar/v3/calendars/primary/events HTTP/1.1\r\n"
            "Content-Type: application/json\r\n\r\n" +
            timed("E" + std::to_string(i)).dump() + "\r\n";
  return client.raw("POST", "/batch/calendar/v3", body + "--b--\r\n",
                    {{"Content-Type", "multipart/mixed; boundary=b"},
                     {"Authorization", "Bearer " + client.me.token}});
}

void set_batch_fault(EmulatorOnly& client, const std::string& effect) {
  set_fault(client, effect, "", "/batch/calendar/v3");
}

SECTION("faults.batch");

FACT(FaultRules, "drop on one part: its answer is missing", guessed) {
  EXPECT_EQ(
      client
          .control("POST", "/faults",
                   json("{'match':{'body_contains':'E1'},'effect':{'drop':true,'when':'after'}}"))
          .status,
      200);
  const Response response = send_batch(client, 3);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.find("response-part-1"), std::string::npos);
  EXPECT_NE(response.body.find("response-part-2"), std::string::npos);
  EXPECT_EQ(client.events().count(), 3u);
}

FACT(FaultRules, "reverse_parts: the answers in another order", guessed) {
  set_batch_fault(client, "{'reverse_parts':true}");
  const Response response = send_batch(client, 3);
  EXPECT_LT(response.body.find("response-part-2"), response.body.find("response-part-0"));
}

FACT(FaultRules, "wrong_content_id: answers that belong to no request", guessed) {
  set_batch_fault(client, "{'wrong_content_id':true}");
  const Response response = send_batch(client, 2);
  EXPECT_EQ(response.body.find("response-part"), std::string::npos);
  EXPECT_NE(response.body.find("response-of-nobody-1"), std::string::npos);
}

FACT(FaultRules, "parts_done: half done, the other parts never come to be", guessed) {
  set_batch_fault(client, "{'parts_done':2}");
  const Response response = send_batch(client, 4);
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("response-part-1"), std::string::npos);
  EXPECT_EQ(response.body.find("response-part-2"), std::string::npos);
  EXPECT_EQ(client.events().count(), 2u);
}

FACT(FaultRules, "parts_done with status: the whole batch fails after 17 of 50", guessed) {
  set_batch_fault(client, "{'parts_done':17,'status':500}");
  EXPECT_EQ(send_batch(client, 50).status, 500);
  EXPECT_EQ(client.events().count(), 17u);
}

}  // namespace
}  // namespace contract
