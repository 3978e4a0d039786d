// The list of keyboard shortcuts, opened by "?".
import { Dialog } from '../components/dialog.js';
import { html } from '../html.js';
import { t } from '../i18n.js';

const SHORTCUTS = [
  [['c'], 'help.create'],
  [['t'], 'help.today'],
  [['←', '→'], 'help.move'],
  [['m', 'w', 'd', 'l'], 'help.views'],
  [['↑', '↓'], 'help.entries'],
  [['Alt', '↑ ↓ ← →'], 'help.move_entry'],
  [['Alt', 'Shift', '↑ ↓'], 'help.resize_entry'],
  [['/'], 'help.search'],
  [['Ctrl', 'Z'], 'help.undo'],
  [['?'], 'help.keyboard'],
  [['Esc'], 'action.close'],
];

export function KeyboardHelp({ onClose }) {
  return html`<${Dialog} title=${t('help.keyboard')} onClose=${onClose} class="small">
    <dl class="keys">
      ${SHORTCUTS.map(
        ([keys, text]) => html`<div>
          <dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
          <dd>${t(text)}</dd>
        </div>`,
      )}
    </dl>
  <//>`;
}
