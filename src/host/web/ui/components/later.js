// A page whose modules are loaded when it is first shown: in the bundle they are another file.
import { html, useEffect, useState } from '../html.js';
import { t } from '../i18n.js';
import { LoadError, Skeleton } from './basics.js';

// `load` answers the component.
export function later(load) {
  let Page = null;
  return function Later(props) {
    const [state, setState] = useState('loading');
    useEffect(() => {
      let ended = false;
      const show = (found) => !ended && setState(found);
      if (!Page)
        load()
          .then((component) => {
            Page = component;
            show('ready');
          })
          .catch((error) => {
            console.error(error);
            show('failed');
          });
      return () => {
        ended = true;
      };
    }, []);
    if (Page) return html`<${Page} ...${props} />`;
    if (state === 'loading') return html`<div class="content"><${Skeleton} rows=${6} /></div>`;
    return html`<div class="content">
      <${LoadError} text=${t('error.offline')} retry=${() => location.reload()} />
    </div>`;
  };
}
