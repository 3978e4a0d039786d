// A dialog; below 720 px a sheet at the lower edge. The focus stays inside and returns afterwards.
// Escape and a click on the backdrop close it.
import { html, useRef } from '../html.js';
import { t } from '../i18n.js';
import { useEscape, useFocusTrap } from '../focus.js';
import { IconButton } from './basics.js';

export function Dialog({ title, onClose, children, footer, class: extra = '', onSubmit }) {
  const ref = useFocusTrap();
  const pressed = useRef(null);
  useEscape(onClose);
  const body = html`
    <header class="dialog-head">
      <h2 id="dialog-title" dir="auto">${title}</h2>
      <${IconButton} icon="x" label=${t('action.close')} onClick=${onClose} />
    </header>
    <div class="dialog-body">${children}</div>
    ${footer && html`<footer class="dialog-foot">${footer}</footer>`}
  `;
  const submit = (event) => {
    event.preventDefault();
    onSubmit(event);
  };
  return html`<div
    class="backdrop"
    onPointerDown=${(event) => {
      pressed.current = event.target;
    }}
    onClick=${(event) => {
      if (event.target === event.currentTarget && pressed.current === event.currentTarget)
        onClose();
    }}
  >
    <div
      class=${`dialog ${extra}`}
      role="dialog"
      aria-modal="true"
      aria-labelledby="dialog-title"
      tabindex="-1"
      ref=${ref}
    >
      ${
        onSubmit
          ? html`<form class="dialog-form" novalidate onSubmit=${submit}>${body}</form>`
          : body
      }
    </div>
  </div>`;
}

export function Confirm({ title, children, action, danger, busy, onConfirm, onClose }) {
  return html`<${Dialog}
    title=${title}
    onClose=${onClose}
    class="small"
    onSubmit=${onConfirm}
    footer=${html`
      <button type="button" class="button quiet" onClick=${onClose}>${t('action.cancel')}</button>
      <button
        type="submit"
        class=${`button ${danger ? 'danger' : 'primary'}`}
        disabled=${busy}
        data-autofocus
      >
        ${action}
      </button>
    `}
  >
    ${children}
  <//>`;
}
