// Asks for the user's password once more, before what only they should do: the host answered
// error.confirm. Then `onConfirmed` repeats it, or useConfirmed does.
import * as api from '../api.js';
import { Button, Notice } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { TextField } from '../components/field.js';
import { html, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';

export const asksForPassword = (error) => error.key === 'error.confirm';

export function ConfirmPassword({ onConfirmed, onClose }) {
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState('');
  const [refusal, setRefusal] = useState(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setRefusal(null);
    setMissing(password ? '' : t('login.password_missing'));
    if (!password || busy) return;
    setBusy(true);
    try {
      await api.post('/api/session/confirm', { password });
    } catch (failure) {
      setBusy(false);
      setRefusal(failure);
      return;
    }
    onConfirmed();
  };
  return html`<${Dialog}
    title=${t('confirm.title')}
    class="small"
    onClose=${onClose}
    onSubmit=${submit}
    footer=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//>
      <${Button} kind="primary" type="submit" busy=${busy}>${t('action.next')}<//>
    `}
  >
    <p>${t('error.confirm')}</p>
    ${
      refusal &&
      html`<${Notice} kind="bad">
        ${refusal.key === 'login.wrong' ? t('confirm.wrong') : messageOf(refusal)}
      <//>`
    }
    <${TextField}
      id="confirm-password"
      label=${t('login.password')}
      type="password"
      autocomplete="current-password"
      value=${password}
      onInput=${setPassword}
      error=${missing}
      data-autofocus
    />
  <//>`;
}

// {run, question}: `run(action)` answers what `action` does, and where the host asks for the
// password, repeats it after the user gave it in the dialog `question`.
export function useConfirmed() {
  const [waiting, setWaiting] = useState(null);
  const run = async (action) => {
    try {
      return await action();
    } catch (failure) {
      if (!asksForPassword(failure)) throw failure;
      return new Promise((resolve, reject) => {
        setWaiting({ resume: () => resolve(run(action)), leave: () => reject(failure) });
      });
    }
  };
  const end = (name) => () => {
    setWaiting(null);
    waiting[name]();
  };
  const question =
    waiting && html`<${ConfirmPassword} onConfirmed=${end('resume')} onClose=${end('leave')} />`;
  return { run, question };
}
