// A user at Google's pages, without a browser: follows the address, chooses an account, ticks or
// unticks scopes, allows or cancels. Reads the links and the form of the pages as a browser would.

const unescaped = (text) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const attribute = (tag, name) =>
  unescaped(tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? '');

async function page(address, init = {}) {
  const answer = await fetch(address, { redirect: 'manual', ...init });
  return {
    status: answer.status,
    text: await answer.text(),
    location: answer.headers.get('location'),
  };
}

/** What the chooser offers: [{email, address}], and the address of its Cancel link. */
export async function chooser(address, language = 'de') {
  const { status, text } = await page(address, { headers: { 'Accept-Language': language } });
  if (status !== 200)
    throw new Error(
      `Google's account page answered ${status}: ${text
        .replace(/<style>.*<\/style>/s, '')
        .replace(/<[^>]+>/g, ' ')
        .replace(/\s+/g, ' ')
        .slice(-300)}`,
    );
  const origin = new URL(address).origin;
  const accounts = [...text.matchAll(/<a\b[^>]*data-email="[^"]*"[^>]*>/g)].map(([tag]) => ({
    email: attribute(tag, 'data-email'),
    address: new URL(attribute(tag, 'href'), origin).href,
  }));
  const cancel = [...text.matchAll(/<a\b[^>]*class="button"[^>]*>/g)].map(([tag]) =>
    attribute(tag, 'href'),
  )[0];
  return { accounts, cancel, text };
}

/**
 * Goes through both pages and returns the address to which Google redirects the browser. `untick`:
 * scopes whose box is cleared; `allow: false` presses Cancel.
 */
export async function consent(address, email, { allow = true, untick = [], language = 'de' } = {}) {
  const { accounts } = await chooser(address, language);
  const chosen = accounts.find((account) => account.email === email);
  if (!chosen)
    throw new Error(
      `Google's chooser does not offer ${email}, ` +
        `only ${accounts.map((account) => account.email).join(', ')}`,
    );
  const { status, text, location } = await page(chosen.address, {
    headers: { 'Accept-Language': language },
  });
  if (status === 302) return { back: location, scopes: [] }; // everything was allowed before
  if (status !== 200) throw new Error(`Google's consent page answered ${status}`);
  const tags = [...text.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag);
  const form = new URLSearchParams();
  for (const tag of tags.filter((one) => attribute(one, 'type') === 'hidden'))
    form.append(attribute(tag, 'name'), attribute(tag, 'value'));
  const boxes = tags
    .filter((one) => attribute(one, 'type') === 'checkbox')
    .map((tag) => ({ scope: attribute(tag, 'value'), tickable: !/\bdisabled\b/.test(tag) }));
  for (const { scope, tickable } of boxes)
    if (tickable && !untick.some((part) => scope.endsWith(part))) form.append('scope', scope);
  form.append('decision', allow ? 'allow' : 'cancel');
  const action = new URL(attribute(text.match(/<form\b[^>]*>/)[0], 'action'), chosen.address).href;
  const decided = await page(action, {
    method: 'POST',
    body: form,
    headers: { 'Accept-Language': language, 'Origin': new URL(action).origin },
  });
  if (decided.status !== 302 && decided.status !== 303)
    throw new Error(`Google's consent page answered ${decided.status} to the decision`);
  return { back: decided.location, scopes: boxes.map(({ scope }) => scope), text };
}
