// Who mails the guests of an account's appointments, from the member `invitations` of its status
// (host_api/schema/calendar_status.json), and how that is said.
import * as api from '../api.js';
import { onLive } from '../live.js';
import { hasText, t } from '../i18n.js';

const reasonText = ({ reason, email }) => {
  const own = `sender.reason.${reason}`;
  const args = { email: email || '' };
  if (reason && hasText(own)) return t(own, args);
  return reason && hasText(reason) ? t(reason, args) : '';
};

export function senderText(invitations, hasLogo) {
  const { sender, from } = invitations;
  const args = { from: from || '', reason: reasonText(invitations) };
  if (sender === 'crm') return t(hasLogo ? 'sender.crm' : 'sender.crm_plain', args);
  return t(sender === 'google' ? 'sender.google' : 'sender.nobody', args).trim();
}

// {by, from, waitMs, googleWaitMs}: `by` is the sender of the status, `waitMs` how long undo
// prevents the mails, `googleWaitMs` likewise where Google mails.
// Where the status is not known, taking a change back is said to mail again, which is the worse
// case.
export const UNKNOWN = { by: 'google', from: '', waitMs: 0, googleWaitMs: 0 };

export function policyOf(status) {
  const { invitations } = status || {};
  const googleWaitMs = status?.mails_wait_ms || 0;
  if (!invitations) return { ...UNKNOWN, waitMs: googleWaitMs, googleWaitMs };
  const by = invitations.sender || 'google';
  return {
    by,
    from: by === 'crm' ? invitations.from || '' : '',
    waitMs: (by === 'crm' ? invitations.hold_ms : googleWaitMs) || 0,
    googleWaitMs,
  };
}

const known = new Map(); // account -> promise of its policy
let isWatching = false;

// The policy for a calendar, asked once until an account changes.
export function mailPolicy(calendar) {
  const account = calendar?.account;
  if (!account) return Promise.resolve(UNKNOWN);
  if (!isWatching) for (const type of ['accounts', 'mail']) onLive(type, () => known.clear());
  isWatching = true;
  if (!known.has(account))
    known.set(
      account,
      api.get(`/api/accounts/${api.segment(account)}/status`).then(policyOf, () => {
        known.delete(account);
        return UNKNOWN;
      }),
    );
  return known.get(account);
}

// "The CRM", "Google": who mails, at the beginning of a sentence.
export const senderName = (by) => t(by === 'crm' ? 'mail.by.crm' : 'mail.by.google');
