// Whom one act shall inform, where its user wants it otherwise than it is usual. Pure.

// What the user may want of one act, instead of what is usual for the account.
export const wishesFor = (mails) =>
  mails.guests.length ? ['', ...(mails.by === 'crm' ? ['google'] : []), 'nobody'] : [];

// What saving mails as the user wants it: `mails` as mailsOf answers it, with the wish as `notify`
// and what it was without one as `usual`.
export function wished(mails, notify) {
  const usual = mails.usual || mails;
  if (!wishesFor(usual).includes(notify)) return { ...usual, usual, notify: '' };
  if (notify === 'nobody') return { ...usual, usual, notify, from: '', guests: [] };
  if (notify === 'google')
    return { ...usual, usual, notify, by: 'google', from: '', waitMs: usual.googleWaitMs || 0 };
  return { ...usual, usual, notify: '' };
}
