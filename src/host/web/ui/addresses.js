// Email addresses as the pages compare and check them. Pure functions.
export const normalizeAddress = (email) => (email || '').trim().toLowerCase();

/** What tells the guests of one appointment apart: a guest without an address has a name. */
export const guestKey = (guest) => normalizeAddress(guest.email) || `\n${guest.name || ''}`;

export const isAddress = (text) => /^[^\s@,;<>"]+@[^\s@,;<>"]+$/.test(text);

const NAMED = /^\s*"?([^"<>]*?)"?\s*<\s*([^<>\s]+)\s*>\s*$/;

// Addresses as people type and paste them: "Petra Schulz <p@x.example>, b@y.example; c@z.example".
// Answers {guests: [{email, name?}], rest}; `rest` is the text that is no address.
export function parseAddresses(text) {
  const guests = [];
  const rest = [];
  for (const part of text.match(/(?:"[^"]*"|[^,;\n])+/g) || []) {
    const named = NAMED.exec(part);
    if (named && isAddress(named[2])) {
      guests.push({ email: named[2], ...(named[1].trim() ? { name: named[1].trim() } : {}) });
      continue;
    }
    const words = part.trim().split(/\s+/).filter(Boolean);
    if (words.every(isAddress)) guests.push(...words.map((email) => ({ email })));
    else rest.push(part.trim());
  }
  return { guests, rest: rest.join(', ') };
}
