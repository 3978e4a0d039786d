// The basic components: icon, button, switch, colour dot, empty state, skeleton, notice, progress
// bar.
import { html, useEffect, useState } from '../html.js';
import { t } from '../i18n.js';

export const Icon = ({ name, label }) =>
  html`<span
    class=${`icon icon-${name}`}
    role=${label ? 'img' : undefined}
    aria-label=${label}
    aria-hidden=${label ? undefined : 'true'}
  ></span>`;

export function Button({ kind = 'quiet', icon, children, busy, class: extra = '', ...rest }) {
  return html`<button
    type="button"
    class=${`button ${kind} ${extra}`}
    aria-busy=${busy ? 'true' : undefined}
    ...${rest}
    disabled=${busy || rest.disabled}
  >
    ${busy ? html`<${Icon} name="loader-circle" />` : icon && html`<${Icon} name=${icon} />`}
    ${children && html`<span>${children}</span>`}
  </button>`;
}

export const IconButton = ({ icon, label, class: extra = '', ...rest }) =>
  html`<button
    type="button"
    class=${`icon-button ${extra}`}
    aria-label=${label}
    title=${label}
    ...${rest}
  >
    <${Icon} name=${icon} />
  </button>`;

export function Switch({ checked, onChange, label, disabled }) {
  return html`<button
    type="button"
    role="switch"
    class="switch"
    aria-checked=${checked ? 'true' : 'false'}
    aria-label=${label}
    disabled=${disabled}
    onClick=${() => onChange(!checked)}
  >
    <span></span>
  </button>`;
}

// A dot in a colour that comes from data. The colour is set through the style object, never as text
// of a style attribute.
export const Dot = ({ color, class: extra = '' }) =>
  html`<span
    class=${`dot ${extra}`}
    style=${color ? { '--dot': safeColor(color) } : {}}
    aria-hidden="true"
  ></span>`;

export const safeColor = (color) =>
  /^#[0-9a-fA-F]{3,8}$/.test(color || '') ? color : 'var(--accent)';

export function Empty({ icon, title, text, children }) {
  return html`<div class="empty">
    ${icon && html`<${Icon} name=${icon} />`}
    <h2>${title}</h2>
    ${text && html`<p>${text}</p>`}
    ${children && html`<div class="empty-action">${children}</div>`}
  </div>`;
}

// The time, read again every `ms`.
export function useNow(ms) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}

// True after `ms`, so that a fast answer shows no skeleton.
export function useLate(ms = 200) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, []);
  return late;
}

export function Skeleton({ rows = 4 }) {
  if (!useLate()) return html`<div class="skeleton-wait" aria-busy="true"></div>`;
  return html`<div class="skeleton" role="status" aria-busy="true" aria-label=${t('loading')}>
    ${Array.from(
      { length: rows },
      (_, i) => html`<div class=${`skeleton-row w${(i % 3) + 1}`}></div>`,
    )}
  </div>`;
}

const NOTICE_ICONS = {
  info: 'info',
  good: 'circle-check',
  warn: 'triangle-alert',
  bad: 'circle-alert',
};

export function Notice({ kind = 'info', children, action }) {
  return html`<div class=${`notice ${kind}`} role=${kind === 'bad' ? 'alert' : 'status'}>
    <${Icon} name=${NOTICE_ICONS[kind]} />
    <div>${children}</div>
    ${action}
  </div>`;
}

export function LoadError({ retry, text }) {
  return html`<${Empty} icon="cloud-off" title=${t('error.load')} text=${text}>
    <${Button} onClick=${retry} icon="refresh-cw">${t('action.retry')}<//>
  <//>`;
}

export function ProgressBar({ done, total }) {
  const known = total > 0;
  return html`<progress
    class="progress"
    max=${known ? total : undefined}
    value=${known ? Math.min(done, total) : undefined}
    aria-label=${t('loading')}
  ></progress>`;
}
