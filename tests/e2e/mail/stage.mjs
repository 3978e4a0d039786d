// Host, plugin, emulator and a real mail server together, with an account whose invitations the CRM
// mails; and waiting until an act has had all its consequences.

import { appointment } from '../support/browser_stage.mjs';
import { MailRelay } from '../support/mail_relay.mjs';
import { chooseSender, sentMails, setUpMailServer } from '../support/mailer.mjs';
import { Stage, today } from '../support/stage.mjs';
import { until } from '../support/until.mjs';
import { next, plus } from '../world/days.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from '../world/people.mjs';

export const attendee = (email, more = {}) => ({ email, partstat: 'needs_action', ...more });

export class MailStage {
  /** `world`: as makeWorld answers it. */
  static async open(world, options = {}) {
    const mails = new MailStage();
    try {
      mails.relay = await MailRelay.open();
      mails.stage = await Stage.open({ world, ...options });
      const { crm, account } = await mails.stage.connected();
      mails.crm = crm;
      mails.account = account.id;
      mails.administrator = await mails.stage.login(ADMINISTRATOR);
      mails.lena = await mails.stage.google.person(GOOGLE_ACCOUNT.email);
      await setUpMailServer(mails.administrator, mails.relay);
      // Appointments that exist at the first reading are not new ones.
      await crm.syncNow(mails.account);
      await chooseSender(crm, mails.account, 'crm', 'en');
      mails.relay.forget(); // the test mail
    } catch (error) {
      await mails.close();
      throw error;
    }
    return mails;
  }

  monday = next(plus(today(), 7), 'MO');
  #markers = 0;

  create = (summary, guests, more = {}, day = plus(this.monday, 1)) =>
    this.crm.create(
      appointment(summary, day, '10:00', '11:00', { attendees: guests.map(attendee), ...more }),
    );

  /**
   * Until nothing that happened so far can mail any more: what the plugin hands over keeps its
   * order, so that the mail about an appointment that is made now comes last.
   */
  async quiet() {
    const marker = `marker${++this.#markers}@last.example`;
    await this.crm.syncNow(this.account);
    await this.create('Marker', [marker], {}, plus(this.monday, 40));
    await this.crm.syncNow(this.account);
    // The CRM sends 60 messages a minute.
    await this.relay.arrived(marker, 1, { timeout: 75_000 });
    await until(
      'all mail to have left',
      async () =>
        (await sentMails(this.crm, '&state=waiting')).length === 0 && this.relay.isQuiet(),
      { timeout: 20_000 },
    );
  }

  /** What guests got, without the markers. */
  get messages() {
    return this.relay.messages.filter(({ to: [address] }) => !address.endsWith('@last.example'));
  }

  async close() {
    try {
      await this.stage?.close();
    } finally {
      await this.relay?.close();
    }
  }
}
