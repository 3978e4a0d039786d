// The entry module: shows the log-in page or the frame, depending on the session.
import { beginCalendar, prepareCalendar } from './calendar/begin.js';
import { Frame } from './frame/frame.js';
import { Component, html, render } from './html.js';
import { t } from './i18n.js';
import { LoginPage } from './pages/login.js';
import { session, start, whenEntering } from './session.js';
import { useStore } from './store.js';

class Boundary extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ broken: true });
  }
  render() {
    if (!this.state.broken) return this.props.children;
    return html`<main class="full-message">
      <h1>${t('error.broken.title')}</h1>
      <p>${t('error.broken.text')}</p>
      <button class="button primary" type="button" onClick=${() => location.reload()}>
        ${t('action.reload')}
      </button>
    </main>`;
  }
}

function App() {
  const { state, version, locked } = useStore(session);
  if (state === 'loading') return null;
  if (state === 'unreachable') {
    return html`<main class="full-message">
      <h1>${t('error.unreachable.title')}</h1>
      <p>${t('error.unreachable.text')}</p>
      <button class="button primary" type="button" onClick=${() => start()}>
        ${t('action.retry')}
      </button>
    </main>`;
  }
  if (state !== 'in') return html`<${LoginPage} />`;
  return html`
    <div class="under" inert=${locked}><${Frame} key=${version} /></div>
    ${locked && html`<div class="over"><${LoginPage} /></div>`}
  `;
}

render(html`<${Boundary}><${App} /><//>`, document.getElementById('app'));
whenEntering(beginCalendar);
start();
prepareCalendar();
