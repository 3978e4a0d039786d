// A button with a menu. The arrow keys move, Escape closes, and the focus returns to the button.
import { useEscape } from '../focus.js';
import { html, useEffect, useLayoutEffect, useRef, useState } from '../html.js';
import { Icon, IconButton } from './basics.js';

function MenuList({ items, close, label }) {
  const ref = useRef(null);
  useEscape(close);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const list = ref.current;
    list.querySelector('button:not(:disabled)')?.focus();
    // Opens upwards where there is no room below.
    if (list.getBoundingClientRect().bottom > innerHeight - 8) list.classList.add('up');
    return () => {
      if (
        !document.activeElement ||
        document.activeElement === document.body ||
        list.contains(document.activeElement)
      )
        before?.focus?.();
    };
  }, []);
  useEffect(() => {
    const outside = (event) => {
      if (!ref.current?.parentElement.contains(event.target)) close();
    };
    addEventListener('pointerdown', outside, true);
    return () => removeEventListener('pointerdown', outside, true);
  }, []);
  const onKey = (event) => {
    const buttons = [...ref.current.querySelectorAll('button:not(:disabled)')];
    const at = buttons.indexOf(document.activeElement);
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + buttons.length,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (event.key === 'Tab') return close();
    if (next === undefined) return;
    event.preventDefault();
    buttons[next % buttons.length].focus();
  };
  return html`<div class="menu" role="menu" aria-label=${label} ref=${ref} onKeyDown=${onKey}>
    ${items.filter(Boolean).map((item) =>
      item.divider
        ? html`<div class="menu-divider" role="separator"></div>`
        : item.heading
          ? html`<div class="menu-heading" role="presentation">${item.heading}</div>`
          : html`<button
            type="button"
            role=${'checked' in item ? 'menuitemradio' : 'menuitem'}
            aria-checked=${'checked' in item ? String(item.checked) : undefined}
            class=${item.danger ? 'danger' : ''}
            disabled=${item.disabled}
            onClick=${() => {
              close();
              item.action();
            }}
          >
            <${Icon} name=${item.icon || (item.checked ? 'check' : 'none')} />
            <span>${item.label}</span>
          </button>`,
    )}
  </div>`;
}

export function Menu({ label, items, icon = 'ellipsis-vertical', trigger }) {
  const [open, setOpen] = useState(false);
  const toggle = () => setOpen(!open);
  return html`<div class="menu-anchor">
    ${
      trigger
        ? trigger({ open, toggle })
        : html`<${IconButton}
          icon=${icon}
          label=${label}
          aria-haspopup="menu"
          aria-expanded=${String(open)}
          onClick=${toggle}
        />`
    }
    ${open && html`<${MenuList} items=${items} label=${label} close=${() => setOpen(false)} />`}
  </div>`;
}
