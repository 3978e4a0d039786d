// The clients of one attack, in a process of their own: node attacker.mjs ATTACK PORT SOCKETS
// ADDRESSES SECONDS NETWORK VICTIM. Their addresses are NETWORK.1, NETWORK.2, ...; a socket that
// ends is opened again. VICTIM: the address of a user. Prints {attempts, answers: {status: count}}
// at the end.

import { connect } from 'node:net';

const [attack, port, sockets, addresses, seconds] = [
  process.argv[2],
  ...process.argv.slice(3, 7).map(Number),
];
const [network, victim] = process.argv.slice(7);
const host = `127.0.0.1:${port}`;
const answers = {};
let attempts = 0;

const head = (method, path, length, more = '') =>
  `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
  `Content-Length: ${length}\r\n${more}\r\n`;
const post = (path, body) => head('POST', path, body.length) + body;
const guess = (email) => JSON.stringify({ email, password: `Sommer-${attempts}` });
const unknownChannel = () =>
  `X-Goog-Channel-ID: made-up-${attempts}\r\nX-Goog-Channel-Token: x\r\n` +
  `X-Goog-Resource-State: exists\r\nX-Goog-Message-Number: ${attempts}\r\n`;

/** What one socket says, again after each answer; null: nothing. `once`: it says it one time. */
const ATTACKS = {
  escaped_log_in: { say: () => post('/api/%73ession', guess(victim)) },
  log_in_of_many: { say: () => post('/api/session', guess(`user${attempts}@crm.example`)) },
  log_in_of_one: { say: () => post('/api/session', guess(victim)) },
  silent: { say: () => null, renew: 2000 },
  held_bodies: {
    say: () => head('POST', '/api/events', 256 << 10) + 'x'.repeat(250_000),
    once: true,
    renew: 2000,
  },
  small_held_bodies: { say: () => head('POST', '/api/session', 8000) + '{', once: true },
  made_up_cookies: {
    say: () =>
      `GET /api/session HTTP/1.1\r\nHost: ${host}\r\nCookie: crm_session=x${attempts}\r\n\r\n`,
  },
  slow_readers: {
    say: () =>
      `GET /npm/htm/preact/standalone.module.js HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(20),
    once: true,
    paused: true,
    renew: 2000,
  },
  unknown_channels: {
    say: () => head('POST', '/plugins/com.example.google_calendar/webhook', 0, unknownChannel()),
  },
};

const { say, once = false, paused = false, renew = 0 } = ATTACKS[attack];
let over = false;

function open(number) {
  if (over) return;
  const socket = connect({
    port,
    host: '127.0.0.1',
    localAddress: `${network}.${1 + (number % addresses)}`,
  });
  let timer;
  const again = () => {
    clearTimeout(timer);
    socket.destroy();
    setTimeout(() => open(number), 5);
  };
  const next = () => {
    const text = say();
    ++attempts;
    if (text !== null) socket.write(text);
  };
  socket.on('connect', () => {
    next();
    if (renew > 0) timer = setTimeout(again, renew);
  });
  if (paused) socket.pause();
  else
    socket.on('data', (chunk) => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1', 0, 16))?.[1];
      if (!status) return;
      answers[status] = (answers[status] ?? 0) + 1;
      if (!once) next();
    });
  socket.on('error', () => {});
  socket.on('close', again);
}

for (let number = 0; number < sockets; ++number) open(number);
setTimeout(() => {
  over = true;
  process.stdout.write(JSON.stringify({ attempts, answers }), () => process.exit(0));
}, seconds * 1000);
