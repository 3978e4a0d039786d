// What was typed into a form and is not saved yet, kept in the tab until it is saved or discarded:
// a reload, a crash or an ended session loses nothing.
const PREFIX = 'crm.draft.';
let owner = '';
const keyOf = (name) => `${PREFIX}${owner}.${name}`;

export function setDraftOwner(user) {
  owner = user;
}

// {at, ...data}, or null.
export function readDraft(name) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(name)));
  } catch {
    return null;
  }
}

export function keepDraft(name, data) {
  try {
    sessionStorage.setItem(keyOf(name), JSON.stringify({ ...data, at: Date.now() }));
  } catch {
    // The storage is full or forbidden: the form still asks before it is left.
  }
}

export const dropDraft = (name) => sessionStorage.removeItem(keyOf(name));

export function dropAllDrafts() {
  for (const key of Object.keys(sessionStorage))
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
