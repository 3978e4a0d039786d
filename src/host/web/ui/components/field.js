// A field of a form: label, control, hint, and error message. aria-describedby links the control to
// both.
import { html } from '../html.js';
import { Icon } from './basics.js';

export function Field({ id, label, hint, error, children, optional, class: extra = '' }) {
  return html`<div class=${`field ${error ? 'has-error' : ''} ${extra}`}>
    ${
      label &&
      html`<label for=${id}>
        ${label}
        ${optional && html`<span class="optional"> ${optional}</span>`}
      </label>`
    }
    ${children}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${
      error &&
      html`<p class="field-error" id=${`${id}-error`}><${Icon} name="circle-alert" />${error}</p>`
    }
  </div>`;
}

export const described = (id, { hint, error }) => ({
  id,
  'aria-invalid': error ? 'true' : undefined,
  'aria-describedby':
    [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined,
});

export function TextField({
  id,
  label,
  value,
  onInput,
  hint,
  error,
  type = 'text',
  optional,
  class: extra,
  ...rest
}) {
  return html`<${Field} ...${{ id, label, hint, error, optional, class: extra }}>
    <input
      class="input"
      type=${type}
      dir="auto"
      value=${value}
      onInput=${(event) => onInput(event.target.value)}
      ...${described(id, { hint, error })}
      ...${rest}
    />
  <//>`;
}

export function SelectField({
  id,
  label,
  value,
  onChange,
  options,
  hint,
  error,
  class: extra,
  ...rest
}) {
  return html`<${Field} ...${{ id, label, hint, error, class: extra }}>
    <div class="select">
      <select
        value=${value}
        onChange=${(event) => onChange(event.target.value)}
        ...${described(id, { hint, error })}
        ...${rest}
      >
        ${options.map(
          (option) => html`<option
            key=${option.value}
            value=${option.value}
            selected=${option.value === value}
            disabled=${option.disabled}
          >
            ${option.label}
          </option>`,
        )}
      </select>
      <${Icon} name="chevron-down" />
    </div>
  <//>`;
}

export function Check({ checked, onChange, children, disabled, id }) {
  return html`<label class="check">
    <input
      id=${id}
      type="checkbox"
      checked=${checked}
      disabled=${disabled}
      onChange=${(event) => onChange(event.target.checked)}
    />
    <span>${children}</span>
  </label>`;
}

// Moves the focus to the first invalid field, after the next render.
export function focusFirstError(form) {
  requestAnimationFrame(() => {
    const invalid = '[aria-invalid="true"]';
    const field = form?.querySelector(`${invalid}, .has-error`);
    (form?.querySelector(invalid) || field?.querySelector('input, select, button'))?.focus();
  });
}
