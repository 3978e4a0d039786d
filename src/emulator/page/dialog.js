// Dialogs: a plain question, a question with one or two fields, and the scope of a change to a
// series. Each resolves with the answer, with undefined when the user cancels.
import { element } from './element.js';
import { t } from './texts.js';

// Shows what `build(close)` answers. Resolves with what `close(value)` was called with, or with
// undefined after Escape or a click outside.
export function open(build) {
  return new Promise((resolve) => {
    const dialog = element('dialog');
    let answer;
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.append(build(close));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) close(undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export const button = (className, text, onclick) =>
  element('button', { type: 'button', class: className, onclick }, text);

export const buttons = (...children) => element('div', { class: 'buttons' }, ...children);

const submitButton = () => element('button', { class: 'primary' }, t('ok'));

// Calls `onSubmit(form)` instead of sending the form.
const smallForm = (onSubmit, ...children) =>
  element(
    'form',
    {
      class: 'small',
      onsubmit: (event) => {
        event.preventDefault();
        onSubmit(event.target);
      },
    },
    ...children,
  );

export function ask(text, yes) {
  return open((close) =>
    element(
      'form',
      { class: 'small', method: 'dialog' },
      element('p', {}, text),
      buttons(
        button('quiet', t('cancel'), () => close(false)),
        button('danger', yes, () => close(true)),
      ),
    ),
  );
}

// Resolves with {first, second}. `second`: the label of a second field.
export function askText(label, value, { second, type } = {}) {
  return open((close) => {
    const first = element('input', {
      name: 'first',
      value: value ?? '',
      type: type ?? 'text',
      required: true,
    });
    const other = second ? element('input', { name: 'second', value: '' }) : undefined;
    return smallForm(
      () => close({ first: first.value.trim(), second: other?.value.trim() }),
      element('label', {}, element('span', {}, label), first),
      second ? element('label', {}, element('span', {}, second), other) : '',
      buttons(
        button('quiet', t('cancel'), () => close(undefined)),
        submitButton(),
      ),
    );
  });
}

// Resolves with "this", "following" or "all". `single`: offer "this".
export function askScope({ single = true } = {}) {
  return open((close) => {
    const choices = [
      ...(single ? [['this', 'justThis']] : []),
      ['following', 'following'],
      ['all', 'all'],
    ];
    const radios = choices.map(([value, key], index) =>
      element(
        'label',
        { class: 'radio' },
        element('input', { type: 'radio', name: 'scope', value, checked: index === 0 }),
        t(key),
      ),
    );
    return smallForm(
      (form) => close(new FormData(form).get('scope')),
      element('h2', {}, t('which')),
      radios,
      buttons(
        button('quiet', t('cancel'), () => close(undefined)),
        submitButton(),
      ),
    );
  });
}
