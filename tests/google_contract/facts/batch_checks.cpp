// Batches: many calls in one multipart request.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {
namespace {

using enum Known;

std::string part(const std::string& id, const std::string& request) {
  return "--batch_x\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: "
         "binary\r\nContent-ID: " +
         id + "\r\n\r\n" + request + "\r\n";
}
std::string insert_part(const std::string& id, const std::string& event_id) {
  Json body = timed("Batch");
  body.set("id", event_id);
  return part(id,
              "POST /calendar/v3/calendars/primary/events HTTP/1.1\r\nContent-Type: "
              "application/json\r\n\r\n" +
                  body.dump());
}
Answer send(Probe& p, const std::string& parts, Fields more = {}) {
  more.emplace_back("Content-Type", "multipart/mixed; boundary=batch_x");
  more.emplace_back("Authorization", "Bearer " + p.me.token);
  return p.raw("POST", "/batch/calendar/v3", parts + "--batch_x--\r\n", std::move(more));
}
std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    ++count;
  return count;
}

}  // namespace

void batch_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"batch", fact, known, std::move(run)});
  };
  add("200 and multipart/mixed with a boundary", documented, [](Probe& p) {
    const Answer answer = send(p, part("<1>", "GET /calendar/v3/colors HTTP/1.1\r\n"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.header("Content-Type").starts_with("multipart/mixed; boundary=batch_"));
    EXPECT_NE(answer.body.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
  });
  add("the answer's Content-ID is <response-…>", documented, [](Probe& p) {
    EXPECT_NE(send(p, part("<item1>", "GET /calendar/v3/colors HTTP/1.1\r\n"))
                  .body.find("Content-ID: <response-item1>"),
              std::string::npos);
  });
  add("odd characters in a Content-ID come back as they are", observed, [](Probe& p) {
    EXPECT_NE(send(p, part("<b29c + 2 ü/%20>", "GET /calendar/v3/colors HTTP/1.1\r\n"))
                  .body.find("Content-ID: <response-b29c + 2 ü/%20>"),
              std::string::npos);
  });
  add("answers in the order of the parts", documented, [](Probe& p) {
    const Answer answer =
        send(p, insert_part("<a>", "batch00001") + insert_part("<b>", "batch00002"));
    EXPECT_LT(answer.body.find("batch00001"), answer.body.find("batch00002"));
    EXPECT_EQ(p.events().count(), 2u);
  });
  add("the outer 200 says nothing about the parts", documented, [](Probe& p) {
    const Answer answer = send(
        p, insert_part("<a>", "batch00003") + insert_part("<b>", "batch00003") +
               part("<c>", "GET /calendar/v3/calendars/primary/events/unknown00 HTTP/1.1\r\n"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(occurrences(answer.body, "HTTP/1.1 200"), 1u);
    EXPECT_EQ(occurrences(answer.body, "HTTP/1.1 409"), 1u);
    EXPECT_EQ(occurrences(answer.body, "HTTP/1.1 404"), 1u);
  });
  add("an inner If-Match counts", documented, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    const Answer answer =
        send(p, part("<a>", "PATCH /calendar/v3/calendars/primary/events/" + id +
                                " HTTP/1.1\r\nContent-Type: application/json\r\nIf-Match: "
                                "\"1\"\r\n\r\n{\"summary\":\"B\"}"));
    EXPECT_NE(answer.body.find("HTTP/1.1 412 Precondition Failed"), std::string::npos);
  });
  add("an inner Authorization wins over the outer one", documented, [](Own& p) {
    const Person other = p.another();
    (void)send(
        p,
        part("<a>",
             "POST /calendar/v3/calendars/primary/events HTTP/1.1\r\nAuthorization: Bearer " +
                 other.token + "\r\nContent-Type: application/json\r\n\r\n" + timed("B").dump()));
    EXPECT_EQ(p.events().count(), 0u);
    EXPECT_EQ(p.as(other, "GET", "/calendars/primary/events").count(), 1u);
  });
  add("a part without body answers 204 without body", documented, [](Probe& p) {
    const std::string id = p.insert(timed("A")).text("id");
    EXPECT_NE(
        send(p, part("<a>", "DELETE /calendar/v3/calendars/primary/events/" + id + " HTTP/1.1\r\n"))
            .body.find("HTTP/1.1 204 No Content"),
        std::string::npos);
  });
  add("lines that end in LF alone are read", guessed, [](Probe& p) {
    std::string text = part("<a>", "GET /calendar/v3/colors?fields=kind HTTP/1.1\r\n");
    std::erase(text, '\r');
    EXPECT_NE(send(p, text).body.find("calendar#colors"), std::string::npos);
  });
  add("fifty parts", documented, [](Probe& p) {
    std::string text;
    for (int i = 0; i < 50; ++i)
      text += insert_part("<" + std::to_string(i) + ">", "mana" + std::to_string(10'000 + i));
    EXPECT_EQ(occurrences(send(p, text).body, "HTTP/1.1 200"), 50u);
    EXPECT_EQ(p.events().count(), 50u);
  });
  add("over 1000 parts are refused", documented, [](Probe& p) {
    std::string text;
    for (int i = 0; i < 1'001; ++i)
      text +=
          part("<" + std::to_string(i) + ">", "GET /calendar/v3/colors?fields=kind HTTP/1.1\r\n");
    EXPECT_EQ(send(p, text).status, 400);
  });
  add("a bad outer token: 401 for all", guessed, [](Probe& p) {
    EXPECT_EQ(p.raw("POST", "/batch/calendar/v3",
                    part("<a>", "GET /calendar/v3/colors HTTP/1.1\r\n") + "--batch_x--",
                    {{"Content-Type", "multipart/mixed; boundary=batch_x"},
                     {"Authorization", "Bearer nope"}})
                  .status,
              401);
  });
  add("another API, a nested batch, a part that is no request: 400 inside", documented,
      [](Probe& p) {
        const Answer answer = send(p, part("<a>", "GET /drive/v3/files HTTP/1.1\r\n") +
                                          part("<b>", "POST /batch/calendar/v3 HTTP/1.1\r\n") +
                                          part("<c>", "nonsense"));
        EXPECT_EQ(occurrences(answer.body, "HTTP/1.1 400"), 3u);
      });
  add("a body that is no multipart: 400", documented, [](Probe& p) {
    EXPECT_EQ(
        p.raw("POST", "/batch/calendar/v3", "{}",
              {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + p.me.token}})
            .status,
        400);
  });
  add("each part counts as a request", documented, [](Emulated& p) {
    const auto count = [&] {
      return p.control("GET", "/stats").json["requests"]["GET /calendar/v3/colors"].as_integer(0);
    };
    const std::int64_t before = count();
    (void)send(p, part("<a>", "GET /calendar/v3/colors HTTP/1.1\r\n") +
                      part("<b>", "GET /calendar/v3/colors HTTP/1.1\r\n"));
    EXPECT_EQ(count(), before + 2);
  });
  add("a fault on one part: the others pass", guessed, [](Emulated& p) {
    (void)p.control("POST", "/faults",
                    js("{'match':{'body_contains':'batch00012'},'effect':{'status':403,'reason':'"
                       "rateLimitExceeded'}}"));
    const Answer answer =
        send(p, insert_part("<a>", "batch00011") + insert_part("<b>", "batch00012") +
                    insert_part("<c>", "batch00013"));
    EXPECT_EQ(occurrences(answer.body, "HTTP/1.1 200"), 2u);
    EXPECT_EQ(occurrences(answer.body, "HTTP/1.1 403"), 1u);
    (void)p.control("DELETE", "/faults");
  });
}

}  // namespace contract
