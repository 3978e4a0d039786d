// The user's password, and the browsers in which they are logged in.
import * as api from '../api.js';
import { Button, LoadError, Notice, Skeleton } from '../components/basics.js';
import { focusFirstError, TextField } from '../components/field.js';
import { showToast } from '../components/toast.js';
import { formatAgo } from '../calendar/format.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';

const EMPTY = { present: '', wanted: '' };

// What the host's refusal means for the two fields; null: for neither.
function fieldErrors(failure) {
  if (failure.key === 'login.wrong') return { present: t('confirm.wrong') };
  if (failure.field === 'password') return { wanted: t('security.password_refused') };
  return null;
}

function PasswordForm({ onChanged }) {
  const [values, setValues] = useState(EMPTY);
  const [errors, setErrors] = useState({});
  const [refusal, setRefusal] = useState(null);
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const show = (found) => {
    setErrors(found);
    focusFirstError(form.current);
  };
  const submit = async (event) => {
    event.preventDefault();
    setRefusal(null);
    const missing = Object.keys(EMPTY).filter((name) => !values[name]);
    if (missing.length)
      return show(Object.fromEntries(missing.map((name) => [name, t('login.password_missing')])));
    setBusy(true);
    try {
      await api.post('/api/me/password', values);
      setValues(EMPTY);
      setErrors({});
      showToast(t('security.password_changed'));
      onChanged();
    } catch (failure) {
      const found = fieldErrors(failure);
      if (found) show(found);
      else setRefusal(failure);
    }
    return setBusy(false);
  };
  const field = (name, autocomplete) => html`<${TextField}
    id=${`password-${name}`}
    label=${t(`security.${name}`)}
    type="password"
    autocomplete=${autocomplete}
    value=${values[name]}
    onInput=${(text) => setValues((old) => ({ ...old, [name]: text }))}
    error=${errors[name]}
  />`;
  return html`<form class="card form-card" ref=${form} onSubmit=${submit} novalidate>
    ${refusal && html`<${Notice} kind="bad">${messageOf(refusal)}<//>`}
    ${field('present', 'current-password')} ${field('wanted', 'new-password')}
    <p class="hint">${t('security.password_hint')}</p>
    <div class="flow-actions">
      <${Button} kind="primary" type="submit" busy=${busy}>${t('security.change_password')}<//>
    </div>
  </form>`;
}

function SessionRow({ item, onEnd }) {
  const used = formatAgo(Date.parse(item.used));
  return html`<li class="card session">
    <div class="session-text">
      <span class="clip" dir="auto">${item.agent || t('security.unknown_browser')}</span>
      <span class="muted">
        ${item.current ? t('security.this_browser') : t('security.used', { when: used })}
      </span>
    </div>
    ${!item.current && html`<${Button} onClick=${onEnd}>${t('action.log_out')}<//>`}
  </li>`;
}

export function Security() {
  const [sessions, setSessions] = useState(null);
  const [error, setError] = useState(null);
  const load = () => {
    setError(null);
    api.get('/api/sessions').then(setSessions).catch(setError);
  };
  useEffect(load, []);
  const end = async (path) => {
    try {
      await api.del(path);
    } catch (failure) {
      // 404: it has ended already.
      if (failure.status !== 404) showToast(messageOf(failure), { kind: 'bad' });
    }
    load();
  };
  const list = () => {
    if (error) return html`<${LoadError} text=${messageOf(error)} retry=${load} />`;
    if (!sessions) return html`<${Skeleton} rows=${2} />`;
    return html`<ul class="plain-list">
        ${sessions.map(
          (item) => html`<${SessionRow}
            key=${item.id}
            item=${item}
            onEnd=${() => end(`/api/sessions/${api.segment(item.id)}`)}
          />`,
        )}
      </ul>
      ${
        sessions.length > 1 &&
        html`<${Button} icon="log-out" onClick=${() => end('/api/sessions')}>
          ${t('security.end_others')}
        <//>`
      }`;
  };
  return html`<section class="security stack">
    <header class="page-head">
      <div><p class="crumbs">${t('settings.personal')}</p><h2>${t('settings.security')}</h2></div>
    </header>
    <${PasswordForm} onChanged=${load} />
    <h3>${t('security.sessions')}</h3>
    ${list()}
  </section>`;
}
