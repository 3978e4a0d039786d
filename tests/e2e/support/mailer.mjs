// The administrator's and the salesperson's part before the CRM mails invitations: the mail server
// with its test mail, and the account's choice who invites.

import { makePng } from './pictures.mjs';
import { PLUGIN } from './setup.mjs';
import { until } from './until.mjs';

const codeIn = (raw) => {
  const text = raw.toString().replace(/=\r\n/g, '');
  const found = /(?:Code|code)[^0-9]{1,12}(\d{6})\b/.exec(text);
  if (!found) throw new Error(`no code of six digits in ${text}`);
  return found[1];
};

/** The code of the newest test mail to the administrator. */
export async function testCode(sink, address, count = 1) {
  return codeIn((await sink.arrived(address, count)).raw);
}

/** `administrator` stores the mail server and confirms its test mail. */
export async function setUpMailServer(administrator, sink, more = {}) {
  await administrator.call('PUT', '/api/mail/settings', sink.settings(more));
  const { email } = administrator.user;
  const before = sink.to(email).length;
  await administrator.call('POST', '/api/mail/test', {});
  const code = await testCode(sink, email, before + 1);
  return administrator.call('POST', '/api/mail/test/confirm', { code });
}

/** `invitations` and `language`: values of the plugin's options. */
export async function chooseSender(crm, account, invitations, language = 'de') {
  const opened = await crm.startFlow(PLUGIN, 'options', account);
  let { step } = opened;
  if (step.type === 'menu') {
    const option = step.options.find((one) => one.step.includes('calendars'));
    step = (await crm.answer(opened.flow, option.step, {})).step;
  }
  const wanted = { ...step.values, invitations, invitation_language: language };
  step = (await crm.answer(opened.flow, step.step, wanted)).step;
  if (step.type !== 'finish') throw new Error(`the choice was not taken: ${JSON.stringify(step)}`);
  await until('the choice in the status', async () => {
    const status = await crm.call('GET', `/api/accounts/${encodeURIComponent(account)}/status`);
    return status.invitations?.choice === invitations;
  });
}

export const setLogo = (crm, account, alt = 'Nordlicht Software', picture = makePng(400, 120)) =>
  crm.call('PUT', `/api/accounts/${encodeURIComponent(account)}/logo`, {
    alt,
    base64: picture.toString('base64'),
  });

export const sentMails = async (crm, query = '') =>
  (await crm.call('GET', `/api/mail?limit=200${query}`)).items;
