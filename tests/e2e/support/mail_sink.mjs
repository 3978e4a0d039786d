// A mail server on loopback that keeps what it is given, and refuses what a test wants refused.

import { SMTPServer } from 'smtp-server';

import { mayConnect } from './outgoing.mjs';
import { until } from './until.mjs';

const refusal = (code, words) => Object.assign(new Error(words), { responseCode: code });

export class MailSink {
  static async open() {
    const sink = new MailSink();
    await new Promise((resolve, reject) => {
      sink.server.once('error', reject);
      sink.server.listen(0, '127.0.0.1', resolve);
    });
    mayConnect(sink.port);
    sink.server.on('error', () => {}); // of one connection; its client notices it too
    return sink;
  }

  constructor() {
    this.messages = []; // {from, to, raw}, in the order of their arrival
    // What is refused: {auth, mail, data} as [code, words], and {rcpt: {address: [code, words]}}.
    this.refusals = {};
    this.server = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      onAuth: (auth, _session, done) => done(this.#refused('auth'), { user: auth.username }),
      onMailFrom: (_address, _session, done) => done(this.#refused('mail')),
      onRcptTo: ({ address }, _session, done) => done(this.#refused('rcpt', address)),
      onData: (stream, session, done) => this.#receive(stream, session, done),
    });
  }

  get port() {
    return this.server.server.address().port;
  }

  /** The settings of crm_host's administration that lead here. */
  settings = (more = {}) => ({
    host: '127.0.0.1',
    port: this.port,
    security: 'none',
    user: '',
    from: 'termine@nordlicht-software.example',
    own_domains: [],
    hold_seconds: 0,
    ...more,
  });

  #refused(command, address) {
    const found = this.refusals[command];
    const words = address ? found?.[address] : found;
    return words ? refusal(...words) : null;
  }

  #receive(stream, session, done) {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => {
      const no = this.#refused('data');
      if (no) return done(no);
      const { mailFrom, rcptTo } = session.envelope;
      this.messages.push({
        from: mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        raw: Buffer.concat(parts),
      });
      return done(null, 'kept');
    });
  }

  to = (address) => this.messages.filter(({ to }) => to.includes(address));

  /** The message number `count` to the address. */
  async arrived(address, count = 1, options = { timeout: 20_000 }) {
    await until(`message ${count} to ${address}`, () => this.to(address).length >= count, options);
    return this.to(address)[count - 1];
  }

  close = () => new Promise((resolve) => this.server.close(resolve));
}
