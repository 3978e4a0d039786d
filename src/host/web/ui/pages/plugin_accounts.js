// For administrators: the accounts that users connected with a plugin, and ending one for its user,
// who may have left.
import { del, get, segment } from '../api.js';
import { Button, LoadError } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { showToast } from '../components/toast.js';
import { html, useEffect, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { useConfirmed } from '../settings/confirm_password.js';

const nameOf = (account) => account.identity || account.title;

function AccountRow({ account, onDisconnect }) {
  return html`<li class="plugin-account">
    <span dir="auto">
      ${t('plugins.accounts.row', { account: nameOf(account), user: account.user.name })}
    </span>
    <${Button}
      class="small"
      aria-label=${t('plugins.accounts.disconnect_label', { account: nameOf(account) })}
      onClick=${() => onDisconnect(account)}
    >
      ${t('account.disconnect')}
    <//>
  </li>`;
}

// The host revokes the access through the plugin, now or when it runs again.
function Question({ account, onEnded, onClose }) {
  const [busy, setBusy] = useState(false);
  const { run, question } = useConfirmed();
  const disconnect = async () => {
    setBusy(true);
    try {
      await run(() => del(`/api/accounts/${segment(account.id)}`));
      showToast(t('plugins.accounts.disconnected', { account: nameOf(account) }));
      onEnded();
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
      setBusy(false);
    }
  };
  if (question) return question;
  return html`<${Confirm}
    title=${t('plugins.accounts.question', { account: nameOf(account) })}
    action=${t('account.disconnect')}
    danger
    busy=${busy}
    onConfirm=${disconnect}
    onClose=${onClose}
  >
    <p>${t('plugins.accounts.effect', { user: account.user.name })}</p>
  <//>`;
}

export function PluginAccounts({ plugin }) {
  const [list, setList] = useState(null);
  const [error, setError] = useState(null);
  const [asked, setAsked] = useState(null);
  const load = () => {
    setError(null);
    get(`/api/plugins/${segment(plugin.id)}/accounts`)
      .then(setList)
      .catch(setError);
  };
  useEffect(load, [plugin.id]);
  if (error) return html`<${LoadError} text=${messageOf(error)} retry=${load} />`;
  if (!list || !list.length) return null;
  const ended = () => {
    setAsked(null);
    load();
  };
  return html`<details class="plugin-accounts">
      <summary>${t('plugins.accounts.title', { count: list.length })}</summary>
      <ul class="plain-list">
        ${list.map(
          (account) =>
            html`<${AccountRow} key=${account.id} account=${account} onDisconnect=${setAsked} />`,
        )}
      </ul>
    </details>
    ${
      asked &&
      html`<${Question} account=${asked} onEnded=${ended} onClose=${() => setAsked(null)} />`
    }`;
}
