// The protections of the host and the plugin that tests/README.md lists by row, each with the edits
// that take it out and the tests that then have to fail. The text that an edit replaces is in its
// file exactly once.

const SEALING = 'src/hosting/services/sealing.cpp';
const SEALED_ROWS = 'src/hosting/services/sealed_rows.cpp';
const SESSIONS = 'src/host/crm/users_sessions.cpp';
const HTTP_CLIENT = 'src/common/net/http_client.cpp';
const HOST = ['crm_host', 'package'];

/** The number of a sealed row is not compared with the list of numbers. */
const ANY_NUMBER = ['!absent && listed->second == row.version', '!absent'];

/**
 * @typedef {object} Protection
 * @property {string} row of the table
 * @property {string} what is true with it
 * @property {string} file that has it
 * @property {[string, string][]} edits what is replaced by what
 * @property {string[]} targets that are built
 * @property {string} tests the expression by which ctest selects them
 */

/** @type {Protection[]} */
export const PROTECTIONS = [
  {
    row: 'S1',
    what: 'a secret is sealed before it is stored',
    file: SEALING,
    edits: [
      [
        '"the secret could not be sealed", {}};\n  return out;',
        '"the secret could not be sealed", {}};\n' +
          "  return std::string(kNonceSize + kTagSize, '\\1') + std::string(value);",
      ],
      [
        'if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;',
        'if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;\n' +
          '  if (sealed.starts_with("\\1\\1\\1\\1"))\n' +
          '    return std::string(sealed.substr(kNonceSize + kTagSize));',
      ],
    ],
    targets: HOST,
    tests: '^security\\.asvs_v13_3_1$',
  },
  {
    row: 'S1',
    what: 'a process that dies leaves no memory behind',
    file: 'src/host/program/host_main.cpp',
    edits: [
      [
        '  ::setrlimit(RLIMIT_CORE, &none);\n  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);\n',
        '  (void)none;\n',
      ],
    ],
    targets: ['crm_host', 'unit_host'],
    tests: 'ProgramTest\\.MakesNoCoreDump$',
  },
  {
    row: 'S2',
    what: 'a sealed value is bound to its row and number',
    file: SEALED_ROWS,
    edits: [
      ['keyring_.installation(), data_key, plugin, key,', 'keyring_.installation(), data_key,'],
      ['current.id, plugin, key, std::to_string', 'current.id, std::to_string'],
      ANY_NUMBER,
    ],
    targets: ['unit_hosting'],
    tests: 'SecretsTest\\.ExchangedRowsAndNumbersAreRefused$',
  },
  {
    row: 'S2',
    what: 'a row that was put back is refused',
    file: SEALED_ROWS,
    edits: [ANY_NUMBER],
    targets: ['unit_hosting'],
    tests: 'SecretsTest\\.OlderRowThatIsPutBackIsRefused$',
  },
  {
    row: 'S2',
    what: 'a changed bit of a sealed value is noticed',
    file: SEALING,
    edits: [
      [
        'EVP_DecryptFinal_ex(cipher.get(), raw(out) + size, &size) == 1;',
        '(EVP_DecryptFinal_ex(cipher.get(), raw(out) + size, &size), true);',
      ],
    ],
    targets: ['unit_hosting'],
    tests: 'SecretsTest\\.EveryChangedBitOfASealedValueIsRefused$',
  },
  {
    row: 'S3',
    what: 'the cookie of https does not travel without it',
    file: 'src/host/web/cookies.cpp',
    edits: [
      ['if (https_) cookie += "; Secure";', 'if (https_ && plain.empty()) cookie += "; Secure";'],
    ],
    targets: HOST,
    tests: '^security\\.asvs_v3_3_1$',
  },
  {
    row: 'S3',
    what: 'on https no other host of the domain can set the cookie',
    file: 'src/host/web/cookies.cpp',
    edits: [['(https_ ? "__Host-" : "") +', 'std::string() +']],
    targets: HOST,
    tests: '^security\\.asvs_v3_3_3$',
  },
  {
    row: 'S3',
    what: 'a browser that knows the host over https does not ask it over http',
    file: 'src/host/web/security.cpp',
    edits: [['if (https) add("Strict', 'if (https && response.status == 0) add("Strict']],
    targets: HOST,
    tests: '^security\\.asvs_v3_4_1$',
  },
  {
    row: 'S3',
    what: 'a page of another site changes nothing',
    file: 'src/host/web/security.cpp',
    edits: [
      [
        'if (!changes_something(request.method)) return true;',
        'if (!changes_something(request.method) || !request.method.empty()) return true;',
      ],
    ],
    targets: HOST,
    tests: '^security\\.asvs_v3_4_2$',
  },
  {
    row: 'S3',
    what: 'a change needs the token of its session',
    file: 'src/host/web/authentication.cpp',
    edits: [['return hosting::is_read_only(request.method) ||', 'return !session.csrf.empty() ||']],
    targets: ['unit_web'],
    tests: 'Session\\.MissingOrForeignCsrfTokenIs403AndChangesNothing$',
  },
  {
    row: 'S3',
    what: 'who guesses does not keep a user out of a known browser',
    file: 'src/host/crm/log_in_throttle.cpp',
    edits: [['if (!user.empty() && is_device', 'if (user.empty() && is_device']],
    targets: HOST,
    tests: '^security\\.asvs_v6_1_1$',
  },
  {
    row: 'S3',
    what: 'who guesses is slowed down',
    file: 'src/host/crm/log_in_throttle.cpp',
    edits: [['if (found.until > now)\n', 'if (found.until > now && found.count < 0)\n']],
    targets: HOST,
    tests: '^security\\.asvs_v6_3_1$',
  },
  {
    row: 'S3',
    what: 'a log-in ends the session that came along',
    file: SESSIONS,
    edits: [['if (!request.old_token.empty())', "if (request.old_token.size() > 10'000)"]],
    targets: HOST,
    tests: '^security\\.asvs_v7_2_4$',
  },
  {
    row: 'S3',
    what: 'a session ends after its longest life',
    file: SESSIONS,
    edits: [
      [
        'now - found.used > kIdleLife || now - found.created > kLongestLife)',
        'now - found.used > kIdleLife)',
      ],
    ],
    targets: HOST,
    tests: '^security\\.asvs_v7_3_2$',
  },
  {
    row: 'S3',
    what: 'the answer of another authorization server is refused',
    file: 'src/engine/settings/flow.cpp',
    edits: [['if (request.input.contains("iss") &&', 'if (request.account.empty() &&']],
    targets: HOST,
    tests: '^security\\.asvs_v10_2_2$',
  },
  {
    row: 'S3',
    what: 'the id_token of another consent is refused',
    file: 'src/engine/oauth/token_reply.cpp',
    edits: [
      [
        'if (!base::equal_in_constant_time(base::as_bytes(claims->string("nonce")),\n' +
          '                                    base::as_bytes(expected.nonce)))',
        'if (expected.nonce.empty())',
      ],
    ],
    targets: HOST,
    tests: '^security\\.asvs_v10_5_1$',
  },
  {
    row: 'S4',
    what: 'a notification needs the token of its channel',
    file: 'src/engine/google/push_channels.cpp',
    edits: [
      [
        'return right_token && now < channel.expires_at &&',
        'return (right_token || now < channel.expires_at) &&',
      ],
    ],
    targets: ['unit_google', 'unit_plugin'],
    tests: 'Notification\\.OtherTokenChannel|Webhooks\\.NotificationThatIsNotGenuine',
  },
  {
    row: 'S4',
    what: 'a notification that is sent again stores nothing',
    file: 'plugin/capabilities/webhook.cpp',
    edits: [['    if (repeated) return Owner(std::string());\n', '    (void)repeated;\n']],
    targets: ['unit_plugin'],
    tests: 'Webhooks\\.NotificationThatIsSentAgainIsAcceptedAndStoresNothing$',
  },
  {
    row: 'S4',
    what: 'a stranger does not use up the rate of a known channel',
    file: 'src/hosting/web/web.cpp',
    edits: [
      [
        'who = admission.is_known_sender ? sender : gcal::net::client_of',
        'who = gcal::net::client_of',
      ],
    ],
    targets: ['unit_web'],
    tests: 'Limits\\.StrangersCannotUseUpTheRateOfAChannelThatThePluginKnows$',
  },
  {
    row: 'S5',
    what: 'a certificate has to be signed by an authority that is trusted',
    file: HTTP_CLIENT,
    edits: [['set_verify_mode(asio::ssl::verify_peer)', 'set_verify_mode(asio::ssl::verify_none)']],
    targets: ['https_probe', 'unit_net'],
    tests: '^security\\.tls_servers$|TlsLoopback\\.UntrustedCertificateSendsNoByte',
  },
  {
    row: 'S5',
    what: 'a certificate has to name the server',
    file: HTTP_CLIENT,
    edits: [
      [
        'return X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1 &&\n',
        'return\n',
      ],
    ],
    targets: ['https_probe'],
    tests: '^security\\.tls_servers$',
  },
  {
    row: 'S6',
    what: 'a request goes to no server that is not listed',
    file: HTTP_CLIENT,
    edits: [
      [
        'if (std::ranges::find(options_.origins, origin) == options_.origins.end())',
        'if (options_.origins.empty())',
      ],
    ],
    targets: ['unit_net'],
    tests: 'Client\\.UnknownOriginOrBadHeaderIsRefusedBeforeConnecting$',
  },
  {
    row: 'S7',
    what: 'an answer of any length is read to a limit',
    file: HTTP_CLIENT,
    edits: [
      ['parser->body_limit(limits.compressed);', 'parser->body_limit(boost::none);'],
      ['gunzip(response.body, limits.inflated)', 'gunzip(response.body, std::size_t{1} << 30)'],
      ['if (response.body.size() > limits.inflated)', 'if (limits.inflated == 0)'],
    ],
    targets: ['unit_net'],
    tests: 'Client\\.TruncatedOrMalformedResponseMeansUnknownOutcome$',
  },
  {
    row: 'S7',
    what: 'a server that does not answer is not waited for without end',
    file: HTTP_CLIENT,
    edits: [
      [
        'const Deadline deadline(connection, limits.total);',
        'const Deadline deadline(connection, limits.total + std::chrono::hours{1});',
      ],
    ],
    targets: ['unit_net'],
    tests: 'Client\\.SilentServerMeansUnknownOutcomeAfterTheTotalTime$',
  },
  {
    row: 'S13',
    what: 'a private appointment is busy time for others',
    file: 'src/host/crm/appointment_access.cpp',
    edits: [
      [
        'if (view.master.is_private() || fields.is_private()) return',
        'if (view.master.is_private() && fields.is_private() && viewer.empty()) return',
      ],
    ],
    targets: ['unit_host'],
    tests: 'Privacy\\.HundredThousandPairs',
  },
  {
    row: 'S13',
    what: 'the id of a calendar is known to those who may see it',
    file: 'src/host/crm/appointment_access.cpp',
    edits: [
      [
        'return calendar.user == viewer || calendar.sharing == "details";\n}\n\nnamespace',
        'return calendar.user == viewer || !calendar.id.empty();\n}\n\nnamespace',
      ],
    ],
    targets: ['unit_host'],
    tests: 'Privacy\\.HundredThousandPairs',
  },
  {
    row: 'S14',
    what: 'a grant is out of use when its account is disconnected',
    file: 'plugin/capabilities/settings_page.cpp',
    edits: [['    CO_TRY_VOID(co_await context_.vault.retire_grant(account, Which::kept));\n', '']],
    targets: ['unit_plugin'],
    tests: 'SettingsPages\\.DisconnectStopsChannelsRevokesAndKeepsBothSides$',
  },
  {
    row: 'S14',
    what: 'a revocation is repeated until Google has answered',
    file: 'plugin/account/retired_grants.cpp',
    edits: [
      [
        'if (!revoked && !answered(revoked.error())) co_return',
        'if (!revoked && !answered(revoked.error()) && grants.empty()) co_return',
      ],
    ],
    targets: ['unit_plugin'],
    tests: 'BesideARun\\.RevocationIsRepeatedUntilGoogleAnswers$',
  },
];
