// Users at work, in a process of its own, so that what the test does meanwhile delays no request.
// Each asks without pause: creates an appointment, reads, changes it, reads. Started by fork with
// the message {origin, users, day}; then {rounds} is answered when each user did so many more
// rounds, and {end} with everything that was asked and made. Times are of the wall clock in ms.

import { Crm } from '../e2e/support/crm.mjs';
import { plus } from '../e2e/world/days.mjs';

const DAYS = 600;
const TICK_MS = 2;

const now = () => performance.timeOrigin + performance.now();

const requests = []; // {what, begin, end}
const made = []; // {user, id, at}: answered with 201 at that time
const failures = [];
const delays = []; // {begin, end}: this process did not get to run
const rounds = [];
const waiting = new Set();
let ending = false;

// What this process itself waited for the processor, which is no matter of the host.
let last = now();
const ticks = setInterval(() => {
  const at = now();
  if (at - last > 3 * TICK_MS) delays.push({ begin: last + TICK_MS, end: at });
  last = at;
}, TICK_MS);

async function ask(crm, what, path, body) {
  const begin = now();
  const answer = await crm.send(what, path, body);
  requests.push({ what: `${what} ${path.split('?')[0]}`, begin, end: now() });
  // A change of the plugin may have come first: the answer says so, as it has to.
  const isAnswer = answer.status < 300 || (what === 'PATCH' && answer.status === 409);
  if (!isAnswer) throw new Error(`${what} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
  return JSON.parse(answer.text);
}

async function round(crm, user, number, today) {
  const day = plus(today, (number * 7) % DAYS);
  const event = {
    summary: `Made beside a backup ${number}`,
    start: { date_time: `${day}T09:00:00Z`, time_zone: 'Europe/Berlin' },
    end: { date_time: `${day}T10:00:00Z`, time_zone: 'Europe/Berlin' },
  };
  const { id, revision } = await ask(crm, 'POST', '/api/events', { event });
  made.push({ user, id, at: now() });
  const path = `/api/events/${encodeURIComponent(id)}`;
  await ask(crm, 'GET', `/api/occurrences?start=${day}&end=${plus(day, 7)}`);
  const changes = { summary: `Changed beside a backup ${number}` };
  await ask(crm, 'PATCH', path, { if_revision: revision, scope: 'all', changes });
  await ask(crm, 'GET', path);
  await ask(crm, 'GET', `/api/contacts?search=Person%20${number % 5000}&limit=20`);
}

async function work(origin, user, index, day) {
  const crm = new Crm(origin);
  await crm.login(user);
  rounds[index] = 0;
  return async () => {
    for (let number = 1; !ending; ++number) {
      await round(crm, user.email, number, day).catch(({ message, cause }) =>
        failures.push(`${user.email}: ${message} ${cause?.message ?? ''}`.trim()),
      );
      rounds[index] += 1;
      for (const check of waiting) check();
    }
  };
}

function moreRounds(count) {
  const wanted = rounds.map((done) => done + count);
  return new Promise((resolve) => {
    const check = () => {
      if (!rounds.every((done, index) => done >= wanted[index])) return;
      waiting.delete(check);
      resolve();
    };
    waiting.add(check);
  });
}

let working;
process.on('disconnect', () => process.exit()); // they end with the test, however that one ends
process.on('message', async (message) => {
  if (message.users) {
    const { origin, users, day } = message;
    const begin = await Promise.all(users.map((user, index) => work(origin, user, index, day)));
    working = Promise.all(begin.map((one) => one()));
    process.send({ done: 'users' });
  } else if (message.rounds) {
    await moreRounds(message.rounds);
    process.send({ done: 'rounds' });
  } else {
    ending = true;
    await working;
    clearInterval(ticks);
    process.send({ done: 'end', requests, made, failures, delays });
  }
});
