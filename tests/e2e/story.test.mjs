// The whole set-up and synchronisation over the CRM's API and Google's own client: every
// requirement from S-08 to S-23 and from S-26 to S-32 once. The same chapters as `./dev demo
// --check`; browser.test.mjs plays them in the browser.

import { after, before, test } from 'node:test';

import { Scene } from './story/scene.mjs';
import { CHAPTERS } from './story/story.mjs';
import { Stage, today } from './support/stage.mjs';
import { makeWorld } from './world/world.mjs';

let stage, scene, failed, seen;

before(async () => {
  stage = await Stage.open({ world: makeWorld({ today: today() }) });
  scene = new Scene(stage, (text) => {
    seen = text;
  });
  await scene.begin();
});
after(() => stage?.close());

for (const { rules, title, play } of CHAPTERS)
  test(`${rules.join(' ')}: ${title.en}`, async (t) => {
    if (failed) return t.skip(`"${failed}" failed before; this chapter builds on it`);
    try {
      await play(scene);
      t.diagnostic(seen);
    } catch (error) {
      failed = title.en;
      throw error;
    }
  });
