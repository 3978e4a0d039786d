// For administrators: the mail server, the sender, the test mail that proves both, and what waits.
import { Button, Icon, LoadError, Notice, Skeleton } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { focusFirstError, SelectField, TextField } from '../components/field.js';
import { showToast } from '../components/toast.js';
import { formatAgo } from '../calendar/format.js';
import { coalesced } from '../coalesce.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { hasText, messageOf, t } from '../i18n.js';
import { onLive } from '../live.js';
import { guardLeaving } from '../router.js';
import {
  confirmTest,
  decideHeld,
  loadServer,
  saveServer,
  sendTest,
  switchServerOff,
} from '../mail/mail_api.js';
import { useRepeated } from '../mail/repeated.js';
import { reasonKey, serverWords } from '../mail/states.js';
import { useConfirmed } from './confirm_password.js';
import { checkValues, settingsOf, valuesOf, withSecurity } from './mail_server_model.js';

const BADGES = {
  off: ['info', 'circle-pause'],
  untested: ['warn', 'triangle-alert'],
  ready: ['good', 'circle-check'],
  failing: ['bad', 'circle-alert'],
};

function State({ settings }) {
  const [kind, icon] = BADGES[settings.state] || BADGES.off;
  const [error] = settings.errors;
  const words = error && serverWords(error);
  return html`<div class="card form-card server-state">
    <p class=${`state ${kind}`} role="status">
      <${Icon} name=${icon} />
      <span>${t(`server.state.${settings.state}`, { from: settings.from || '' })}</span>
    </p>
    ${
      error &&
      settings.state !== 'off' &&
      html`<${Notice} kind=${settings.state === 'failing' ? 'bad' : 'warn'}>
        ${t('server.last_error', { ago: formatAgo(error.at) })} ${t(reasonKey(error))}
        ${words && html` ${t('mail.server_said')} <q lang="en" dir="auto">${words}</q>`}
      <//>`
    }
    ${
      settings.waiting > 0 &&
      html`<p>${t('account.mails_waiting', { count: settings.waiting })}</p>`
    }
  </div>`;
}

function Held({ count, confirmed, reload }) {
  const [asked, setAsked] = useState('');
  const decide = async () => {
    const action = asked;
    setAsked('');
    try {
      await confirmed.run(() => decideHeld(action));
      showToast(t(`server.held_done.${action}`));
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    reload();
  };
  return html`<${Notice}
    kind="warn"
    action=${html`<span class="notice-actions">
      <${Button} class="small" onClick=${() => setAsked('drop')}>${t('mail.action.drop')}<//>
      <${Button} class="small" kind="primary" onClick=${() => setAsked('send')}>
        ${t('mail.action.send')}
      <//>
    </span>`}
  >
    ${t('server.held', { count })}
    ${
      asked &&
      html`<${Confirm}
        title=${t(`server.ask.${asked}`)}
        action=${t(`mail.action.${asked}`)}
        danger=${asked === 'drop'}
        onClose=${() => setAsked('')}
        onConfirm=${decide}
      >
        <p>${t('server.held', { count })}</p>
      <//>`
    }
  <//>`;
}

const refusedField = ({ field, key }) =>
  field && { [field]: key !== 'error.invalid' && hasText(key) ? key : `server.error.${field}` };

// The fields that most mail servers need no answer to.
const FURTHER = ['bounce', 'name', 'ca_file'];

// Asks before changes are left. They are not kept: a password may be among them.
function AskBeforeLeaving({ isDirty }) {
  const [leave, setLeave] = useState(null); // {proceed}: the question is shown
  const latest = useRef(isDirty);
  latest.current = isDirty;
  useEffect(
    () =>
      guardLeaving({
        isDirty: () => latest.current,
        ask: (proceed) => setLeave({ proceed }),
      }),
    [],
  );
  if (!leave) return null;
  return html`<${Confirm}
    title=${t('unsaved.question')}
    action=${t('unsaved.discard')}
    danger
    onClose=${() => setLeave(null)}
    onConfirm=${() => {
      latest.current = false;
      leave.proceed();
    }}
  >
    <p>${t('server.unsaved')}</p>
  <//>`;
}

function ServerForm({ settings, confirmed, onSaved }) {
  const [values, setValues] = useState(() => valuesOf(settings));
  const [errors, setErrors] = useState({});
  const [refusal, setRefusal] = useState(null);
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const form = useRef(null);
  const show = (found) => {
    setErrors(found);
    focusFirstError(form.current);
  };
  const run = async (action) => {
    setBusy(true);
    setRefusal(null);
    try {
      const next = await confirmed.run(action);
      setValues(valuesOf(next));
      showToast(t('saved'));
      onSaved(next);
    } catch (failure) {
      const found = refusedField(failure);
      if (found) show(found);
      else setRefusal(failure);
    }
    setBusy(false);
  };
  const submit = (event) => {
    event.preventDefault();
    const found = checkValues(values, settings);
    if (Object.keys(found).length) return show(found);
    setErrors({});
    return run(() => saveServer(settingsOf(values)));
  };
  const field = (name, { optional, ...rest } = {}) => html`<${TextField}
    key=${name}
    id=${`server-${name}`}
    label=${t(`server.${name}`)}
    hint=${hasText(`server.${name}_hint`) ? t(`server.${name}_hint`) : ''}
    value=${values[name]}
    optional=${optional ? t('form.optional') : ''}
    autocomplete="off"
    onInput=${(text) => {
      setValues((old) => ({ ...old, [name]: text }));
      setErrors(({ [name]: _, ...others }) => others);
    }}
    error=${errors[name] && t(errors[name])}
    ...${rest}
  />`;
  return html`<form class="card form-card" ref=${form} onSubmit=${submit} novalidate>
    <h3>${t('server.title')}</h3>
    <${AskBeforeLeaving}
      isDirty=${JSON.stringify(values) !== JSON.stringify(valuesOf(settings))}
    />
    ${refusal && html`<${Notice} kind="bad">${messageOf(refusal)}<//>`}
    ${field('host', { placeholder: 'smtp.example.com', dir: 'ltr' })}
    <div class="row wrap">
      <${SelectField}
        id="server-security"
        label=${t('server.security')}
        value=${values.security}
        onChange=${(security) => setValues((old) => withSecurity(old, security))}
        options=${['starttls', 'tls', 'none'].map((value) => ({
          value,
          label: t(`server.security.${value}`),
        }))}
        error=${errors.security && t(errors.security)}
      />
      ${field('port', { inputmode: 'numeric', class: 'narrow' })}
    </div>
    <div class="row wrap">
      ${field('user', { optional: true, dir: 'ltr' })}
      ${field('password', {
        type: 'password',
        autocomplete: 'new-password',
        placeholder: settings.has_password ? t('server.password_kept') : '',
        optional: true,
      })}
    </div>
    ${field('from', { type: 'email', placeholder: 'termine@example.com', dir: 'ltr' })}
    ${field('own_domains', { optional: true, dir: 'ltr', placeholder: 'example.com' })}
    ${field('hold_seconds', { inputmode: 'numeric', class: 'narrow' })}
    <details class="further" open=${FURTHER.some((name) => errors[name])}>
      <summary>${t('server.further')}</summary>
      <div class="stack">${FURTHER.map((name) => field(name, { optional: true, dir: 'ltr' }))}</div>
    </details>
    <div class="flow-actions">
      ${
        settings.host &&
        html`<${Button} kind="quiet danger-text" onClick=${() => setAsked(true)}>
            ${t('server.switch_off')}
          <//>
          <span class="grow"></span>`
      }
      <${Button} kind="primary" type="submit" busy=${busy}>${t('action.save')}<//>
    </div>
    ${
      asked &&
      html`<${Confirm}
        title=${t('server.off_title')}
        action=${t('server.switch_off')}
        danger
        onClose=${() => setAsked(false)}
        onConfirm=${() => {
          setAsked(false);
          run(async () => {
            await switchServerOff();
            return loadServer();
          });
        }}
      >
        <p>${t('server.off_text')}</p>
      <//>`
    }
  </form>`;
}

function TestMail({ settings, confirmed, onSaved }) {
  const [sent, setSent] = useState('');
  const [code, setCode] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState('');
  const send = async () => {
    setBusy('send');
    setError('');
    try {
      setSent((await confirmed.run(sendTest)).to);
    } catch (failure) {
      const isSoon = failure.code === 'too_many' || failure.code === 'unavailable';
      showToast(isSoon ? t('test.too_soon') : messageOf(failure), { kind: 'bad' });
    }
    setBusy('');
  };
  const confirm = async (event) => {
    event.preventDefault();
    if (!/^\d{6}$/.test(code.trim())) {
      setError('test.six_digits');
      return;
    }
    setBusy('confirm');
    try {
      const next = await confirmed.run(() => confirmTest(code.trim()));
      setCode('');
      setSent('');
      showToast(t('test.confirmed'));
      onSaved(next);
    } catch (failure) {
      const errors = { invalid: 'test.wrong', gone: 'test.over' };
      setError(errors[failure.code] || (hasText(failure.key) ? failure.key : 'error.internal'));
    }
    setBusy('');
  };
  const isReady = settings.state === 'ready';
  return html`<form class="card form-card" onSubmit=${confirm} novalidate>
    <h3>${t('test.title')}</h3>
    <p>${t(isReady ? 'test.again' : 'test.text')}</p>
    <div class="row wrap">
      <${Button} icon="mail" busy=${busy === 'send'} onClick=${send}>${t('test.send')}<//>
    </div>
    ${sent && html`<${Notice} kind="good">${t('test.sent', { to: sent })}<//>`}
    ${
      (sent || !isReady) &&
      html`<div class="row wrap code-row">
        <${TextField}
          id="test-code"
          label=${t('test.code')}
          value=${code}
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength="6"
          class="narrow"
          onInput=${(text) => {
            setCode(text);
            setError('');
          }}
          error=${error && t(error)}
        />
        <${Button} kind="primary" type="submit" busy=${busy === 'confirm'}>${t('test.confirm')}<//>
      </div>`
    }
  </form>`;
}

export function MailServer() {
  const [settings, setSettings] = useState(null);
  const [error, setError] = useState(null);
  const load = () => {
    setError(null);
    loadServer().then(setSettings).catch(setError);
  };
  useEffect(() => {
    load();
    return onLive('mail', coalesced(load));
  }, []);
  const confirmed = useConfirmed();
  useRepeated(settings?.waiting > 0 || settings?.state === 'failing', load);
  const body = () => {
    if (error && !settings) return html`<${LoadError} text=${messageOf(error)} retry=${load} />`;
    if (!settings) return html`<${Skeleton} />`;
    return html`
      <${State} settings=${settings} />
      ${
        settings.held > 0 &&
        html`<${Held} count=${settings.held} confirmed=${confirmed} reload=${load} />`
      }
      <${ServerForm} settings=${settings} confirmed=${confirmed} onSaved=${setSettings} />
      ${
        settings.state !== 'off' &&
        html`<${TestMail} settings=${settings} confirmed=${confirmed} onSaved=${setSettings} />`
      }
    `;
  };
  return html`<section class="stack">
    <header class="page-head">
      <div>
        <p class="crumbs">
          ${t('settings.administration')} <${Icon} name="chevron-right" /> ${t('settings.email')}
        </p>
        <h2>${t('settings.email')}</h2>
      </div>
    </header>
    <p class="lead">${t('server.lead')}</p>
    ${body()} ${confirmed.question}
  </section>`;
}
