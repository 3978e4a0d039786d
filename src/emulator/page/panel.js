// "Behind the scenes": the last requests of the apps, the mails Google would have sent, the push
// channels, and a few faults to try.
import { control } from './api.js';
import { element } from './element.js';
import { stamp } from './time.js';
import { t } from './texts.js';
import { showToast } from './toast.js';

let tab = 'requests';
const opened = new Set();

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}

function requestLine(request) {
  const state = request.status === 0 ? t('dropped') : String(request.status);
  const details = element(
    'details',
    { class: 'request', open: opened.has(request.number) },
    element(
      'summary',
      {},
      element('time', {}, stamp(request.at)),
      element('b', {}, request.method),
      element(
        'span',
        { class: 'path' },
        decodeURIComponent(request.path.replace('/calendar/v3', '')),
      ),
      element(
        'span',
        { class: request.status >= 200 && request.status < 400 ? 'good' : 'wrong' },
        state,
      ),
    ),
  );
  details.addEventListener('toggle', () =>
    details.open ? opened.add(request.number) : opened.delete(request.number),
  );
  if (request.fault)
    details.append(element('p', { class: 'hint' }, t('fault', String(request.fault))));
  if (request.query)
    details.append(
      element(
        'pre',
        {},
        decodeURIComponent(request.query.replace(/\+/g, ' ')).split('&').join('\n'),
      ),
    );
  if (request.request_body)
    details.append(element('h4', {}, t('sent')), element('pre', {}, pretty(request.request_body)));
  if (request.response_body)
    details.append(
      element('h4', {}, t('received')),
      element('pre', {}, pretty(request.response_body)),
    );
  return details;
}

// A request whose path or query cannot be decoded is listed with its path only.
const safe = (make) => (request) => {
  try {
    return make(request);
  } catch {
    return element('p', {}, request.path);
  }
};

function mailLine(mail) {
  return element(
    'article',
    { class: 'mail' },
    element('header', {}, element('b', {}, t(mail.kind)), element('time', {}, stamp(mail.at))),
    element('p', {}, mail.summary || t('noTitle')),
    element('small', {}, t('mailTo', mail.recipients.join(', '))),
  );
}

function channelLine(channel) {
  return element(
    'article',
    { class: 'mail' },
    element(
      'header',
      {},
      element('b', {}, channel.calendar || t('listOf', channel.email)),
      element('time', {}, t('until', new Date(channel.expiration).toLocaleString())),
    ),
    element('p', { class: 'path' }, channel.address),
    element('small', {}, t('messages', String(channel.number)), ' · ', channel.id),
  );
}

function tests(faults) {
  const set = (effect, times) => control('POST', '/faults', { match: { path: '' }, times, effect });
  const line = (text, run) =>
    element('button', { type: 'button', onclick: async () => showToast(await run()) }, text);
  return element(
    'div',
    { class: 'tests' },
    line(t('expire'), async () => {
      await control('POST', '/sync_tokens/expire', {});
      return t('expired');
    }),
    element('p', { class: 'hint' }, t('expireHint')),
    line(t('advance'), async () =>
      t(
        'advanced',
        new Date((await control('POST', '/clock', { advance: 3_600 })).now).toLocaleTimeString(),
      ),
    ),
    element('p', { class: 'hint' }, t('advanceHint')),
    line(t('faultRate'), async () => {
      await set({ status: 403, reason: 'rateLimitExceeded' }, 5);
      return t('faultSet');
    }),
    line(t('fault500'), async () => {
      await set({ status: 503 }, 5);
      return t('faultSet');
    }),
    line(t('faultLost'), async () => {
      await set({ drop: true, when: 'after' }, 1);
      return t('faultSet');
    }),
    element('p', { class: 'hint' }, t('faultHint'), ' ', t('faultsOpen', String(faults.length))),
    line(t('faultsClear'), async () => {
      await control('DELETE', '/faults');
      return t('faultsCleared');
    }),
    line(t('clearLog'), async () => {
      await control('POST', '/stats/reset', {});
      return t('ok');
    }),
  );
}

export async function renderPanel(panel) {
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
            void renderPanel(panel);
          },
        },
        t(key),
        count ? element('span', { class: 'count' }, String(count)) : '',
      ),
    ),
  );
  const none = (key) => element('p', { class: 'empty' }, t(key));
  const body = element('div', { class: 'panel-body', role: 'tabpanel' });
  if (tab === 'requests')
    body.append(...(requests.length ? requests.map(safe(requestLine)) : [none('noRequests')]));
  if (tab === 'mails')
    body.append(...(mails.length ? mails.slice(-100).reverse().map(mailLine) : [none('noMails')]));
  if (tab === 'channels')
    body.append(...(channels.length ? channels.map(channelLine) : [none('noChannels')]));
  if (tab === 'tests') body.append(tests(faults));
  const scroll = panel.querySelector('.panel-body')?.scrollTop ?? 0;
  panel.replaceChildren(bar, body);
  body.scrollTop = scroll;
}
