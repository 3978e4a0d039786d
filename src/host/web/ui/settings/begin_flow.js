// How every settings flow begins: by a request, and then by its page.
import * as api from '../api.js';
import { go } from '../router.js';

const kStored = 'crm.flow.';

// What kind of flow it was. The host lists unfinished flows only, and a finished one is met when the other side's page sends the browser back.
export function rememberedFlow(flow) {
  try {
    return JSON.parse(sessionStorage.getItem(kStored + flow));
  } catch {
    return null;
  }
}

// Begins a flow and goes to it; `wanted` chooses from a menu that comes first.
export async function beginFlow(plugin, kind, account, wanted) {
  const { flow, step } = await api.post(
    '/api/flows',
    account ? { plugin, kind, account } : { plugin, kind },
  );
  const option =
    step.type === 'menu' && wanted && step.options.find((item) => item.step.includes(wanted));
  if (option) await api.post(`/api/flows/${api.segment(flow)}`, { step: option.step, input: {} });
  sessionStorage.setItem(kStored + flow, JSON.stringify({ plugin, kind, account }));
  go('settings', 'calendars', 'flow', flow);
}
