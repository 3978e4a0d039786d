// A form with unsaved input: it asks before it is left, whichever way, and offers what was typed
// before a reload.
import { readDraft, dropDraft, keepDraft } from '../drafts.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../html.js';
import { locale, t } from '../i18n.js';
import { guardLeaving } from '../router.js';
import { Button, Notice } from './basics.js';

// `name` names the draft, `data` is what is kept while `isDirty`. Answers {asking, close, keep,
// discard, earlier, forget}: `close()` closes or asks, `earlier` is the draft of an earlier visit.
export function useUnsaved({ name, isDirty, data, onClose }) {
  const [leave, setLeave] = useState(null); // {proceed}: the question is shown
  const [earlier, setEarlier] = useState(() => readDraft(name));
  const latest = useRef(null);
  latest.current = { isDirty, onClose };
  useEffect(
    () =>
      guardLeaving({
        isDirty: () => latest.current.isDirty,
        ask: (proceed) => setLeave({ proceed }),
      }),
    [],
  );
  const typed = JSON.stringify(data);
  // At once: after the next paint it would be too late for a reload that follows the last input.
  useLayoutEffect(() => {
    if (isDirty) keepDraft(name, data);
  }, [name, isDirty, typed]);
  return {
    asking: Boolean(leave),
    close: () => (isDirty && !leave ? setLeave({ proceed: () => {} }) : onClose()),
    keep: () => setLeave(null),
    discard: () => {
      const { proceed } = leave || { proceed: () => {} };
      latest.current.isDirty = false;
      dropDraft(name);
      onClose();
      proceed();
    },
    earlier,
    forget: () => {
      setEarlier(null);
      if (!isDirty) dropDraft(name);
    },
    restored: () => setEarlier(null),
  };
}

export function DiscardQuestion({ unsaved }) {
  return html`
    <span class="foot-note" role="alert">${t('unsaved.question')}</span>
    <${Button} onClick=${unsaved.keep}>${t('unsaved.keep')}<//>
    <${Button} kind="danger" onClick=${unsaved.discard}>${t('unsaved.discard')}<//>
  `;
}

const timeOf = (ms) =>
  new Intl.DateTimeFormat(locale(), {
    ...(Date.now() - ms > 43200000 ? { day: 'numeric', month: 'short' } : {}),
    hour: 'numeric',
    minute: '2-digit',
  }).format(ms);

export function DraftNotice({ unsaved, onRestore }) {
  const { earlier } = unsaved;
  if (!earlier) return null;
  return html`<${Notice}
    action=${html`<span class="notice-actions">
      <${Button} class="small" onClick=${unsaved.forget}>${t('draft.drop')}<//>
      <${Button}
        class="small"
        kind="primary"
        onClick=${() => {
          onRestore(earlier);
          unsaved.restored();
        }}
      >
        ${t('unsaved.restore')}
      <//>
    </span>`}
  >
    ${t('unsaved.earlier', { time: timeOf(earlier.at) })}
  <//>`;
}
