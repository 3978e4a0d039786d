// The fields of a flow step, rendered from its flat JSON Schema in order. Titles and errors are
// text keys. The label of a value is shown literally, unless x-text-keys lists the value.
import { Dot, Notice } from '../components/basics.js';
import { Check, Field, SelectField, TextField } from '../components/field.js';
import { html } from '../html.js';
import { t } from '../i18n.js';
import { optionsOf } from './options_from.js';

const labelOf = (property, value, args) => {
  const label = property['x-labels']?.[value] ?? value;
  return property['x-text-keys']?.includes(value) ? t(label, args) : label;
};

function Checkboxes({ property, value, onChange, args }) {
  return html`<ul class="checkboxes">
    ${(property.items?.enum || []).map(
      (item) => html`<li key=${item}>
        <${Check}
          checked=${value.includes(item)}
          onChange=${(on) =>
            onChange(on ? [...value, item] : value.filter((other) => other !== item))}
        >
          <${Dot} color=${property['x-colors']?.[item]} />
          <span class="clip" dir="auto">${labelOf(property, item, args)}</span>
          ${
            property['x-notes']?.[item] &&
            html`<span class="chip">${t(property['x-notes'][item], args)}</span>`
          }
        <//>
      </li>`,
    )}
  </ul>`;
}

function Radios({ id, property, value, onChange, args }) {
  return html`<div class="radios">
    ${(property.enum || []).map(
      (item) => html`<label class="radio" key=${item}>
        <input
          type="radio"
          name=${id}
          value=${item}
          checked=${value === item}
          onChange=${() => onChange(item)}
        />
        <span dir="auto">${labelOf(property, item, args)}</span>
      </label>`,
    )}
  </div>`;
}

const INPUT_TYPES = { email: 'email', uri: 'url', password: 'password' };

export function SchemaField({ name, property, values, args, required, error, onChange, id }) {
  const text = {
    id,
    label: t(property.title || name, args),
    hint: property.description && t(property.description, args),
    error: error && t(error, args),
  };
  const value = values[name];
  if (property.type === 'boolean')
    return html`<${Field} ...${{ ...text, label: '' }}>
      <${Check} id=${id} checked=${value} onChange=${onChange}>${text.label}<//>
    <//>`;
  if (property.type === 'array') {
    return html`<fieldset
      class=${`field ${error ? 'has-error' : ''}`}
      aria-describedby=${error ? `${id}-error` : undefined}
    >
      <legend>${text.label}</legend>
      <${Field} ...${{ ...text, label: '' }}>
        <${Checkboxes} ...${{ property, value, onChange, args }} />
      <//>
    </fieldset>`;
  }
  if (property['x-widget'] === 'radio')
    return html`<fieldset class="field">
      <legend>${text.label}</legend>
      <${Field} ...${{ ...text, label: '' }}>
        <${Radios} ...${{ id, property, value, onChange, args }} />
      <//>
    </fieldset>`;
  if (property.enum || property['x-options-from']) {
    const warning = property['x-warnings']?.[value];
    return html`
      <${SelectField}
        ...${text}
        value=${value}
        onChange=${onChange}
        options=${optionsOf(property, values).map((item) => ({
          value: item,
          label: labelOf(property, item, args),
        }))}
      />
      ${warning && html`<${Notice} kind="warn">${t(warning, args)}<//>`}
    `;
  }
  return html`<${TextField}
    ...${text}
    value=${value}
    onInput=${onChange}
    type=${property.type === 'integer' ? 'number' : INPUT_TYPES[property.format] || 'text'}
    maxlength=${property.maxLength}
    required=${required}
    optional=${required ? '' : t('form.optional')}
    autocomplete="off"
  />`;
}
