// The host itself, clock, options, log and contacts.
#include <vector>

#include "suite.hpp"

namespace conformance {

void check_host(Suite& s) {
  {
    Sentence is(s.report, "crm_plugin.h",
                "or NULL if this host does not offer it or the manifest names it neither in "
                "requires nor in optional.");
    is.expect(s.host->service(s.host, "crm.nothing/0") == nullptr, "there is a crm.nothing/0");
    is.expect(s.host->service(s.host, "") == nullptr, "there is a service without a name");
    is.expect(!s.services.raw.mailer(), "crm.mailer/0 is there, which the manifest does not name");
    const void* const events = s.host->service(s.host, CRM_EVENTS);
    is.expect(events == s.host->service(s.host, CRM_EVENTS),
              "crm.events/0 is another table at the second look");
  }
  {
    Sentence is(s.report, "crm_plugin.h",
                "The versions of this header that the host was compiled with.");
    is.expect(s.host->abi_major == CRM_ABI_MAJOR && s.host->abi_minor >= CRM_ABI_MINOR,
              "the host speaks " + std::to_string(s.host->abi_major) + "." +
                  std::to_string(s.host->abi_minor));
  }
  {
    Sentence is(s.report, "crm_plugin.h", "a NULL pointer means that the caller does not want");
    const auto* accounts =
        static_cast<const crm_accounts_0*>(s.host->service(s.host, CRM_ACCOUNTS));
    crm::StringSink sink;
    is.expect(accounts && accounts->get(s.host, crm::to_abi("nothing"), sink.abi(), nullptr) ==
                              CRM_NOT_FOUND,
              "a failure without room for its text has another status");
  }
  {
    Sentence is(s.report, "services/clock.h",
                "Returns a time in milliseconds that never goes back.");
    std::int64_t before = s.services.clock.monotonic_ms();
    bool ordered = true;
    for (int i = 0; i < 10'000; ++i) {
      const std::int64_t now = s.services.clock.monotonic_ms();
      ordered = ordered && now >= before;
      before = now;
    }
    is.expect(ordered, "it went back");
  }
  {
    Sentence is(s.report, "services/clock.h",
                "Returns the time in milliseconds since 1970-01-01T00:00:00Z.");
    constexpr std::int64_t kYear2020 = 1'577'836'800'000, kYear2100 = 4'102'444'800'000;
    const std::int64_t now = s.services.clock.wall();
    is.expect(now > kYear2020 && now < kYear2100, "it says " + std::to_string(now));
  }
  {
    Sentence is(s.report, "services/options.h", "Every host sets \"public_url\"");
    const auto url = s.services.options.get("public_url");
    if (is.succeeds(url, "get"))
      is.expect(url->starts_with("http") && !url->ends_with("/"), "it is \"" + *url + "\"");
  }
  {
    Sentence is(s.report, "services/options.h", "NOT_FOUND if the option was not set.");
    is.fails(s.services.options.get("no_such_option"), Code::not_found, "get");
    is.fails(s.services.options.get(std::string("public_url\0", 11)), Code::not_found,
             "get of a key with a NUL");
  }
  Sentence is(s.report, "services/log.h", "Does not block and does not fail.");
  for (const std::string& fields : {std::string(), std::string("{}"), std::string("{\"n\":1}"),
                                    std::string("no JSON"), std::string("\0\xFF", 2)})
    s.services.log.write(CRM_LOG_DEBUG, "conformance.line", fields);
  is.expect(true, "");  // it came back
}

void check_contacts(Suite& s) {
  constexpr std::string_view kHeader = "services/contacts.h";
  const auto addresses = [](int count) {
    Json list = Json::array();
    for (int i = 0; i < count; ++i)
      list.push("nobody-" + std::to_string(i) + "@conformance.invalid");
    return list.dump();
  };
  {
    Sentence is(s.report, kHeader, "addresses without a record are left out.");
    const auto found = s.services.contacts.find_by_email(s.user(), addresses(1000));
    if (is.succeeds(found, "find_by_email of 1000 addresses"))
      is.expect((*Json::parse(*found)).members().empty(), "it wrote " + *found);
  }
  {
    Sentence is(s.report, kHeader, "INVALID for more or other elements.");
    is.fails(s.services.contacts.find_by_email(s.user(), addresses(1001)), Code::invalid,
             "find_by_email of 1001 addresses");
    is.fails(s.services.contacts.find_by_email(s.user(), "[1]"), Code::invalid,
             "find_by_email of a number");
    is.fails(s.services.contacts.find_by_email(s.user(), "{}"), Code::invalid,
             "find_by_email of no list");
  }
  {
    Sentence is(s.report, kHeader, "all records that have the address");
    if (s.record.empty()) {
      is.skip("no address of a record was given");
    } else {
      Json list = Json::array();
      list.push(s.record);
      const auto found = s.services.contacts.find_by_email(s.user(), list.dump());
      if (is.succeeds(found, "find_by_email")) {
        const auto json = Json::parse(*found);
        const Json& records = (*json)[s.record];
        is.expect(!records["leads"].items().empty() || !records["contacts"].items().empty(),
                  "no record has " + s.record);
      }
    }
  }
  {
    Sentence is(s.report, kHeader, "GONE if the cursor cannot be continued.");
    const auto page = s.services.contacts.changes("", 2500);
    if (is.succeeds(page, "changes"))
      is.succeeds(s.services.contacts.changes((*Json::parse(*page)).string("cursor"), 1),
                  "changes with the cursor of the page before");
    is.fails(s.services.contacts.changes("x", 1), Code::gone, "a text that is no cursor");
  }
  Sentence is(s.report, kHeader, "cursor, limit and the order of the pages: as in changes of");
  is.fails(s.services.contacts.changes("", 0), Code::invalid, "a limit of 0");
  is.fails(s.services.contacts.changes("", 2501), Code::invalid, "a limit of 2501");
}

}  // namespace conformance
