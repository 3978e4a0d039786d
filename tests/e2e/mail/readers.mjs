// A delivered message as four programs read it that know nothing of the product: mailparser and
// Python's email package, and for the calendar part ical.js and Python's icalendar.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import ICAL from 'ical.js';
import { simpleParser } from 'mailparser';

const PYTHON = fileURLToPath(new URL('by_python.py', import.meta.url));

const lines = (text) => text.replaceAll('\r\n', '\n').trimEnd();
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

const DEBIANS_PYTHON = '/usr/bin/python3';
const byPython = (raw) =>
  JSON.parse(execFileSync(DEBIANS_PYTHON, [PYTHON], { input: raw }).toString());

async function byMailparser(raw) {
  const mail = await simpleParser(raw, { skipImageLinks: true });
  const of = (type) => mail.attachments.find(({ contentType }) => contentType === type);
  const logo = of('image/png');
  return {
    subject: mail.subject,
    from: mail.from.value[0].address,
    from_name: mail.from.value[0].name,
    to: mail.to.value.map(({ address }) => address),
    reply_to: mail.replyTo?.value[0].address ?? '',
    message_id: mail.messageId,
    text: lines(mail.text),
    html: lines(mail.html),
    attached: of('application/ics') ? lines(of('application/ics').content.toString()) : '',
    logo: logo ? hash(logo.content) : '',
    logo_id: logo?.contentId ?? '',
    isRelated: Boolean(logo?.related),
  };
}

function byIcal(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    const attendees = component.getAllProperties('attendee');
    const organizer = component.getFirstProperty('organizer');
    return {
      uid: event.uid,
      sequence: event.sequence,
      summary: event.summary,
      start: component.getFirstPropertyValue('dtstart').toString(),
      zone: component.getFirstProperty('dtstart').getParameter('tzid') ?? '',
      recurrence_id: component.getFirstPropertyValue('recurrence-id')?.toString() ?? '',
      status: component.getFirstPropertyValue('status') ?? '',
      organizer: organizer.getFirstValue().replace(/^mailto:/i, ''),
      sent_by: (organizer.getParameter('sent-by') ?? '').replace(/^mailto:/i, ''),
      attendees: attendees.map((one) => one.getFirstValue().replace(/^mailto:/i, '')),
    };
  });
  return {
    method: calendar.getFirstPropertyValue('method'),
    zones: calendar
      .getAllSubcomponents('vtimezone')
      .map((zone) => zone.getFirstPropertyValue('tzid')),
    events,
  };
}

const withoutTime = ({ subject, from, from_name, to, reply_to, message_id, logo }) => ({
  ...{ subject, from, from_name, to, reply_to, message_id, logo },
});

/**
 * Everything of the message, read without a defect and by both readers alike: {...headers, text,
 * html, tree, calendar: {method, zones, events}, logo: the hash of the picture or ''}.
 */
export async function read({ raw }) {
  const python = byPython(raw);
  const node = await byMailparser(raw);
  assert.deepEqual(python.defects, []);
  assert.deepEqual(withoutTime(node), withoutTime(python));
  assert.equal(lines(python.text), node.text);
  assert.equal(lines(python.html), node.html);
  if (!python.calendar) return { ...python, calendar: null };
  assert.equal(lines(python.attached), lines(python.calendar), 'both copies of the calendar part');
  assert.equal(node.attached, lines(python.calendar));
  assert.equal(python.disposition, '', 'the calendar part has no disposition');
  const calendar = byIcal(python.calendar);
  assert.equal(calendar.method, python.method, 'one method in both places');
  const { defects, ...other } = python.by_icalendar;
  assert.deepEqual(defects, [], 'what icalendar complains about');
  assert.deepEqual(other, calendar, 'icalendar and ical.js read the same');
  if (python.logo) {
    assert.ok(node.isRelated, 'the logo belongs to the text');
    assert.ok(python.html.includes(`cid:${python.logo_id.slice(1, -1)}`), python.logo_id);
  }
  return { ...python, calendar };
}

/** The lines of the raw message are short, 7-bit and end in CRLF. */
export function assertTransportable({ raw }) {
  const text = raw.toString('latin1');
  assert.match(text, /^[\x00-\x7f]*$/); // eslint-disable-line no-control-regex
  assert.equal(text.replaceAll('\r\n', '').match(/[\r\n]/), null);
  for (const line of text.split('\r\n')) assert.ok(line.length <= 78, line);
}
