// Guests of an appointment: chips marked as lead, contact or unknown, and a field with suggestions
// from both lists.
import { guestKey, normalizeAddress } from '../addresses.js';
import * as api from '../api.js';
import { Icon } from '../components/basics.js';
import { described } from '../components/field.js';
import { afterPress } from '../focus.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';
import { withTyped } from './form_model.js';

export const ANSWER_ICONS = {
  accepted: 'circle-check',
  declined: 'circle-x',
  tentative: 'circle-help',
  needs_action: 'circle-dot',
};

// {email: {leads, contacts}} from the guests of GET /api/events/{id}.
export function recordsByAddress(guests) {
  return Object.fromEntries(
    (guests || []).map((guest) => [
      normalizeAddress(guest.email),
      {
        leads: guest.leads || [],
        contacts: guest.contacts || [],
        similar: guest.similar,
        colleague: guest.colleague || '',
      },
    ]),
  );
}

export const kindOf = (guest, known) =>
  known?.leads?.length
    ? 'leads'
    : known?.contacts?.length
      ? 'contacts'
      : guest.self
        ? 'self'
        : known?.colleague
          ? 'colleague'
          : 'unknown';

const KIND_ICONS = { leads: 'target', contacts: 'contact', colleague: 'users-round' };

// What a guest is to the appointment: the role of one who is not in the guest list, otherwise the
// answer. `class`: of the answer.
export function standingOf({ role, partstat }) {
  if (role) return { icon: 'user-round', label: t(`guest.${role}`), class: '' };
  const answer = partstat || 'needs_action';
  const icon = ANSWER_ICONS[answer] || 'circle-dot';
  return { icon, label: t(`answer.${answer}`), class: answer };
}

export function GuestChip({ guest, known, onRemove, link }) {
  // Records that have the address, otherwise those that have another spelling of it.
  const exact = known?.leads?.length || known?.contacts?.length;
  const similar = !exact && known?.similar;
  const found = similar || known;
  const kind = kindOf(guest, found);
  const record = found?.leads?.[0] || found?.contacts?.[0];
  const others = (found?.leads?.length || 0) + (found?.contacts?.length || 0) - 1;
  const name = record?.name || known?.colleague || guest.name || guest.email;
  const standing = standingOf(guest);
  const email = name === guest.email ? '' : guest.email;
  const label = html`
    <span class="chip-name" dir="auto">${name}</span>
    ${email && html`<span class="chip-email" dir="ltr">${email}</span>`}
  `;
  return html`<li class=${`guest ${kind}`}>
    <span class=${`answer ${standing.class}`} title=${standing.label}>
      <${Icon} name=${standing.icon} label=${standing.label} />
    </span>
    ${
      link && record
        ? html`<a class="guest-text" href=${href(kind, record.id)}>${label}</a>`
        : html`<span class="guest-text">${label}</span>`
    }
    <span class=${`chip kind ${kind}`}>
      <${Icon} name=${KIND_ICONS[kind] || 'user-round'} />
      ${t(`guest.${kind}`)}
    </span>
    ${similar && html`<span class="chip kind">${t('guest.similar')}</span>`}
    ${others > 0 && html`<span class="chip kind">+${others}</span>`}
    ${
      onRemove &&
      html`<button
        type="button"
        class="icon-button small"
        aria-label=${t('guest.remove', { name })}
        title=${t('guest.remove', { name })}
        onClick=${onRemove}
      >
        <${Icon} name="x" />
      </button>`
    }
  </li>`;
}

// Leads and contacts that match a text, one entry for each address, because the address is what is
// invited.
async function suggestions(text, signal) {
  const [leads, contacts] = await Promise.all(
    ['leads', 'contacts'].map((kind) =>
      api.get(api.query(`/api/${kind}`, { search: text, limit: 6 }), { signal }),
    ),
  );
  const entries = new Map();
  for (const [kind, list] of [
    ['leads', leads.items],
    ['contacts', contacts.items],
  ]) {
    for (const record of list) {
      for (const email of record.emails || []) {
        const entry = entries.get(normalizeAddress(email)) || {
          email,
          name: record.name,
          company: record.company,
          leads: [],
          contacts: [],
        };
        entry[kind].push({ id: record.id, name: record.name });
        entries.set(normalizeAddress(email), entry);
      }
    }
  }
  return [...entries.values()];
}

// Whether a typed address belongs to a lead or contact. Until that is known, and if it fails, the
// chip shows "unknown"; the invitation is not affected.
async function markKnown(email, onKnown) {
  try {
    const entry = (await suggestions(email)).find(
      (found) => normalizeAddress(found.email) === normalizeAddress(email),
    );
    if (entry) onKnown(normalizeAddress(email), entry);
  } catch {
    // said above
  }
}

// The suggestions for a text, a moment after it was typed. Answers [entries, clear].
function useSuggestions(text, isGuest) {
  const [entries, setEntries] = useState([]);
  const pending = useRef(null);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted.length < 2) return void setEntries([]);
    const controller = new AbortController();
    pending.current = controller;
    const timer = setTimeout(
      () =>
        suggestions(wanted, controller.signal)
          .then((list) => list.filter((entry) => !isGuest(entry.email)).slice(0, 7))
          .catch(() => [])
          .then((list) => !controller.signal.aborted && setEntries(list)),
      150,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text]);
  const clear = () => {
    pending.current?.abort();
    setEntries([]);
  };
  return [entries, clear];
}

// The list keeps the focus in the field: a press on it must not blur the field, which would add
// what was typed before the click chooses an entry.
function SuggestionList({ entries, active, onChoose }) {
  const list = useRef(null);
  useEffect(() => list.current.scrollIntoView({ block: 'nearest' }), [entries]);
  return html`<ul
    class="combo-list"
    id="guest-list"
    role="listbox"
    ref=${list}
    onMouseDown=${(event) => event.preventDefault()}
  >
    ${entries.map(
      (entry, i) => html`<li
        id=${`guest-option-${i}`}
        role="option"
        aria-selected=${String(i === active)}
        class=${i === active ? 'active' : ''}
        onClick=${() => onChoose(entry)}
      >
        <${Icon} name=${entry.leads.length ? 'target' : 'contact'} />
        <span class="combo-text">
          <span dir="auto">${entry.name}${entry.company ? ` · ${entry.company}` : ''}</span>
          <span class="muted" dir="ltr">${entry.email}</span>
        </span>
      </li>`,
    )}
  </ul>`;
}

// `text` is what is typed and not added yet; the form adds it when it is saved.
function GuestInput({ guests, onChange, onKnown, text, onText, onRefused, error }) {
  const [active, setActive] = useState(-1);
  const input = useRef(null);
  const isGuest = (email) =>
    guests.some((guest) => normalizeAddress(guest.email) === normalizeAddress(email));
  const [found, clearFound] = useSuggestions(text, isGuest);
  useEffect(() => setActive(-1), [text]);

  const choose = (entry) => {
    onText('');
    clearFound();
    if (!isGuest(entry.email))
      onChange([
        ...guests,
        { email: entry.email.trim(), name: entry.name, partstat: 'needs_action' },
      ]);
    const { leads = [], contacts = [] } = entry;
    onKnown(normalizeAddress(entry.email), { leads, contacts });
    input.current?.focus();
  };
  const addTyped = () => {
    const typed = withTyped(guests, text);
    onText(typed.rest);
    if (typed.rest) onRefused();
    const added = typed.guests.slice(guests.length);
    if (!added.length) return;
    clearFound();
    onChange(typed.guests);
    for (const { email } of added) markKnown(email, onKnown);
  };
  const move = (step) => {
    const from = step < 0 && active < 0 ? 0 : active;
    setActive((from + step + found.length) % found.length);
  };
  const onKeyDown = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!found.length) return;
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' || event.key === ',' || event.key === ';') {
      if (!text.trim()) return;
      event.preventDefault();
      if (active >= 0 && found[active]) choose(found[active]);
      else addTyped();
    } else if (event.key === 'Escape' && found.length) {
      event.preventDefault();
      clearFound();
    } else if (event.key === 'Backspace' && !text && guests.length) {
      onChange(guests.slice(0, -1));
    }
  };
  const onBlur = () => {
    clearFound();
    if (text.trim()) afterPress(addTyped);
  };
  return html`<div class="combo">
    <input
      class="input"
      ref=${input}
      dir="auto"
      autocomplete="off"
      role="combobox"
      aria-expanded=${String(found.length > 0)}
      aria-controls="guest-list"
      aria-autocomplete="list"
      aria-activedescendant=${active >= 0 ? `guest-option-${active}` : undefined}
      ...${described('guest-input', { error })}
      placeholder=${t('guest.placeholder')}
      value=${text}
      onInput=${(event) => onText(event.target.value)}
      onKeyDown=${onKeyDown}
      onBlur=${onBlur}
    />
    ${
      found.length > 0 &&
      html`<${SuggestionList} entries=${found} active=${active} onChoose=${choose} />`
    }
  </div>`;
}

export function GuestsEditor({ error, ...input }) {
  const { guests, known, onChange } = input;
  return html`<div class=${`field guests-field ${error ? 'has-error' : ''}`}>
    <label for="guest-input">${t('field.attendees')}</label>
    <${GuestInput} ...${input} error=${error} />
    ${
      error &&
      html`<p class="field-error" id="guest-input-error">
        <${Icon} name="circle-alert" />${error}
      </p>`
    }
    ${
      guests.length > 0 &&
      html`<ul class="guest-list">
        ${guests.map(
          (guest) => html`<${GuestChip}
            key=${guestKey(guest)}
            guest=${guest}
            known=${known[normalizeAddress(guest.email)]}
            onRemove=${
              guest.self || guest.organizer
                ? null
                : () => onChange(guests.filter((other) => other !== guest))
            }
          />`,
        )}
      </ul>`
    }
  </div>`;
}
