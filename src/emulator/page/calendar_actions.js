// Makes, renames, clears, deletes and shares calendars.
import { calendarPath, google } from './api.js';
import { ask, askText, button, buttons, open } from './dialog.js';
import { element } from './element.js';
import { state } from './state.js';
import { t } from './texts.js';
import { showToast } from './toast.js';

// Adds the rule. If the address has an account here, it also adds the calendar to that account's
// list, as the link in Google's mail does.
async function grant(calendar, address, role) {
  await google(state.email, 'POST', `${calendarPath(calendar.id)}/acl`, {
    role,
    scope: { type: 'user', value: address },
  });
  if (state.accounts.some((account) => account.email === address))
    await google(address, 'POST', '/users/me/calendarList', { id: calendar.id });
}

const roleSelect = () =>
  element(
    'select',
    { 'aria-label': t('role') },
    ['writer', 'reader', 'freeBusyReader', 'owner'].map((value) =>
      element('option', { value }, t(value)),
    ),
  );

const addressInput = () =>
  element('input', {
    'type': 'email',
    'required': true,
    'placeholder': t('email'),
    'aria-label': t('email'),
    'list': 'people',
  });

// One line for each user who may see the calendar.
const ruleLine = (rule, onRemove) =>
  element(
    'li',
    {},
    rule.scope.value,
    element('small', {}, t(rule.role)),
    rule.scope.value === state.email ? '' : button('quiet', t('unshare'), onRemove),
  );

async function share(calendar, attempt) {
  const path = `${calendarPath(calendar.id)}/acl`;
  const { items } = await google(state.email, 'GET', path);
  const rules = items.filter((rule) => rule.scope.type === 'user');
  await open((close) => {
    const address = addressInput();
    const role = roleSelect();
    const onsubmit = (event) => {
      event.preventDefault();
      close();
      void attempt(() => grant(calendar, address.value.trim().toLowerCase(), role.value))();
    };
    const removal = (rule) => () => {
      close();
      const rulePath = `${path}/${encodeURIComponent(rule.id)}`;
      void attempt(() => google(state.email, 'DELETE', rulePath))();
    };
    return element(
      'form',
      { class: 'small', onsubmit },
      element('h2', {}, t('shareCalendar').replace(' …', ''), ': ', calendar.name),
      element(
        'datalist',
        { id: 'people' },
        state.accounts.map((account) => element('option', { value: account.email })),
      ),
      element(
        'ul',
        { class: 'guests' },
        rules.map((rule) => ruleLine(rule, removal(rule))),
      ),
      element('div', { class: 'times' }, address, role),
      buttons(
        button('quiet', t('close'), () => close()),
        element('button', { class: 'primary' }, t('share')),
      ),
    );
  });
}

// `attempt` wraps an action: it reports a failure and then reloads.
export function calendarActions({ attempt }) {
  return {
    newCalendar: attempt(async () => {
      const named = await askText(t('name'));
      if (!named?.first) return;
      const calendar = { summary: named.first, timeZone: state.zone };
      await google(state.email, 'POST', '/calendars', calendar);
      showToast(t('calendarAdded', named.first));
    }),
    renameCalendar: attempt(async (calendar) => {
      const named = await askText(t('rename'), calendar.name);
      if (named?.first)
        await google(state.email, 'PATCH', calendarPath(calendar.id), { summary: named.first });
    }),
    clearCalendar: attempt(async (calendar) => {
      if (!(await ask(t('clearAsk', calendar.name), t('delete')))) return;
      await google(state.email, 'POST', `${calendarPath(calendar.id)}/clear`);
      showToast(t('cleared', calendar.name));
    }),
    deleteCalendar: attempt(async (calendar) => {
      if (!(await ask(t('deleteAsk', calendar.name), t('delete')))) return;
      await google(state.email, 'DELETE', calendarPath(calendar.id));
      showToast(t('calendarDeleted', calendar.name));
    }),
    removeFromList: attempt(async (calendar) => {
      const path = `/users/me/calendarList/${encodeURIComponent(calendar.id)}`;
      await google(state.email, 'DELETE', path);
      showToast(t('removed', calendar.name));
    }),
    shareCalendar: attempt((calendar) => share(calendar, attempt)),
  };
}
