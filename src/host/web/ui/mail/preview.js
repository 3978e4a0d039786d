// A mail as its recipient sees it: the HTML in a frame that may do nothing, the text, and the
// calendar part. Of a message of the list, or of an appointment that is made up.
import { Icon, LoadError, Notice, Skeleton } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { html, useEffect, useState } from '../html.js';
import { currentLanguage, messageOf, t } from '../i18n.js';
import { loadMessage, loadSample, messagePage, samplePage } from './mail_api.js';

const PARTS = ['mail', 'text', 'calendar'];

function Choice({ label, values, value, textOf, onChange }) {
  return html`<div class="segments" role="group" aria-label=${label}>
    ${values.map(
      (one) => html`<button
        type="button"
        key=${one}
        aria-pressed=${String(one === value)}
        onClick=${() => onChange(one)}
      >
        ${textOf(one)}
      </button>`,
    )}
  </div>`;
}

function Head({ mail }) {
  const row = (label, value) =>
    value && html`<div><dt>${t(label)}</dt><dd dir="auto">${value}</dd></div>`;
  return html`<dl class="mail-head">
    ${row('mail.to', mail.to)} ${row('mail.subject', mail.subject)}
  </dl>`;
}

function Part({ part, mail, page }) {
  if (part === 'mail')
    return html`<iframe
      class="mail-frame"
      sandbox=""
      referrerpolicy="no-referrer"
      title=${t('mail.frame')}
      src=${page}
    ></iframe>`;
  return html`<pre class="mail-part" tabindex="0" dir=${part === 'text' ? 'auto' : 'ltr'}>
${part === 'text' ? mail.text : mail.calendar}</pre
  >`;
}

// `load()` answers the mail, `page` is the address of its HTML.
function PreviewDialog({ title, note, load, page, choice, version, onClose }) {
  const [mail, setMail] = useState(null);
  const [error, setError] = useState(null);
  const [part, setPart] = useState('mail');
  const again = () => {
    setError(null);
    load().then(setMail).catch(setError);
  };
  useEffect(again, [version]);
  const body = () => {
    if (error)
      return html`<${LoadError}
        text=${error.status === 404 ? t('mail.not_found') : messageOf(error)}
        retry=${again}
      />`;
    if (!mail) return html`<${Skeleton} rows=${3} />`;
    if (mail.blank) return html`<${Head} mail=${mail} /><${Notice}>${t('mail.blanked')}<//>`;
    const parts = PARTS.filter((name) => name !== 'calendar' || mail.calendar);
    return html`
      <${Head} mail=${mail} />
      <${Choice}
        label=${t('mail.part')}
        values=${parts}
        value=${part}
        textOf=${(name) => t(`mail.part.${name}`)}
        onChange=${setPart}
      />
      <${Part} part=${part} mail=${mail} page=${page} />
    `;
  };
  return html`<${Dialog} title=${title} class="preview-dialog" onClose=${onClose}>
    ${note && html`<p class="muted">${note}</p>`} ${choice} ${body()}
  <//>`;
}

export function MessagePreview({ id, subject, onClose }) {
  return html`<${PreviewDialog}
    title=${html`<${Icon} name="mail" /> ${subject}`}
    load=${() => loadMessage(id)}
    page=${messagePage(id)}
    version=${id}
    onClose=${onClose}
  />`;
}

export function SamplePreview({ account, onClose }) {
  const [language, setLanguage] = useState(currentLanguage());
  return html`<${PreviewDialog}
    title=${t('logo.preview')}
    note=${t('logo.preview_note')}
    load=${() => loadSample(account, language)}
    page=${samplePage(account, language)}
    version=${language}
    choice=${html`<${Choice}
      label=${t('settings.language')}
      values=${['de', 'en']}
      value=${language}
      textOf=${(value) => (value === 'de' ? 'Deutsch' : 'English')}
      onChange=${setLanguage}
    />`}
    onClose=${onClose}
  />`;
}
