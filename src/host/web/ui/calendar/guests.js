// Guests of an appointment: chips that say lead, contact or unknown, and a field with suggestions from both lists.
import * as api from '../api.js';
import { Icon } from '../components/basics.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { t } from '../i18n.js';
import { href } from '../router.js';

const normal = (email) => (email || '').trim().toLowerCase();
const kAddress = /^[^\s@,;<>"]+@[^\s@,;<>"]+$/;
const kAnswers = {
  accepted: 'circle-check',
  declined: 'circle-x',
  tentative: 'circle-help',
  needs_action: 'circle-dot',
};

// {email: {leads, contacts}} from what GET /api/events/{id} said of the guests.
export function knownOf(guests) {
  return Object.fromEntries(
    (guests || []).map((guest) => [
      normal(guest.email),
      { leads: guest.leads || [], contacts: guest.contacts || [] },
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
        : 'unknown';

export function GuestChip({ guest, known, onRemove, link }) {
  const kind = kindOf(guest, known);
  const record = known?.leads?.[0] || known?.contacts?.[0];
  const name = record?.name || guest.name || guest.email;
  const answer = guest.partstat || 'needs_action';
  const label = html`
    <span class="chip-name" dir="auto">${name}</span>
    ${name !== guest.email && html`<span class="chip-email" dir="ltr">${guest.email}</span>`}
  `;
  return html`<li class=${`guest ${kind}`}>
    <span class=${`answer ${answer}`} title=${t(`answer.${answer}`)}>
      <${Icon} name=${kAnswers[answer] || 'circle-dot'} label=${t(`answer.${answer}`)} />
    </span>
    ${link && record ? html`<a class="guest-text" href=${href(kind, record.id)}>${label}</a>` : html`<span class="guest-text">${label}</span>`}
    <span class=${`chip kind ${kind}`}>
      <${Icon}
        name=${kind === 'leads' ? 'target' : kind === 'contacts' ? 'contact' : 'user-round'}
      />
      ${t(`guest.${kind}`)}
    </span>
    ${
      (known?.leads?.length || 0) + (known?.contacts?.length || 0) > 1 &&
      html`<span class="chip kind">
        +
        ${(known.leads?.length || 0) + (known.contacts?.length || 0) - 1}
      </span>`
    }
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

// Leads and contacts for a text: one entry an address, because that is what is invited.
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
        const entry = entries.get(normal(email)) || {
          email,
          name: record.name,
          company: record.company,
          leads: [],
          contacts: [],
        };
        entry[kind].push({ id: record.id, name: record.name });
        entries.set(normal(email), entry);
      }
    }
  }
  return [...entries.values()];
}

export function GuestsEditor({ guests, known, onChange, onKnown, error }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState([]);
  const [at, setAt] = useState(-1);
  const [refused, setRefused] = useState('');
  const input = useRef(null);
  const list = useRef(null);
  useEffect(() => list.current?.scrollIntoView({ block: 'nearest' }), [found]);
  const has = (email) => guests.some((guest) => normal(guest.email) === normal(email));

  useEffect(() => {
    const wanted = text.trim();
    setAt(-1);
    if (wanted.length < 2) return void setFound([]);
    const controller = new AbortController();
    const timer = setTimeout(
      () =>
        suggestions(wanted, controller.signal)
          .then((list) => setFound(list.filter((entry) => !has(entry.email)).slice(0, 7)))
          .catch(() => setFound([])),
      150,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text]);

  const add = (entry) => {
    setRefused('');
    setText('');
    setFound([]);
    if (!has(entry.email))
      onChange([
        ...guests,
        {
          email: entry.email.trim(),
          ...(entry.name ? { name: entry.name } : {}),
          partstat: 'needs_action',
        },
      ]);
    onKnown(normal(entry.email), { leads: entry.leads || [], contacts: entry.contacts || [] });
    input.current?.focus();
  };
  const addTyped = async () => {
    const email = text.trim().replace(/[,;]$/, '').trim();
    if (!email) return;
    if (!kAddress.test(email)) return setRefused(t('guest.no_address'));
    const exact = found.find((entry) => normal(entry.email) === normal(email));
    add(exact || { email });
    if (exact) return;
    try {
      const match = (await suggestions(email)).find(
        (entry) => normal(entry.email) === normal(email),
      );
      if (match) onKnown(normal(email), match);
    } catch {
      // The chip says "unknown" until the host answers the next time; inviting works all the same.
    }
  };
  const onKey = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!found.length) return;
      event.preventDefault();
      setAt(
        event.key === 'ArrowDown' ? (at + 1) % found.length : (at <= 0 ? found.length : at) - 1,
      );
    } else if (event.key === 'Enter' || event.key === ',' || event.key === ';') {
      if (!text.trim()) return;
      event.preventDefault();
      if (at >= 0 && found[at]) add(found[at]);
      else addTyped();
    } else if (event.key === 'Escape' && found.length) {
      event.preventDefault();
      setFound([]);
    } else if (event.key === 'Backspace' && !text && guests.length) {
      onChange(guests.slice(0, -1));
    }
  };
  return html`<div class=${`field guests-field ${refused || error ? 'has-error' : ''}`}>
    <label for="guest-input">${t('appointment.guests')}</label>
    <div class="combo">
      <input
        class="input"
        id="guest-input"
        ref=${input}
        dir="auto"
        autocomplete="off"
        role="combobox"
        aria-expanded=${String(found.length > 0)}
        aria-controls="guest-list"
        aria-autocomplete="list"
        aria-activedescendant=${at >= 0 ? `guest-option-${at}` : undefined}
        aria-invalid=${refused ? 'true' : undefined}
        placeholder=${t('guest.placeholder')}
        value=${text}
        onInput=${(event) => {
          setText(event.target.value);
          setRefused('');
        }}
        onKeyDown=${onKey}
        onBlur=${() =>
          setTimeout(() => {
            setFound([]);
            if (kAddress.test(text.trim())) addTyped();
          }, 150)}
      />
      ${
        found.length > 0 &&
        html`<ul class="combo-list" id="guest-list" role="listbox" ref=${list}>
          ${found.map(
            (entry, i) => html`<li
              id=${`guest-option-${i}`}
              role="option"
              aria-selected=${String(i === at)}
              class=${i === at ? 'active' : ''}
              onPointerDown=${(event) => {
                event.preventDefault();
                add(entry);
              }}
            >
              <${Icon} name=${entry.leads.length ? 'target' : 'contact'} />
              <span class="combo-text">
                <span dir="auto">${entry.name}${entry.company ? ` · ${entry.company}` : ''}</span>
                <span class="muted" dir="ltr">${entry.email}</span>
              </span>
            </li>`,
          )}
        </ul>`
      }
    </div>
    ${(refused || error) && html`<p class="field-error"><${Icon} name="circle-alert" />${refused || error}</p>`}
    ${
      guests.length > 0 &&
      html`<ul class="guest-list">
        ${guests.map(
          (guest) => html`<${GuestChip}
            key=${guest.email}
            guest=${guest}
            known=${known[normal(guest.email)]}
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
