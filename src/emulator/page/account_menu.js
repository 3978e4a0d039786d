// The menu of accounts: switch to another one, add one, withdraw the access of all apps.
import { control } from './api.js';
import { ask, askText } from './dialog.js';
import { element } from './element.js';
import { $, state } from './state.js';
import { t } from './texts.js';
import { showToast } from './toast.js';

const face = (name) =>
  element('span', { 'class': 'face', 'aria-hidden': 'true' }, name.slice(0, 1));

const who = (account) =>
  element(
    'span',
    { class: 'who' },
    element('b', {}, account?.name ?? ''),
    element('small', {}, account?.email ?? ''),
  );

// The button that opens the menu.
export function renderAccount() {
  const account = state.accounts.find((item) => item.email === state.email);
  $('account').replaceChildren(face(account?.name ?? '?'), who(account));
}

const menuItem = (attributes, ...children) =>
  element('button', { type: 'button', role: 'menuitem', ...attributes }, ...children);

export function toggleAccountMenu({ attempt, choose }) {
  const menu = $('account-menu');
  menu.hidden = !menu.hidden;
  $('account').setAttribute('aria-expanded', String(!menu.hidden));
  if (menu.hidden) return;
  const closeAnd = (run) => () => {
    menu.hidden = true;
    $('account').setAttribute('aria-expanded', 'false');
    return run();
  };
  const add = attempt(async () => {
    const made = await askText(t('email'), '', { second: t('name'), type: 'email' });
    if (!made?.first) return;
    await control('POST', '/accounts', { email: made.first, name: made.second });
    choose(made.first.toLowerCase());
  });
  const revoke = attempt(async () => {
    if (!(await ask(t('revokeAsk', state.email), t('revoke')))) return;
    await control('POST', '/tokens/revoke', { email: state.email });
    showToast(t('revoked'));
  });
  const accounts = state.accounts.map((account) =>
    menuItem(
      {
        'role': 'menuitemradio',
        'aria-checked': String(account.email === state.email),
        'onclick': closeAnd(() => choose(account.email)),
      },
      face(account.name),
      who(account),
    ),
  );
  menu.replaceChildren(
    ...accounts,
    element('hr'),
    menuItem({ onclick: closeAnd(add) }, t('addAccount')),
    menuItem({ class: 'danger', onclick: closeAnd(revoke) }, t('revoke')),
  );
}
