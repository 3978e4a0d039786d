// Log-in. A refusal keeps what was typed. After many failures a pause counts down.
import { Button, Notice } from '../components/basics.js';
import { TextField } from '../components/field.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { logIn, session } from '../session.js';
import { useStore } from '../store.js';

export function LoginPage() {
  const { locked, user } = useStore(session);
  const [email, setEmail] = useState(user?.email || '');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState({});
  const [refusal, setRefusal] = useState(null);
  const [pause, setPause] = useState(0);
  const [busy, setBusy] = useState(false);
  const form = useRef(null);

  useEffect(() => {
    document.title = `${t('login.title')} – CRM`;
    document.getElementById(email ? 'login-password' : 'login-email')?.focus();
  }, []);
  useEffect(() => {
    if (pause <= 0) return undefined;
    const timer = setTimeout(() => setPause(pause - 1), 1000);
    return () => clearTimeout(timer);
  }, [pause]);

  const submit = async (event) => {
    event.preventDefault();
    const found = {
      ...(email.trim() ? {} : { email: t('login.email_missing') }),
      ...(password ? {} : { password: t('login.password_missing') }),
    };
    setErrors(found);
    if (Object.keys(found).length)
      return form.current.querySelector(found.email ? '#login-email' : '#login-password').focus();
    setBusy(true);
    setRefusal(null);
    try {
      await logIn(email.trim(), password);
    } catch (error) {
      setBusy(false);
      setRefusal(error);
      if (error.status === 429) setPause(Number(error.args.seconds) || 5);
      else form.current?.querySelector('#login-password').focus();
    }
  };

  return html`<main class="login">
    <form class="login-card" ref=${form} onSubmit=${submit} novalidate>
      <img src="/ui/icon.svg" alt="" width="40" height="40" />
      <h1>${t('login.title')}</h1>
      ${locked && !refusal && html`<${Notice}>${t('login.expired')}<//>`}
      ${
        refusal &&
        html`<${Notice} kind="bad">
          ${
            refusal.status === 429
              ? t('login.pause', { seconds: Math.max(pause, 0) })
              : messageOf(refusal)
          }
        <//>`
      }
      <${TextField}
        id="login-email"
        label=${t('login.email')}
        type="email"
        name="email"
        autocomplete="username"
        value=${email}
        onInput=${setEmail}
        error=${errors.email}
      />
      <${TextField}
        id="login-password"
        label=${t('login.password')}
        type="password"
        name="password"
        autocomplete="current-password"
        value=${password}
        onInput=${setPassword}
        error=${errors.password}
      />
      <${Button} kind="primary" type="submit" class="wide" busy=${busy} disabled=${pause > 0}>
        ${t('login.submit')}
      <//>
    </form>
  </main>`;
}
