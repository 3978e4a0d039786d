// Starts a settings flow and opens its page.
import * as api from '../api.js';
import { navigate } from '../router.js';

const STORAGE_PREFIX = 'crm.flow.';

// The kind, plugin and account of a flow started in this tab, or null. GET /api/flows lists
// unfinished flows only, but the other side's page may send the browser back to a finished one.
export function rememberedFlow(flow) {
  try {
    return JSON.parse(sessionStorage.getItem(STORAGE_PREFIX + flow));
  } catch {
    return null;
  }
}

// Starts a flow and opens its page. `wanted` selects an option when the first step is a menu.
export async function beginFlow(plugin, kind, account, wanted) {
  const { flow, step } = await api.post(
    '/api/flows',
    account ? { plugin, kind, account } : { plugin, kind },
  );
  const option =
    step.type === 'menu' && wanted && step.options.find((item) => item.step.includes(wanted));
  if (option) await api.post(`/api/flows/${api.segment(flow)}`, { step: option.step, input: {} });
  sessionStorage.setItem(STORAGE_PREFIX + flow, JSON.stringify({ plugin, kind, account }));
  navigate('settings', 'calendars', 'flow', flow);
}
