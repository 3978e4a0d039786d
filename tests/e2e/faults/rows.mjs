// What the account shows while a fault of FAULTS.md lasts, for each row whose rule can be limited
// to the calendar of one user. Sections and titles are those of the page.

const VERIFY = Boolean(process.env.E2E_VERIFY);
const WAITING = 'waiting health.waiting';
const PACE = 'waiting refusal.pace';
const QUOTA = 'waiting refusal.quota';
const FAILING = 'waiting health.failing';
const OK = 'ok health.ok';
// For lists only: a write would meet the rule, too, and use it up.
const EMPTY_PAGE = (more) => ({ match: { method: 'GET' }, effect: { empty_page: true }, ...more });

/**
 * seen: state and reason. once: the fault hits as often as the page says, otherwise until it is
 * removed. times: instead of what the page says. long: it begins first, because it takes seconds.
 * brief: members of the effect that make a long fault short; E2E_VERIFY=1 plays it as it is
 * printed. more, also: members and rules without which the row meets no request. gone: the
 * calendar counts as gone while it lasts, so that nothing is carried over (PD-02, PD-04). end: what
 * else ends the fault.
 */
export const ROWS = {
  'Connecting and TLS': {
    'reset at byte 100 of the answer': { seen: WAITING },
    'half close after half of the body': { seen: WAITING },
    'a proxy wants a password': { seen: WAITING },
  },
  'HTTP': {
    'a stall before the head': { seen: OK, once: true, brief: { stall_ms: 300 } },
    'a stall inside the head': { seen: OK, once: true, brief: { stall_ms: 300 } },
    'a stall between head and body': { seen: OK, once: true, brief: { stall_ms: 300 } },
    'a stall inside the body': { seen: OK, once: true, brief: { stall_ms: 300 } },
    'one byte a second': { seen: OK, once: true, brief: { bytes_per_second: 4000 } },
    'a length that is too long': { seen: WAITING },
    'too long, and the connection stays open': {
      seen: OK,
      once: true,
      brief: { stall_ms: 300 },
    },
    'a length that is too short': { seen: WAITING },
    'a negative length': { seen: WAITING },
    'an absurd length': { seen: WAITING },
    'half of the body, the length says all': { seen: WAITING },
    'half of the JSON, the length is right': { seen: WAITING },
    'no JSON': { seen: WAITING },
    'a chunk with a wrong size': { seen: WAITING },
    'a chunk size that is no number': { seen: WAITING },
    'the last chunk is missing': { seen: WAITING },
    'extra bytes after the body': { seen: OK },
    'a kept connection closes while the next request is sent': { seen: WAITING },
    'an interim answer first': { seen: OK },
    'a redirect to another host': { seen: WAITING },
    'a redirect to a file': { seen: WAITING },
    'a header twice': { seen: OK },
    'two lengths that differ': { seen: WAITING },
    'a wrong content type': { seen: OK },
    'gzip that breaks off': { seen: WAITING },
    'a body that is not gzip but claims to be': { seen: WAITING },
    'a gzip bomb (64 KiB become 64 MiB)': { seen: OK, once: true },
    'an unknown encoding': { seen: WAITING },
    "a captive portal's page with 200": { seen: WAITING },
    '204 instead of 200, the event is there': { seen: OK },
    'the answer of another request': { seen: WAITING },
    'an invalid status line': { seen: WAITING },
  },
  'Errors of the API': {
    '400': { seen: 'attention health.failed' },
    '401 once, although the token is valid': { seen: WAITING },
    '403 rateLimitExceeded': { seen: OK, once: true },
    '403 userRateLimitExceeded': VERIFY ? { seen: PACE, long: true } : { seen: OK, once: true },
    '403 quotaExceeded': { seen: QUOTA },
    '403 calendarUsageLimits': { seen: QUOTA },
    '403 forbiddenForNonOrganizer': { seen: 'attention health.quarantined' },
    '403: the scope is too small': { seen: 'needs_auth health.needs_auth' },
    '403: access to the calendar was lost': { seen: 'attention health.default_gone', gone: true },
    '404': { seen: 'attention health.default_gone', gone: true },
    '409: the id exists': { seen: FAILING },
    '429 with Retry-After in seconds': { seen: OK, once: true, long: true },
    '500, 502, 503, 504 before the effect': { seen: FAILING },
    '… and after it': { seen: OK },
  },
  'Lists': {
    'the effect took place, the answer is lost': { seen: OK },
    'lists lag a minute behind': { seen: OK },
    'the newest change is missing once': { seen: OK, once: true },
    'an event twice in a page': { seen: OK },
    'an event on two pages': { seen: OK, once: true },
    'an event moves from one page to the next': { seen: OK, once: true },
    'an empty page with a next one': { seen: OK, once: true },
    'a page token that leads to the same page': {
      seen: WAITING,
      times: 0,
      more: { empty_page: true },
      also: [EMPTY_PAGE({ times: 0 })],
    },
    'no sync token on the last page': { seen: OK },
    '410 in the middle of paging': { seen: OK, also: [EMPTY_PAGE()] },
    // The product asks for each such event by its id.
    'events without start and summary': { seen: OK },
    'deleted events that have only an id': { seen: OK },
    'exceptions before their series': { seen: OK },
    'an etag changes, the event does not': { seen: OK },
    // What Google says is shown; the next complete read shows what is there.
    'an event changes, its etag does not': {
      seen: OK,
      end: ({ stage, calendar }) => stage.google.expireSyncTokens(calendar),
    },
    '`updated` goes back': { seen: OK },
    'the guests are left out': { seen: OK },
  },
};

/** Of the addresses where connecting fails, those that every run tries; the others take longer. */
export const QUICK_DOORS = ['refused', 'wrong_host', 'self_signed', 'none'];

/** Why a row is played neither here nor by solo.mjs, and where it is. */
export const NOT_PLAYED = {
  [`Lists: an id used again after delete; an event moved, a calendar deleted, hidden, unshared, ` +
  'a role lowered, a zone changed']:
    'acts of a user: moves.test.mjs, return.test.mjs, story.test.mjs',
  'Batches: one part is missing': 'the product sends no batches, which is asserted at the end',
  'Batches: the parts come in another order': 'no batches',
  'Batches: the Content-IDs belong to no part': 'no batches',
  'Batches: only half of the parts are executed': 'no batches',
  'Batches: 500 for all after 17 of 50': 'no batches',
  'Push: the first message before the watch reply': 'always so',
  'Push: the renewal fails': 'it is due after days: push_channels_test.cpp: MaintainChannels',
  'Push: two live channels': 'push_channels_test.cpp: PlanChannels, MaintainChannels',
  'Sign-in: a code used twice': 'capabilities_test.cpp: SettingsPages.UsedCodeAbortsTheFlow',
  'Sign-in: a code that has expired': 'a code that is refused: the same test',
  'Sign-in: a smaller scope': 'story.test.mjs: Only consent creates a grant',
  'Sign-in: no refresh token comes': 'capability_errors_test.cpp: ConsentAnswers',
  'Sign-in: another account is chosen': 'rules.test.mjs: a revoked grant asks to reconnect',
  'The process under test: killed before a request takes effect (needs `--allow-kill`)':
    'crash.test.mjs',
  'The process under test: … and after it': 'crash.test.mjs',
};
