// What is true of a message, in words: its state, when it is tried next, why it has not arrived,
// and what can still be decided about it. Pure: answers text keys and names of icons.

export const FILTERS = ['all', 'waiting', 'sent', 'failed'];

const BADGES = {
  queued: ['info', 'clock'],
  sending: ['info', 'loader-circle'],
  held: ['warn', 'circle-pause'],
  sent: ['good', 'circle-check'],
  failed: ['bad', 'circle-x'],
  expired: ['warn', 'circle-alert'],
  withdrawn: ['info', 'rotate-ccw'],
  replaced: ['info', 'copy'],
};

// The answer of a mail server in words. `code`: 0 where none answered. `text` or `reason`: its own
// words or the host's, which follow on the page, because only they say which of many reasons it is.
export function reasonKey({ code = 0, state, text, reason }) {
  if (state === 'failed') return code >= 500 ? 'mail.reason.refused' : 'mail.reason.gave_up';
  // The last answer of the mail server, if any, came before what went wrong.
  if ((text ?? reason ?? '').startsWith('TLS: ')) return 'mail.reason.tls';
  if (code === 0) return 'mail.reason.unreachable';
  if (code < 400) return 'mail.reason.broken_off';
  if ([530, 534, 535].includes(code)) return 'mail.reason.password';
  return code >= 500 ? 'mail.reason.configuration' : 'mail.reason.later';
}

/**
 * {kind, icon, key, at, isNext, reason}: `at` is the time that the text names, 0 where it names
 * none; `isNext`: that time lies ahead.
 */
export function stateOf(item) {
  const [kind, icon] = BADGES[item.state] || BADGES.queued;
  const shown = { kind, icon, at: 0, isNext: false, reason: '' };
  const next = { at: item.next_at, isNext: true };
  switch (item.state) {
    case 'queued':
      if (!item.attempts) return { ...shown, ...next, key: 'mail.queued' };
      return {
        ...{ ...shown, ...next, kind: 'warn', icon: 'cloud-off' },
        ...{ key: 'mail.waiting', reason: reasonKey(item) },
      };
    case 'sent':
      return { ...shown, key: 'mail.sent', at: item.since };
    case 'failed':
      return { ...shown, key: 'mail.failed', reason: reasonKey(item) };
    default:
      return { ...shown, key: `mail.state.${item.state}` };
  }
}

// What the user can decide, most wanted first.
export function actionsOf(item) {
  if (item.state === 'queued') return ['send', 'hold', 'drop'];
  if (item.state === 'held') return ['send', 'drop'];
  // Its content is erased after 30 days.
  return item.state === 'failed' && !item.blank ? ['again'] : [];
}

// The mail server's own words, with the code of a refusal: "550 No such user".
export const serverWords = ({ code, text, reason }) =>
  [code >= 400 && code, text ?? reason].filter(Boolean).join(' ');

// Whether its state may change without the user.
export const isOnItsWay = ({ state }) => state === 'queued' || state === 'sending';

// How many messages are in which of the states that a user asks about.
export function countStates(items) {
  const counts = { waiting: 0, sent: 0, failed: 0, held: 0 };
  for (const { state } of items) {
    if (isOnItsWay({ state })) ++counts.waiting;
    else if (state === 'held') ++counts.held;
    else if (state === 'sent') ++counts.sent;
    else if (state === 'failed' || state === 'expired') ++counts.failed;
  }
  return counts;
}
