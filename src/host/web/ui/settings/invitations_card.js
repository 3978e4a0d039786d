// Of a calendar account: who mails its invitations and why, the logo that is in them, and what has
// not arrived.
import { Button, Icon } from '../components/basics.js';
import { Confirm } from '../components/dialog.js';
import { showToast } from '../components/toast.js';
import { html, useEffect, useState } from '../html.js';
import { messageOf, t } from '../i18n.js';
import { onLive } from '../live.js';
import { coalesced } from '../coalesce.js';
import { loadLogo, loadMessages, removeLogo } from '../mail/mail_api.js';
import { SamplePreview } from '../mail/preview.js';
import { senderText } from '../mail/sender.js';
import { useRepeated } from '../mail/repeated.js';
import { countStates } from '../mail/states.js';
import { href } from '../router.js';
import { Grounds, LogoDialog } from './logo_dialog.js';

const LOOKED_AT = 200;
const RECENT_MS = 7 * 24 * 3600 * 1000;

// The logo, what the mailer is, and what became of the newest messages of the account. `logo`
// is undefined until it is loaded. An account's card stays usable where they cannot be loaded.
function useMailsOf(account) {
  const [found, setFound] = useState({ logo: undefined, mailer: null });
  const [counts, setCounts] = useState(null);
  const load = () => {
    loadLogo(account).then(setFound, () => {});
    const since = Date.now() - RECENT_MS;
    const recent = ({ items }) =>
      items.filter((item) => item.state !== 'failed' || item.at > since);
    Promise.all(
      ['waiting', 'failed'].map((state) => loadMessages({ state, account, limit: LOOKED_AT })),
    ).then(
      (pages) => setCounts(countStates(pages.flatMap(recent))),
      () => {},
    );
  };
  useEffect(() => {
    load();
    const again = coalesced(load);
    const stops = ['accounts', 'mail'].map((type) => onLive(type, again));
    return () => stops.forEach((stop) => stop());
  }, [account]);
  useRepeated(counts?.waiting > 0, load);
  return { ...found, counts, load };
}

function Line({ icon, text, state }) {
  return html`<div class="attention">
    <${Icon} name=${icon} />
    <span>${text}</span>
    <a class="link" href=${`${href('mail')}?${new URLSearchParams({ state })}`}>
      ${t('mail.look')}
    </a>
  </div>`;
}

// `items`: what the plugin has not handed to the mailer yet, or could not.
function MailLines({ counts, invitations }) {
  if (!counts) return null;
  const items = invitations?.items || [];
  const waiting = counts.waiting + items.filter(({ state }) => state === 'waiting').length;
  const failed = Math.max(counts.failed, invitations?.failed || 0);
  const { held } = counts;
  return html`
    ${
      failed > 0 &&
      html`<${Line}
        icon="triangle-alert"
        text=${t('account.mails_failed', { count: failed })}
        state="failed"
      />`
    }
    ${
      held > 0 &&
      html`<${Line}
        icon="triangle-alert"
        text=${t('account.mails_held', { count: held })}
        state="waiting"
      />`
    }
    ${
      waiting > 0 &&
      html`<${Line}
        icon="info"
        text=${t('account.mails_waiting', { count: waiting })}
        state="waiting"
      />`
    }
  `;
}

function Pictures({ logo }) {
  return html`<${Grounds}>
    ${(ground) => html`<img
      key=${ground}
      src=${logo.url}
      width=${logo.width}
      height=${logo.height}
      alt=${ground === 'light' ? logo.alt : ''}
    />`}
  <//>`;
}

export function InvitationsCard({ account, invitations, onChoose }) {
  const { logo, mailer, counts, load } = useMailsOf(account.id);
  const [open, setOpen] = useState(''); // "logo", "remove" or "preview"
  const close = () => setOpen('');
  const remove = async () => {
    close();
    try {
      await removeLogo(account.id);
      showToast(t('logo.removed'));
    } catch (error) {
      showToast(messageOf(error), { kind: 'bad' });
    }
    load();
  };
  if (logo === undefined) return null;
  const by = invitations?.sender;
  const label = `${t('logo.title')}: ${account.title}`;
  return html`<section class="account-invitations" aria-label=${label}>
    <div class="row between wrap">
      <h4>${t('logo.title')}</h4>
      <a class="link" href=${href('mail')}>${t('settings.sent')}</a>
    </div>
    ${
      logo
        ? html`<${Pictures} logo=${logo} />
            <p class="muted clip" dir="auto">${t('logo.company')}: ${logo.alt}</p>`
        : html`<p class="muted">${t('logo.none')}</p>`
    }
    ${
      by &&
      html`<div class="attention">
        <${Icon} name=${by === 'crm' ? 'mail' : 'info'} />
        <span dir="auto">${senderText(invitations, Boolean(logo))}</span>
      </div>`
    }
    ${
      !by &&
      mailer &&
      mailer.state !== 'ready' &&
      html`<p class="hint">${t('sender.reason.mailer')}</p>`
    }
    ${by === 'crm' && html`<p class="hint">${t('sender.google_too')}</p>`}
    <${MailLines} counts=${counts} invitations=${invitations} />
    <div class="row wrap">
      <${Button} class="small" icon=${logo ? 'pencil' : 'image'} onClick=${() => setOpen('logo')}>
        ${t(logo ? 'logo.replace' : 'logo.add')}
      <//>
      ${
        logo &&
        html`<${Button}
          class="small"
          kind="quiet danger-text"
          icon="trash-2"
          onClick=${() => setOpen('remove')}
        >
          ${t('logo.remove')}
        <//>`
      }
      <${Button} class="small" icon="eye" onClick=${() => setOpen('preview')}>
        ${t('logo.preview')}
      <//>
      ${
        by &&
        html`<${Button} class="small" icon="sliders-horizontal" onClick=${onChoose}>
          ${t('sender.choose')}
        <//>`
      }
    </div>
    ${
      open === 'logo' &&
      html`<${LogoDialog}
        account=${account.id}
        logo=${logo}
        onClose=${close}
        onSaved=${() => {
          close();
          load();
        }}
      />`
    }
    ${
      open === 'remove' &&
      html`<${Confirm}
        title=${t('logo.remove_title')}
        action=${t('logo.remove')}
        danger
        onClose=${close}
        onConfirm=${remove}
      >
        <p>${t('logo.remove_text')}</p>
      <//>`
    }
    ${open === 'preview' && html`<${SamplePreview} account=${account.id} onClose=${close} />`}
  </section>`;
}
