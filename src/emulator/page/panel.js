// Behind the scenes: the last requests of the apps, the mails Google would have sent, the push channels, and a few tests to run by hand.
import { control } from './api.js';
import { element } from './element.js';
import { stamp } from './time.js';
import { word } from './words.js';

let tab = 'requests';
const opened = new Set();

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}

function requestLine(one) {
  const state = one.status === 0 ? word('dropped') : String(one.status);
  const details = element(
    'details',
    { class: 'request', open: opened.has(one.number) },
    element(
      'summary',
      {},
      element('time', {}, stamp(one.at)),
      element('b', {}, one.method),
      element(
        'span',
        { class: 'path' },
        decodeURIComponent(one.path.replace('/calendar/v3', '')).replace(/%/g, '%'),
      ),
      element('span', { class: one.status >= 200 && one.status < 400 ? 'good' : 'wrong' }, state),
    ),
  );
  details.addEventListener('toggle', () =>
    details.open ? opened.add(one.number) : opened.delete(one.number),
  );
  if (one.fault) details.append(element('p', { class: 'hint' }, word('fault', String(one.fault))));
  if (one.query)
    details.append(
      element('pre', {}, decodeURIComponent(one.query.replace(/\+/g, ' ')).split('&').join('\n')),
    );
  if (one.request_body)
    details.append(element('h4', {}, word('sent')), element('pre', {}, pretty(one.request_body)));
  if (one.response_body)
    details.append(
      element('h4', {}, word('received')),
      element('pre', {}, pretty(one.response_body)),
    );
  return details;
}

const safe = (make) => (one) => {
  try {
    return make(one);
  } catch {
    return element('p', {}, one.path);
  }
};

function mailLine(mail) {
  return element(
    'article',
    { class: 'mail' },
    element('header', {}, element('b', {}, word(mail.kind)), element('time', {}, stamp(mail.at))),
    element('p', {}, mail.summary || word('noTitle')),
    element('small', {}, word('mailTo', mail.recipients.join(', '))),
  );
}

function channelLine(channel) {
  return element(
    'article',
    { class: 'mail' },
    element(
      'header',
      {},
      element('b', {}, channel.calendar || word('listOf', channel.email)),
      element('time', {}, word('until', new Date(channel.expiration).toLocaleString())),
    ),
    element('p', { class: 'path' }, channel.address),
    element('small', {}, word('messages', String(channel.number)), ' · ', channel.id),
  );
}

function tests({ say, faults }) {
  const set = (effect, times) => control('POST', '/faults', { match: { path: '' }, times, effect });
  const line = (text, run) =>
    element('button', { type: 'button', onclick: async () => say(await run()) }, text);
  return element(
    'div',
    { class: 'tests' },
    line(word('expire'), async () => {
      await control('POST', '/sync_tokens/expire', {});
      return word('expired');
    }),
    element('p', { class: 'hint' }, word('expireHint')),
    line(word('advance'), async () =>
      word(
        'advanced',
        new Date((await control('POST', '/clock', { advance: 3_600 })).now).toLocaleTimeString(),
      ),
    ),
    element('p', { class: 'hint' }, word('advanceHint')),
    line(word('faultRate'), async () => {
      await set({ status: 403, reason: 'rateLimitExceeded' }, 5);
      return word('faultSet');
    }),
    line(word('fault500'), async () => {
      await set({ status: 503 }, 5);
      return word('faultSet');
    }),
    line(word('faultLost'), async () => {
      await set({ drop: true, when: 'after' }, 1);
      return word('faultSet');
    }),
    element(
      'p',
      { class: 'hint' },
      word('faultHint'),
      ' ',
      word('faultsOpen', String(faults.length)),
    ),
    line(word('faultsClear'), async () => {
      await control('DELETE', '/faults');
      return word('faultsCleared');
    }),
    line(word('clearLog'), async () => {
      await control('POST', '/stats/reset', {});
      return word('ok');
    }),
  );
}

export async function drawPanel(panel, say) {
  const [{ requests }, { mails }, { channels }, { faults }] = await Promise.all([
    control('GET', '/requests'),
    control('GET', '/stats'),
    control('GET', '/channels'),
    control('GET', '/faults'),
  ]);
  const tabs = [
    ['requests', requests.length],
    ['mails', mails.length],
    ['channels', channels.length],
    ['tests', undefined],
  ];
  const bar = element(
    'div',
    { class: 'tabs', role: 'tablist' },
    tabs.map(([key, count]) =>
      element(
        'button',
        {
          'type': 'button',
          'role': 'tab',
          'aria-selected': String(tab === key),
          'class': tab === key ? 'chosen' : '',
          'onclick': () => {
            tab = key;
            void drawPanel(panel, say);
          },
        },
        word(key),
        count ? element('span', { class: 'count' }, String(count)) : '',
      ),
    ),
  );
  const none = (key) => element('p', { class: 'empty' }, word(key));
  const body = element('div', { class: 'panel-body', role: 'tabpanel' });
  if (tab === 'requests')
    body.append(...(requests.length ? requests.map(safe(requestLine)) : [none('noRequests')]));
  if (tab === 'mails')
    body.append(...(mails.length ? mails.slice(-100).reverse().map(mailLine) : [none('noMails')]));
  if (tab === 'channels')
    body.append(...(channels.length ? channels.map(channelLine) : [none('noChannels')]));
  if (tab === 'tests') body.append(tests({ say, faults }));
  const scroll = panel.querySelector('.panel-body')?.scrollTop ?? 0;
  panel.replaceChildren(bar, body);
  body.scrollTop = scroll;
}
