// One picture of a page.

async function prepare(page, scene) {
  for (const [pattern, answer] of Object.entries(scene.states ?? {})) {
    await page.route(pattern, async (route) => {
      if (typeof answer !== 'number') return route.fulfill(answer);
      await new Promise((resolve) => setTimeout(resolve, answer));
      return route.abort().catch(() => {}); // the page may be closed by then
    });
  }
  if (!scene.change) return;
  await page.route(scene.change.pattern, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: scene.change.with(await response.json()) });
  });
}

/** Writes a picture of the scene, once nothing moves any more. */
export async function picture(context, origin, scene, file) {
  const page = await context.newPage();
  try {
    await prepare(page, scene);
    await page.goto(`${origin}/${scene.at}`);
    await page.locator('main').first().waitFor();
    if (!scene.states || !Object.values(scene.states).some((answer) => typeof answer === 'number'))
      await page
        .locator('[aria-busy="true"]')
        .first()
        .waitFor({ state: 'detached', timeout: 10_000 });
    await scene.play?.(page);
    // Until nothing has moved for a while: fonts, icons and answers have arrived.
    await page.evaluate(() => document.fonts.ready);
    await page.waitForLoadState('load');
    await page.waitForFunction(
      () => {
        const now = document.body.innerHTML.length;
        const same = now === globalThis.lastLength;
        globalThis.lastLength = now;
        return same;
      },
      null,
      { polling: 300 },
    );
    await page.screenshot({ path: file });
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.close();
  }
}
