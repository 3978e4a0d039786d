// The emulator's own controls under /_emulator: accounts, tokens, statistics, faults, the clock.
// Used by tests and by the emulator's page; JSON in and JSON out, as README.md describes. They are
// not part of Google: requests to them are neither counted nor hit by faults.
#pragma once

#include "src/emulator/controls/context.hpp"

namespace emulator {

class Controls {
 public:
  explicit Controls(EmulatorContext& context)
      : context_(context), google_(*context.google), tokens_(*context.tokens) {}

  // Errors: 400 or 404 with {"error": "..."}; 500 when the files of the start cannot be read again.
  Response handle(const Request& request);

 private:
  struct Call;
  struct Route;
  using Handler = Response (Controls::*)(const Call&);
  static const Route kRoutes[];

  Response add_account(const Call& call);
  Response list_accounts(const Call& call);
  Response set_group(const Call& call);
  Response add_token(const Call& call);
  Response revoke_tokens(const Call& call);
  Response register_client(const Call& call);
  Response set_api_keys(const Call& call);
  Response set_token_lifetimes(const Call& call);
  Response stats(const Call& call);
  Response reset_stats(const Call& call);
  Response list_requests(const Call& call);
  Response add_fault(const Call& call);
  Response list_faults(const Call& call);
  Response remove_faults(const Call& call);
  Response remove_fault(const Call& call);
  Response set_quotas(const Call& call);
  Response set_push_faults(const Call& call);
  Response send_push(const Call& call);
  Response list_channels(const Call& call);
  Response advance_clock(const Call& call);
  Response read_clock(const Call& call);
  Response expire_sync_tokens(const Call& call);
  Response edit_series(const Call& call);
  Response read_behaviour(const Call& call);
  Response set_behaviour(const Call& call);
  Response load(const Call& call);
  Response reset(const Call& call);
  Response reset_to(const gcal::base::Json& world);
  Response version(const Call& call);

  EmulatorContext& context_;
  GoogleModel& google_;
  Tokens& tokens_;
};

}  // namespace emulator
