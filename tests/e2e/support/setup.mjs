// The set-up of an account, step by step over the CRM's API and Google's pages: S-08 to S-19.

import { consent } from './consent.mjs';
import { CrmError } from './crm.mjs';
import { PLUGIN } from './paths.mjs';
import { until } from './until.mjs';

export { PLUGIN };
export const CLIENT = {
  client_id: 'demo.apps.googleusercontent.example',
  client_secret: 'GOCSPX-demo',
};
/** The value of the drop-down that means the CRM's own calendar. */
export const crmCalendarOf = (step) => step.schema.properties.default_calendar.enum[0];

/** The current step of a flow, without its envelope. */
const stepOf = (answer) => (answer.step?.type ? answer.step : answer);

/** Brings the browser back from Google to the CRM, which redirects it to its page. */
export async function comeBack(crm, address) {
  const answer = await crm.send('GET', address);
  return {
    status: answer.status,
    location: answer.headers.get('location') ?? '',
    text: answer.text,
  };
}

/**
 * The administrator's part, once per installation: stores the OAuth client. Leaves the flow again.
 */
export async function storeClient(crm) {
  const opened = await crm.startFlow(PLUGIN, 'setup');
  let step = stepOf(opened);
  if (step.type === 'form' && step.step === 'credentials')
    step = stepOf(await crm.answer(opened.flow, 'credentials', CLIENT));
  await crm.dropFlow(opened.flow);
  if (step.type !== 'external')
    throw new Error(`after the OAuth client the flow is at ${JSON.stringify(step)}`);
}

/** Up to the settings form. Returns {flow, step, scopes}. */
export async function openSettings(crm, email, consentOptions = {}) {
  const opened = await crm.startFlow(PLUGIN, 'setup');
  const external = stepOf(opened);
  if (external.type !== 'external')
    throw new Error(`the set-up does not begin with Google's page: ${JSON.stringify(external)}`);
  const { back, scopes } = await consent(external.url, email, consentOptions);
  const returned = await comeBack(crm, back);
  if (returned.status !== 302 && returned.status !== 303)
    throw new Error(`coming back from Google: ${returned.status} ${returned.text.slice(0, 200)}`);
  return { flow: opened.flow, external, back, scopes, step: stepOf(await crm.flow(opened.flow)) };
}

/** From the settings form to the preview. `progress` is called with each progress step. */
export async function toPreview(crm, flow, input, progress = () => {}) {
  let step = stepOf(await crm.answer(flow, 'account', input));
  let lost = '';
  await until(
    'the preview',
    async () => {
      if (step.type === 'progress') {
        progress(step);
        step = stepOf(
          await crm.answer(flow, step.step, {}).catch((error) => {
            // A refusal may pass; a host that does not answer has ended.
            if (!(error instanceof CrmError)) lost = `the CRM does not answer: ${error.message}`;
            throw error;
          }),
        );
      }
      return step.type !== 'progress';
    },
    { timeout: 30_000, every: 20, unless: () => lost },
  );
  return step;
}

/**
 * The whole set-up. choice: {name, visible: ids or (labels, ids) => ids, default: id, 'primary' or
 * 'crm', existing}.
 */
export async function connect(
  crm,
  email,
  { name = 'Vertrieb Nord', visible = null, default: chosen = 'primary', existing = 'none' } = {},
) {
  const { flow, step } = await openSettings(crm, email);
  if (step.type !== 'form' || step.step !== 'account')
    throw new Error(`no settings form after the consent: ${JSON.stringify(step)}`);
  const { items, 'x-labels': labels } = step.schema.properties.visible;
  const input = {
    name,
    visible:
      typeof visible === 'function'
        ? visible(labels, items.enum)
        : (visible ?? step.values.visible),
    default_calendar:
      chosen === 'crm' ? crmCalendarOf(step) : chosen === 'primary' ? email : chosen,
  };
  const preview = await toPreview(crm, flow, input);
  if (preview.step !== 'preview') throw new Error(`no preview: ${JSON.stringify(preview)}`);
  const finish = stepOf(await crm.answer(flow, 'preview', { existing }));
  if (finish.type !== 'finish')
    throw new Error(`the set-up did not finish: ${JSON.stringify(finish)}`);
  const account = (await crm.accounts()).find((one) => one.identity === email);
  if (!account)
    throw new Error(`the account is not listed: ${JSON.stringify(await crm.accounts())}`);
  return { account, preview, finish, flow };
}
