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

const isWeb = (url) => /^https?:\/\//.test(url || '');

// Leaves for the other side's page, where an external step happens. Answers whether it does.
export function goOutside(step) {
  if (step.type !== 'external' || !isWeb(step.url)) return false;
  location.assign(step.url);
  return true;
}

// Starts a flow and opens its page, or the other side's page if that comes first. `wanted` selects
// an option when the first step is a menu.
export async function beginFlow(plugin, kind, account, wanted) {
  const { flow, step } = await api.post(
    '/api/flows',
    account ? { plugin, kind, account } : { plugin, kind },
  );
  const option =
    step.type === 'menu' && wanted && step.options.find((item) => item.step.includes(wanted));
  if (option) await api.post(`/api/flows/${api.segment(flow)}`, { step: option.step, input: {} });
  sessionStorage.setItem(STORAGE_PREFIX + flow, JSON.stringify({ plugin, kind, account }));
  if (goOutside(step)) return;
  navigate('settings', 'calendars', 'flow', flow);
}
