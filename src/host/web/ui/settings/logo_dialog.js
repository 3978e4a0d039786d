// Chooses the logo of an account and the company that it belongs to. The picture is shown on white
// and on black before it is sent. It is drawn on a canvas: the policy of the pages allows no
// picture without an address.
import { Button, Icon, Notice } from '../components/basics.js';
import { Dialog } from '../components/dialog.js';
import { Field, focusFirstError, TextField } from '../components/field.js';
import { showToast } from '../components/toast.js';
import { html, useEffect, useRef, useState } from '../html.js';
import { hasText, messageOf, t } from '../i18n.js';
import { logoError, toBase64 } from '../mail/image_header.js';
import { renameLogo, saveLogo } from '../mail/mail_api.js';

const MAX_COMPANY = 60;
// As mails show it.
const BOX = { width: 240, height: 80 };

function draw(canvas, picture) {
  const scale = Math.min(1, BOX.width / picture.width, BOX.height / picture.height);
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
}

function Canvas({ picture, label }) {
  const ref = useRef(null);
  useEffect(() => draw(ref.current, picture), [picture]);
  return html`<canvas ref=${ref} role="img" aria-label=${label}></canvas>`;
}

// `children(ground)` on white and on black.
export const Grounds = ({ children }) =>
  html`<div class="logo-grounds">
    ${['light', 'dark'].map(
      (ground) => html`<figure class=${`logo-ground ${ground}`} key=${ground}>
        ${children(ground)}
        <figcaption>${t(`logo.on_${ground}`)}</figcaption>
      </figure>`,
    )}
  </div>`;

// Answers {bytes, picture, name}, or {error}: a text key.
async function read(file) {
  if (file.size > 8 * 1024 * 1024) return { error: 'logo.error.size' };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const error = logoError(bytes);
  if (error) return { error };
  try {
    return { bytes, name: file.name, picture: await createImageBitmap(new Blob([bytes])) };
  } catch {
    return { error: 'logo.error.damaged' };
  }
}

// The field that the host's refusal belongs to; null: to neither.
function fieldErrors(failure) {
  if (failure.field === 'base64' || failure.key?.startsWith('logo.error.'))
    return { image: hasText(failure.key) ? failure.key : 'logo.error.damaged' };
  if (failure.code === 'too_large') return { image: 'logo.error.size' };
  if (failure.field === 'alt') return { company: 'logo.error.company' };
  return null;
}

function FileField({ logo, chosen, error, onChoose }) {
  const [over, setOver] = useState(false);
  const input = useRef(null);
  return html`<${Field}
    id="logo-file"
    label=${t('logo.file')}
    hint=${t('logo.hint')}
    error=${error}
  >
    <div
      class=${`logo-drop ${over ? 'over' : ''}`}
      onDragOver=${(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave=${() => setOver(false)}
      onDrop=${(event) => {
        event.preventDefault();
        setOver(false);
        onChoose(event.dataTransfer.files[0]);
      }}
    >
      <input
        class="sr"
        id="logo-file"
        ref=${input}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        aria-invalid=${error ? 'true' : undefined}
        aria-describedby=${error ? 'logo-file-hint logo-file-error' : 'logo-file-hint'}
        onChange=${(event) => {
          onChoose(event.target.files[0]);
          event.target.value = '';
        }}
      />
      <${Button}
        icon="image"
        tabindex="-1"
        aria-hidden="true"
        onClick=${() => input.current.click()}
      >
        ${t(logo || chosen ? 'logo.choose_other' : 'logo.choose')}
      <//>
      <span class="muted clip" dir="auto" role="status">
        ${chosen ? chosen.name : t('logo.drop')}
      </span>
    </div>
  <//>`;
}

export function LogoDialog({ account, logo, onSaved, onClose }) {
  const [company, setCompany] = useState(logo?.alt || '');
  const [chosen, setChosen] = useState(null);
  const [errors, setErrors] = useState({});
  const [refusal, setRefusal] = useState(null);
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const choose = async (file) => {
    if (!file) return;
    const found = await read(file);
    setErrors((old) => ({ ...old, image: found.error }));
    setChosen(found.error ? null : found);
  };
  const show = (found) => {
    setErrors(found);
    focusFirstError(form.current);
  };
  const submit = async () => {
    setRefusal(null);
    const isMissing = !chosen && !logo;
    const image = errors.image || (isMissing ? 'logo.error.missing' : '');
    const found = {
      ...(image ? { image } : {}),
      ...(company.trim() ? {} : { company: 'logo.error.company' }),
    };
    if (Object.keys(found).length) return show(found);
    setBusy(true);
    try {
      const alt = company.trim();
      if (chosen) await saveLogo(account, { alt, base64: toBase64(chosen.bytes) });
      else await renameLogo(account, alt);
    } catch (failure) {
      setBusy(false);
      const fields = fieldErrors(failure);
      return fields ? show(fields) : setRefusal(failure);
    }
    showToast(t('logo.saved'));
    return onSaved();
  };
  return html`<${Dialog}
    title=${t(logo ? 'logo.replace_title' : 'logo.add_title')}
    class="logo-dialog"
    onClose=${onClose}
    onSubmit=${submit}
    footer=${html`
      <${Button} onClick=${onClose}>${t('action.cancel')}<//>
      <${Button} kind="primary" type="submit" busy=${busy}>${t('action.save')}<//>
    `}
  >
    <div class="stack" ref=${form}>
      ${refusal && html`<${Notice} kind="bad">${messageOf(refusal)}<//>`}
      <${FileField}
        logo=${logo}
        chosen=${chosen}
        error=${errors.image && t(errors.image)}
        onChoose=${choose}
      />
      ${
        chosen &&
        html`<${Grounds}>
          ${(ground) => html`<${Canvas}
            picture=${chosen.picture}
            label=${t('logo.picture', { company: company.trim() || chosen.name })}
            key=${ground}
          />`}
        <//>`
      }
      <${TextField}
        id="logo-company"
        label=${t('logo.company')}
        hint=${t('logo.company_hint')}
        value=${company}
        maxlength=${MAX_COMPANY}
        autocomplete="organization"
        required
        onInput=${(text) => {
          setCompany(text);
          setErrors(({ company: _, ...rest }) => rest);
        }}
        error=${errors.company && t(errors.company)}
      />
      <p class="muted"><${Icon} name="info" /> ${t('logo.from_now')}</p>
    </div>
  <//>`;
}
