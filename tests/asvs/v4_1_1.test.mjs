// 4.1.1: every answer with a body says what it is, texts with their encoding; 14.3.2: what is of a
// user is not kept by a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('answers name their type and encoding, and those of the API are not kept', async () => {
  const host = await TestHost.open();
  const seller = await host.loggedIn(SELLER);
  const page = await seller.send('GET', '/');
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  const files = [...page.text.matchAll(/(?:src|href)="(\/ui\/[^"]+\.(js|css))"/g)];
  assert.ok(files.length >= 2, 'the page names a script and a style');
  for (const [, path, kind] of files) {
    const { headers } = await seller.send('GET', path);
    const type = kind === 'js' ? 'text/javascript' : 'text/css';
    assert.equal(headers['content-type'], `${type}; charset=utf-8`, path);
  }
  for (const [path, status] of [
    ['/api/session', 200],
    ['/api/sessions', 200],
    ['/api/calendars', 200],
    ['/api/leads?search=&limit=5&offset=0', 200],
    ['/api/events/none', 404],
    ['/api/users', 403],
    ['/api/nowhere', 404],
  ]) {
    const answer = await seller.send('GET', path);
    assert.equal(answer.status, status, path);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8', path);
    assert.equal(answer.headers['cache-control'], 'no-store', path);
  }
  const { headers } = await seller.send('GET', '/nowhere');
  assert.match(headers['content-type'], /; charset=utf-8$/);
  await host.stop();
});
