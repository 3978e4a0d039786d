// A stage with the sample world and a browser, for tests of pages; and an appointment as the API
// takes it.

import { local } from '../world/crm.mjs';
import { next, plus } from '../world/days.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT, SALESPERSON } from '../world/people.mjs';
import { makeWorld } from '../world/world.mjs';
import { launch } from './page.mjs';
import { connect, storeClient } from './setup.mjs';
import { Stage, today } from './stage.mjs';

export const ZONE = 'Europe/Berlin';

/**
 * `connection`: the choice with which the salesperson's Google account is connected, as `connect`
 * takes it; null: it is not connected. `change(world)` is what differs from the sample world.
 * `monday` is one that lies at least a week ahead.
 */
export async function openBrowserStage(connection = null, change = () => {}) {
  const world = makeWorld({ today: today() });
  change(world);
  const stage = await Stage.open({ world });
  let browser;
  const close = async () => {
    await browser?.close();
    await stage.close();
  };
  try {
    await storeClient(await stage.login(ADMINISTRATOR));
    const crm = await stage.login(SALESPERSON);
    const connected = connection && (await connect(crm, GOOGLE_ACCOUNT.email, connection));
    const lena = await stage.google.person(GOOGLE_ACCOUNT.email);
    browser = await launch();
    const monday = next(plus(world.today, 7), 'MO');
    return { stage, browser, crm, lena, account: connected?.account, monday, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const at = (day, time) => ({ date_time: local(day, time, ZONE), time_zone: ZONE });

export const appointment = (summary, day, from = '10:00', to = '11:00', more = {}) => ({
  summary,
  start: at(day, from),
  end: at(day, to),
  ...more,
});
