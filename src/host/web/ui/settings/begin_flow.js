// How every settings flow begins: by a request, and then by its page.
import * as api from '../api.js';
import { go } from '../router.js';

// Begins a flow and goes to it; `wanted` chooses from a menu that comes first.
export async function beginFlow(plugin, kind, account, wanted) {
  let { flow, step } = await api.post('/api/flows', account ? { plugin, kind, account } : { plugin, kind });
  const option = step.type === 'menu' && wanted && step.options.find((item) => item.step.includes(wanted));
  if (option) ({ step } = await api.post(`/api/flows/${api.segment(flow)}`, { step: option.step, input: {} }));
  go('settings', 'calendars', 'flow', flow);
}
