// A consent of the plugin's set-up up to the provider's page, and back; and a provider that a test
// plays.

import { createServer } from 'node:http';

import { PLUGIN } from './host.mjs';

/** {flow, state, nonce} of a set-up that waits for the provider. */
export async function openConsent(admin, secret = 'a client secret') {
  const begun = await admin.send('POST', '/api/flows', { plugin: PLUGIN, kind: 'setup' });
  let { flow, step } = begun.json ?? {};
  if (step?.step === 'credentials') {
    const input = { client_id: 'client-1', client_secret: secret };
    ({ step } = (
      await admin.send('POST', `/api/flows/${flow}`, { step: 'credentials', input })
    ).json);
  }
  if (step?.type !== 'external')
    throw new Error(`no consent: ${begun.text} ${JSON.stringify(step)}`);
  const query = new URL(step.url).searchParams;
  return { flow, state: query.get('state'), nonce: query.get('nonce') };
}

/** The redirect from the provider's page. */
export const callback = (browser, query) =>
  browser.send('GET', `/plugins/${PLUGIN}/callback?${new URLSearchParams(query)}`);

export const currentStep = async (browser, flow) =>
  (await browser.send('GET', `/api/flows/${flow}`)).json.step;

/** A server on a free port: `answer({method, url, body})` gives {status, body}. */
export async function provider(answer) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const asked = { method: request.method, url: request.url, body };
    requests.push(asked);
    const { status, body: sent } = answer(asked);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(sent));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => server.close(),
  };
}
