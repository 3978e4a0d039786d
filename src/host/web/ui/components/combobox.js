// A text field with a list of proposals below it. The list opens by a click or an arrow key, and is
// moved through by the arrow keys; Enter takes the active entry, Escape closes the list.
import { useEscape } from '../focus.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../html.js';
import { described } from './field.js';

function List({ id, label, options, active, nearest, onChoose, close }) {
  const ref = useRef(null);
  useEscape(close);
  useLayoutEffect(() => {
    const shown = ref.current.children[active >= 0 ? active : nearest];
    if (shown) ref.current.scrollTop = shown.offsetTop - ref.current.clientHeight / 2;
  }, [active, nearest, options.length]);
  useEffect(() => ref.current.scrollIntoView({ block: 'nearest' }), []);
  // A press must not take the focus from the field, which would end what is typed.
  return html`<ul
    class="combo-list"
    id=${`${id}-list`}
    role="listbox"
    aria-label=${label}
    ref=${ref}
    onMouseDown=${(event) => event.preventDefault()}
  >
    ${options.map(
      (option, i) => html`<li
        key=${option.value}
        id=${`${id}-option-${i}`}
        role="option"
        aria-selected=${String(i === active)}
        class=${i === active ? 'active' : ''}
        onClick=${() => onChoose(option)}
      >
        <span class="combo-label" dir="auto">${option.label}</span>
        ${option.note && html`<span class="muted combo-note">${option.note}</span>`}
      </li>`,
    )}
  </ul>`;
}

// `options` answers {value, label, note?}, best first; `nearest` the index shown at first.
// `opensByTyping`: the list is what the text is looked for in.
export function Combobox({
  id,
  label,
  text,
  options,
  nearest = 0,
  opensByTyping,
  error,
  hint,
  onText,
  onChoose,
  onLeave,
  ...rest
}) {
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const list = open ? options() : [];
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const choose = (option) => {
    close();
    onChoose(option);
  };
  const onKeyDown = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) return setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const from = active < 0 && nearest > 0 ? nearest - (step > 0 ? 0 : 1) : active + step;
      setActive((from + list.length) % Math.max(1, list.length));
    } else if (event.key === 'Enter') {
      if (open && list[active]) {
        event.preventDefault();
        return choose(list[active]);
      }
      onLeave?.();
      close();
    } else if (event.key === 'Tab') close();
    return undefined;
  };
  const isShown = open && list.length > 0;
  return html`<div class="combo">
    <input
      class="input"
      type="text"
      autocomplete="off"
      role="combobox"
      aria-label=${label}
      aria-autocomplete="list"
      aria-expanded=${String(isShown)}
      aria-controls=${isShown ? `${id}-list` : undefined}
      aria-activedescendant=${active >= 0 ? `${id}-option-${active}` : undefined}
      value=${text}
      onInput=${(event) => {
        if (opensByTyping) setOpen(true);
        setActive(-1);
        onText(event.target.value);
      }}
      onClick=${() => setOpen(true)}
      onKeyDown=${onKeyDown}
      onBlur=${() => {
        close();
        onLeave?.();
      }}
      ...${described(id, { error, hint })}
      ...${rest}
    />
    ${
      isShown &&
      html`<${List} ...${{ id, label, options: list, active, nearest, close, onChoose: choose }} />`
    }
  </div>`;
}
