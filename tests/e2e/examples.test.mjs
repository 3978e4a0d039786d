// The example plugins of host_api/examples in a running crm_host, as a plugin author would try
// them.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { BUILD } from './support/paths.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { ADMINISTRATOR } from './world/people.mjs';

let stage;
before(async () => {
  stage = await Stage.open({
    world: shortWorld(today()),
    host: { plugins: join(BUILD, 'examples') },
  });
});
after(() => stage?.close());

test('the example plugins are loaded and running', async () => {
  const crm = await stage.login(ADMINISTRATOR);
  await until('all examples run', async () => {
    const plugins = await crm.call('GET', '/api/plugins');
    const states = Object.fromEntries(plugins.map(({ id, state }) => [id, state]));
    assert.deepEqual(states, {
      'com.example.duty_day': 'running',
      'com.example.hello': 'running',
      'com.example.tentative': 'running',
    });
    return true;
  });
});

test('the plugin of the tutorial writes its line to the log of the host', async () => {
  await until('the log holds the line', () => stage.host.log().includes('hello.started'));
});
