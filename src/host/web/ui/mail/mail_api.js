// The mail routes of the API, in one place; times as milliseconds, 0 for none.
import * as api from '../api.js';

const account = (id) => `/api/accounts/${api.segment(id)}`;
const message = (id) => `/api/mail/${api.segment(id)}`;
const SETTINGS = '/api/mail/settings';

const timeOf = (text) => (text ? Date.parse(text) || 0 : 0);

// `at` is when the message was made, `since` when its state began.
const itemOf = (item) => ({
  ...item,
  at: timeOf(item.created),
  since: timeOf(item.at),
  next_at: timeOf(item.next_at),
});

function settingsOf(settings) {
  const errors = (settings.errors || []).map((error) => ({ ...error, at: timeOf(error.at) }));
  return { ...settings, errors };
}

export const loadServer = async () => settingsOf(await api.get(SETTINGS));
export const saveServer = async (settings) => settingsOf(await api.put(SETTINGS, settings));
export const switchServerOff = () => api.del(SETTINGS);
export const sendTest = () => api.post('/api/mail/test');
export const confirmTest = async (code) =>
  settingsOf(await api.post('/api/mail/test/confirm', { code }));
export const decideHeld = (action) => api.post('/api/mail/held', { action });

// `state`: "waiting", "sent", "failed" or undefined for all; `event`: those of one appointment;
// `account`: those of the appointments in its calendars.
export async function loadMessages({ state, event, account, after, limit }) {
  const page = await api.get(api.query('/api/mail', { state, event, account, after, limit }));
  return { items: page.items.map(itemOf), more: page.more || '' };
}
export const loadMessage = async (id) => itemOf(await api.get(message(id)));
export const messagePage = (id) => `${message(id)}/html`;
export const act = (id, action) => api.post(`${message(id)}/${action}`);

export const loadSample = (id, language) =>
  api.get(api.query(`${account(id)}/invitation`, { language }));
export const samplePage = (id, language) =>
  api.query(`${account(id)}/invitation/html`, { language });

// {logo, mailer: {state, from}}; `logo` is null or {sha256, width, height, alt, url}.
export const loadLogo = (id) => api.get(`${account(id)}/logo`);
export const saveLogo = (id, logo) => api.put(`${account(id)}/logo`, logo);
export const renameLogo = (id, alt) => api.patch(`${account(id)}/logo`, { alt });
export const removeLogo = (id) => api.del(`${account(id)}/logo`);
