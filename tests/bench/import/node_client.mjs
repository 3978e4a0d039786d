// What a competent developer writes for the same task with Google's client and better-sqlite3: a
// full listing page by page, each page one durable transaction, then increments by sync token. It
// stores what a calendar shows, knows no second side, and is the yardstick of ./dev bench peers.
//
// A program: node node_client.mjs ORIGIN TOKEN DATABASE, with the commands of peers.mjs over IPC.
// Each is answered with the processor time that it used.

import { calendar as calendarApi } from '@googleapis/calendar';
import Database from 'better-sqlite3';

const [origin, token, file] = process.argv.slice(2);

const database = new Database(file);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`
  CREATE TABLE IF NOT EXISTS events(
    id TEXT PRIMARY KEY, etag TEXT, status TEXT, updated TEXT, summary TEXT, description TEXT,
    location TEXT, start TEXT, end TEXT, zone TEXT, recurrence TEXT, series TEXT, original TEXT,
    organizer TEXT, visibility TEXT, transparency TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS events_by_start ON events(start);
  CREATE TABLE IF NOT EXISTS guests(
    event TEXT, email TEXT, name TEXT, response TEXT, PRIMARY KEY(event, email)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
`);
const COLUMNS = 16;
const upsert = database.prepare(
  `INSERT OR REPLACE INTO events VALUES (${Array(COLUMNS).fill('?').join(', ')})`,
);
const eraseEvent = database.prepare('DELETE FROM events WHERE id = ?');
const eraseGuests = database.prepare('DELETE FROM guests WHERE event = ?');
const addGuest = database.prepare('INSERT OR REPLACE INTO guests VALUES (?, ?, ?, ?)');
const setState = database.prepare('INSERT OR REPLACE INTO state VALUES (?, ?)');
const getState = database.prepare('SELECT value FROM state WHERE name = ?').pluck();

const instant = (time) => time?.dateTime ?? time?.date ?? null;

function store(event) {
  eraseGuests.run(event.id);
  if (event.status === 'cancelled' && !event.recurringEventId) {
    eraseEvent.run(event.id);
    return;
  }
  upsert.run(
    event.id,
    event.etag,
    event.status,
    event.updated ?? null,
    event.summary ?? null,
    event.description ?? null,
    event.location ?? null,
    instant(event.start),
    instant(event.end),
    event.start?.timeZone ?? null,
    event.recurrence ? JSON.stringify(event.recurrence) : null,
    event.recurringEventId ?? null,
    instant(event.originalStartTime),
    event.organizer?.email ?? null,
    event.visibility ?? null,
    event.transparency ?? null,
  );
  for (const { email, displayName, responseStatus } of event.attendees ?? [])
    if (email) addGuest.run(event.id, email, displayName ?? null, responseStatus ?? null);
}

const storePage = database.transaction((items, syncToken) => {
  for (const event of items) store(event);
  if (syncToken) setState.run('sync_token', syncToken);
});

const api = calendarApi({
  version: 'v3',
  rootUrl: `${origin}/`,
  headers: { Authorization: `Bearer ${token}` },
});

/** One pass: everything without a sync token, otherwise what changed. Returns the items. */
async function pass() {
  const syncToken = getState.get('sync_token');
  let pageToken;
  let items = 0;
  do {
    const { data } = await api.events.list({
      calendarId: 'primary',
      maxResults: 2500,
      ...(syncToken ? { syncToken } : {}),
      ...(pageToken ? { pageToken } : {}),
    });
    const changed = data.items ?? [];
    items += changed.length;
    if (changed.length > 0 || !syncToken) storePage(changed, data.nextSyncToken);
    pageToken = data.nextPageToken;
  } while (pageToken);
  return items;
}

process.on('message', async () => {
  const before = process.cpuUsage();
  const began = performance.now();
  try {
    const items = await pass();
    const { user, system } = process.cpuUsage(before);
    process.send({ items, cpu: (user + system) / 1000, wall: performance.now() - began });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on('disconnect', () => database.close());
process.send({ ready: true });
