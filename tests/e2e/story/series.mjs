// Series with exceptions in both directions, in the three scopes, across a clock change, and
// all-day. Part of S-26, S-27 and S-29.

import assert from 'node:assert/strict';

import { clockChanges, next, plus } from '../world/days.mjs';
import { crmOccurrences, differences, googleOccurrences } from './compare.mjs';

const ZONE = 'Europe/Berlin';
const google = (day, from, to, zone = ZONE) => ({
  start: { dateTime: `${day}T${from}:00`, timeZone: zone },
  end: { dateTime: `${day}T${to}:00`, timeZone: zone },
});

/** Compares both sides, looking only at occurrences whose title starts with this text. */
async function equalSeries(s, title, range) {
  const own = (list) => list.filter((one) => one.includes(`  ${title}`));
  const [here, there] = [
    own(await crmOccurrences(s.crm, range, s.primary.id)),
    own(await googleOccurrences(s.lena, range)),
  ];
  const { onlyLeft, onlyRight } = differences(here, there);
  return { equal: onlyLeft.length + onlyRight.length === 0, here, there, onlyLeft, onlyRight };
}

async function settled(s, title, range, holds, what) {
  let last;
  const { ms } = await s
    .within(what, async () => {
      last = await equalSeries(s, title, range);
      return last.equal && holds(last.here);
    })
    .catch((error) => {
      throw new Error(
        `${error.message}\n  only in the CRM: ${last?.onlyLeft.slice(0, 5).join('; ')}\n` +
          `  only in Google: ${last?.onlyRight.slice(0, 5).join('; ')}`,
      );
    });
  return { ms, list: last.here };
}

export const seriesStory = [
  {
    rules: ['S-26', 'series'],
    title: {
      en: 'A series from Google: across the change of the clock, one moved, one cancelled',
      de: 'Eine Serie von Google: über die Zeitumstellung, ein Termin verschoben, einer abgesagt',
    },
    async play(s) {
      const change = clockChanges(s.world.today, s.world.range.to)[0].day;
      const first = next(plus(change, -15), 'TH');
      const range = { from: plus(first, -1), to: plus(first, 60) };
      const series = await s.lena.insert({
        summary: 'Serie G',
        ...google(first, '16:30', '17:15'),
        recurrence: ['RRULE:FREQ=WEEKLY;COUNT=8;BYDAY=TH'],
      });
      const created = await settled(
        s,
        'Serie G',
        range,
        (list) => list.length === 8,
        'the series in the CRM',
      );
      const instances = await s.lena.instances(series.id);
      await s.lena.patch(
        instances[2].id,
        google(plus(instances[2].start.dateTime.slice(0, 10), 1), '18:00', '18:30'),
      );
      const local = instances[2].start.dateTime;
      const moved = await settled(
        s,
        'Serie G',
        range,
        (list) =>
          list.length === 8 &&
          list.some((one) =>
            one.startsWith(
              new Date(Date.parse(`${plus(local.slice(0, 10), 1)}T18:00:00${local.slice(19)}`))
                .toISOString()
                .slice(0, 16),
            ),
          ),
        'the moved instance in the CRM',
      );
      await s.lena.erase(instances[4].id);
      const cancelled = await settled(
        s,
        'Serie G',
        range,
        (list) => list.length === 7,
        'the cancelled instance in the CRM',
      );
      await s.lena.patch(series.id, { summary: 'Serie G umbenannt' });
      const renamed = await settled(
        s,
        'Serie G',
        range,
        (list) => list.filter((one) => one.endsWith('umbenannt')).length >= 6,
        'the new name in the CRM',
      );
      s.seriesFromGoogle = series;
      s.say(
        `8 Thursdays around ${change}: ${created.ms} ms; moved ${moved.ms} ms, ` +
          `cancelled ${cancelled.ms} ms, renamed ${renamed.ms} ms`,
        `8 Donnerstage um den ${change}: ${created.ms} ms; verschoben ${moved.ms} ms, ` +
          `abgesagt ${cancelled.ms} ms, umbenannt ${renamed.ms} ms`,
      );
    },
  },
  {
    rules: ['S-27', 'S-29', 'series'],
    title: {
      en: 'A series from the CRM: this one, this and following, all; edited and deleted',
      de: 'Eine Serie aus dem CRM: nur dieser, dieser und folgende, alle; geändert und gelöscht',
    },
    async play(s) {
      const change = clockChanges(s.world.today, s.world.range.to)[0].day;
      const first = next(plus(change, -22), 'TU');
      const range = { from: plus(first, -8), to: plus(first, 100) };
      const at = (day, hour) => ({ date_time: `${day}T${hour}:00+01:00`, time_zone: ZONE });
      const { id } = await s.crm.create({
        summary: 'Serie C',
        start: at(first, '10:00'),
        end: at(first, '11:00'),
        recurrence: ['RRULE:FREQ=WEEKLY;COUNT=10;BYDAY=TU'],
      });
      const times = [
        (await settled(s, 'Serie C', range, (list) => list.length === 10, 'the series at Google'))
          .ms,
      ];
      const occurrences = async () =>
        (await s.inCrm('Serie C', range)).filter((one) => one.event === id);
      const list = await occurrences();
      assert.ok(
        new Set(list.map((one) => one.start.slice(11, 16))).size === 2,
        'in UTC the hour changes with the clock, on the wall it does not',
      );

      await s.crm.change(
        id,
        {
          summary: 'Serie C, verlegt',
          start: { date_time: list[1].start.replace(/T\d\d/, 'T14'), time_zone: ZONE },
          end: { date_time: list[1].end.replace(/T\d\d/, 'T15'), time_zone: ZONE },
        },
        { scope: 'this', original_start: list[1].original_start },
      );
      times.push(
        (
          await settled(
            s,
            'Serie C',
            range,
            (all) => all.filter((one) => one.endsWith('verlegt')).length === 1,
            'the moved occurrence at Google',
          )
        ).ms,
      );
      await s.crm.erase(id, { scope: 'this', original_start: list[3].original_start });
      times.push(
        (
          await settled(
            s,
            'Serie C',
            range,
            (all) => all.length === 9,
            'the cancelled occurrence at Google',
          )
        ).ms,
      );
      const cut = await s.crm.change(
        id,
        { summary: 'Serie C, neuer Teil' },
        { scope: 'following', original_start: list[6].original_start },
      );
      assert.ok(cut.new_id, 'the series was cut');
      times.push(
        (
          await settled(
            s,
            'Serie C',
            range,
            (all) =>
              all.length === 9 && all.filter((one) => one.endsWith('neuer Teil')).length === 4,
            'the cut series at Google',
          )
        ).ms,
      );
      await s.crm.change(id, { location: 'Raum 2', summary: 'Serie C, alle' });
      times.push(
        (
          await settled(
            s,
            'Serie C',
            range,
            (all) => all.filter((one) => one.endsWith('alle')).length === 9,
            'the renamed series at Google',
          )
        ).ms,
      );
      await s.crm.erase(cut.new_id, { scope: 'following', original_start: list[8].original_start });
      times.push(
        (
          await settled(
            s,
            'Serie C',
            range,
            (all) => all.length === 7,
            'the shortened series at Google',
          )
        ).ms,
      );
      await s.crm.erase(cut.new_id);
      times.push(
        (await settled(s, 'Serie C', range, (all) => all.length === 5, 'one part gone at Google'))
          .ms,
      );
      await s.crm.erase(id);
      times.push(
        (await settled(s, 'Serie C', range, (all) => all.length === 0, 'the series gone at Google'))
          .ms,
      );
      s.say(
        `created, this one moved, this one deleted, split, all renamed, shortened, ` +
          `both parts deleted: at Google after ${times.join(', ')} ms`,
        `angelegt, einer verlegt, einer gelöscht, geteilt, alle umbenannt, gekürzt, ` +
          `beide Teile gelöscht: bei Google nach ${times.join(', ')} ms`,
      );
    },
  },
  {
    rules: ['S-26', 'series', 'all-day'],
    title: {
      en: 'An all-day series keeps its days; Google deletes it whole',
      de: 'Eine ganztägige Serie behält ihre Tage; Google löscht sie ganz',
    },
    async play(s) {
      const change = clockChanges(s.world.today, s.world.range.to)[0].day;
      const first = plus(change, -3);
      const range = { from: plus(first, -3), to: plus(first, 20) };
      await s.crm.create({
        summary: 'Serie T',
        start: { date: first },
        end: { date: plus(first, 1) },
        recurrence: ['RRULE:FREQ=DAILY;COUNT=6'],
      });
      const { ms, list } = await settled(
        s,
        'Serie T',
        range,
        (all) => all.length === 6,
        'the all-day series at Google',
      );
      assert.deepEqual(
        list.map((one) => one.slice(0, 10)).sort(),
        Array.from({ length: 6 }, (_, i) => plus(first, i)),
      );
      const [there] = await s.inGoogle('Serie T');
      await s.lena.erase(there.id);
      const gone = await settled(
        s,
        'Serie T',
        range,
        (all) => all.length === 0,
        'the series gone in the CRM',
      );
      await s.lena.erase(s.seriesFromGoogle.id);
      const other = await settled(
        s,
        'Serie G',
        { from: s.world.today, to: s.world.range.to },
        (all) => all.length === 0,
        'the other series gone in the CRM',
      );
      s.say(
        `six days across the clock change: ${ms} ms; deleted at Google, ` +
          `gone in the CRM after ${gone.ms} and ${other.ms} ms`,
        `sechs Tage über die Zeitumstellung: ${ms} ms; bei Google gelöscht, ` +
          `im CRM fort nach ${gone.ms} und ${other.ms} ms`,
      );
    },
  },
];
