// Batches: many calls in one multipart request.
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

std::string part(const std::string& id, const std::string& request) {
  return "--batch_x\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
         "Content-ID: " +
         id + "\r\n\r\n" + request + "\r\n";
}

std::string insert_part(const std::string& id, const std::string& event_id) {
  Json body = timed("Batch");
  body.set("id", event_id);
  return part(id,
              "POST /calendar/v3/calendars/primary/events HTTP/1.1\r\n"
              "Content-Type: application/json\r\n\r\n" +
                  body.dump());
}

Response send_batch(Client& client, const std::string& parts) {
  return client.raw("POST", "/batch/calendar/v3", parts + "--batch_x--\r\n",
                    {{"Content-Type", "multipart/mixed; boundary=batch_x"},
                     {"Authorization", "Bearer " + client.me.token}});
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

SECTION("batch");

FACT(Client, "200 and multipart/mixed with a boundary", documented) {
  const Response response = send_batch(client, part("<1>", "GET /calendar/v3/colors HTTP/1.1\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.header("Content-Type").starts_with("multipart/mixed; boundary=batch_"));
  EXPECT_NE(response.body.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
}

FACT(Client, "the answer's Content-ID is <response-…>", documented) {
  EXPECT_NE(send_batch(client, part("<item1>", "GET /calendar/v3/colors HTTP/1.1\r\n"))
                .body.find("Content-ID: <response-item1>"),
            std::string::npos);
}

FACT(Client, "odd characters in a Content-ID come back as they are", observed) {
  EXPECT_NE(send_batch(client, part("<b29c + 2 ü/%20>", "GET /calendar/v3/colors HTTP/1.1\r\n"))
                .body.find("Content-ID: <response-b29c + 2 ü/%20>"),
            std::string::npos);
}

FACT(Client, "answers in the order of the parts", documented) {
  const Response response =
      send_batch(client, insert_part("<a>", "batch00001") + insert_part("<b>", "batch00002"));
  EXPECT_LT(response.body.find("batch00001"), response.body.find("batch00002"));
  EXPECT_EQ(client.events().count(), 2u);
}

FACT(Client, "the outer 200 says nothing about the parts", documented) {
  const Response response = send_batch(
      client, insert_part("<a>", "batch00003") + insert_part("<b>", "batch00003") +
                  part("<c>", "GET /calendar/v3/calendars/primary/events/unknown00 HTTP/1.1\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(occurrences(response.body, "HTTP/1.1 200"), 1u);
  EXPECT_EQ(occurrences(response.body, "HTTP/1.1 409"), 1u);
  EXPECT_EQ(occurrences(response.body, "HTTP/1.1 404"), 1u);
}

FACT(Client, "an inner If-Match counts", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  const Response response =
      send_batch(client, part("<a>", "PATCH /calendar/v3/calendars/primary/events/" + id +
                                         " HTTP/1.1\r\nContent-Type: application/json\r\nIf-Match: "
                                         "\"1\"\r\n\r\n{\"summary\":\"B\"}"));
  EXPECT_NE(response.body.find("HTTP/1.1 412 Precondition Failed"), std::string::npos);
}

FACT(PrivateAccount, "an inner Authorization wins over the outer one", documented) {
  const User other = client.another_user();
  (void)send_batch(
      client,
      part("<a>", "POST /calendar/v3/calendars/primary/events HTTP/1.1\r\nAuthorization: Bearer " +
                      other.token + "\r\nContent-Type: application/json\r\n\r\n" +
                      timed("B").dump()));
  EXPECT_EQ(client.events().count(), 0u);
  EXPECT_EQ(client.as(other, "GET", "/calendars/primary/events").count(), 1u);
}

FACT(Client, "a part without body answers 204 without body", documented) {
  const std::string id = client.insert(timed("A")).text("id");
  EXPECT_NE(send_batch(client, part("<a>", "DELETE /calendar/v3/calendars/primary/events/" + id +
                                               " HTTP/1.1\r\n"))
                .body.find("HTTP/1.1 204 No Content"),
            std::string::npos);
}

FACT(Client, "lines that end in LF alone are read", guessed) {
  std::string text = part("<a>", "GET /calendar/v3/colors?fields=kind HTTP/1.1\r\n");
  std::erase(text, '\r');
  EXPECT_NE(send_batch(client, text).body.find("calendar#colors"), std::string::npos);
}

FACT(Client, "fifty parts", documented) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += insert_part("<" + std::to_string(i) + ">", "mana" + std::to_string(10'000 + i));
  EXPECT_EQ(occurrences(send_batch(client, text).body, "HTTP/1.1 200"), 50u);
  EXPECT_EQ(client.events().count(), 50u);
}

FACT(Client, "over 1000 parts are refused", documented) {
  std::string text;
  for (int i = 0; i < 1'001; ++i)
    text += part("<" + std::to_string(i) + ">", "GET /calendar/v3/colors?fields=kind HTTP/1.1\r\n");
  EXPECT_EQ(send_batch(client, text).status, 400);
}

FACT(Client, "a bad outer token: 401 for all", guessed) {
  EXPECT_EQ(client
                .raw("POST", "/batch/calendar/v3",
                     part("<a>", "GET /calendar/v3/colors HTTP/1.1\r\n") + "--batch_x--",
                     {{"Content-Type", "multipart/mixed; boundary=batch_x"},
                      {"Authorization", "Bearer nope"}})
                .status,
            401);
}

FACT(Client, "another API, a nested batch, a part that is no request: 400 inside", documented) {
  const Response response = send_batch(
      client, part("<a>", "GET /drive/v3/files HTTP/1.1\r\n") +
                  part("<b>", "POST /batch/calendar/v3 HTTP/1.1\r\n") + part("<c>", "nonsense"));
  EXPECT_EQ(occurrences(response.body, "HTTP/1.1 400"), 3u);
}

FACT(Client, "a body that is no multipart: 400", documented) {
  EXPECT_EQ(client
                .raw("POST", "/batch/calendar/v3", "{}",
                     {{"Content-Type", "application/json"},
                      {"Authorization", "Bearer " + client.me.token}})
                .status,
            400);
}

FACT(EmulatorOnly, "each part counts as a request", documented) {
  const auto count = [&] {
    return client.control("GET", "/stats")
        .json["requests"]["GET /calendar/v3/colors"]
        .as_integer(0);
  };
  const std::int64_t before = count();
  (void)send_batch(client, part("<a>", "GET /calendar/v3/colors HTTP/1.1\r\n") +
                               part("<b>", "GET /calendar/v3/colors HTTP/1.1\r\n"));
  EXPECT_EQ(count(), before + 2);
}

FACT(EmulatorOnly, "a fault on one part: the others pass", guessed) {
  (void)client.control("POST", "/faults",
                       json("{'match':{'body_contains':'batch00012'},"
                            "'effect':{'status':403,'reason':'rateLimitExceeded'}}"));
  const Response response =
      send_batch(client, insert_part("<a>", "batch00011") + insert_part("<b>", "batch00012") +
                             insert_part("<c>", "batch00013"));
  EXPECT_EQ(occurrences(response.body, "HTTP/1.1 200"), 2u);
  EXPECT_EQ(occurrences(response.body, "HTTP/1.1 403"), 1u);
  (void)client.control("DELETE", "/faults");
}

}  // namespace
}  // namespace contract
