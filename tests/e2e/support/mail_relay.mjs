// A real mail server on loopback: Debian's Postfix as the relay, which asks for STARTTLS with a
// certificate of a test's own authority and for a log-in that Dovecot checks, and which delivers to
// a Maildir. All its files are in a folder of the test; nothing leaves the machine, and a mail
// server that runs on it is neither used nor changed. Postfix's master runs as root only: another
// user needs sudo without a password.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';

import { makeAuthority, makeCertificate } from './certificates.mjs';
import { mayConnect } from './outgoing.mjs';
import { freePorts, Program } from './program.mjs';
import { scratch } from './scratch.mjs';
import { until } from './until.mjs';

const POSTFIX = '/usr/sbin/postfix';
const DOVECOT = '/usr/sbin/dovecot';
const isRoot = process.getuid() === 0;
const ROOT = isRoot ? [] : ['sudo', '-n'];
const asRoot = (...line) => {
  const [program, ...args] = [...ROOT, ...line];
  execFileSync(program, args, { stdio: 'ignore' });
};
// Who owns the mailboxes: the test reads them.
const NOBODY = 65534;
const OWNER = isRoot
  ? { uid: NOBODY, gid: NOBODY }
  : { uid: process.getuid(), gid: process.getgid() };
export const LOGIN = { user: 'crm', password: 'the relay’s password' };

const mainCf = (folder, tls) => `compatibility_level = 3.6
queue_directory = ${folder}/spool
data_directory = ${folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = ${folder}/maillog
maillog_file_prefixes = ${folder}
default_transport = error:no mail leaves this machine
relay_transport = error:no mail leaves this machine
local_transport = error:no mail is for this machine
alias_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:${OWNER.uid}
virtual_gid_maps = static:${OWNER.gid}
virtual_transport = virtual
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = ${tls.certificate}
smtpd_tls_key_file = ${tls.key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${folder}/auth.sock
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:${folder}/refused, permit
smtpd_client_restrictions =
maximal_queue_lifetime = 1h
bounce_queue_lifetime = 1h
`;

const masterCf = (port) => `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
`;

const dovecotConf = (folder) => `protocols =
base_dir = ${folder}/dovecot
log_path = ${folder}/dovecot.log
ssl = no
auth_mechanisms = plain login
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${OWNER.uid} gid=${OWNER.gid} home=${folder}
}
service auth {
  unix_listener ${folder}/auth.sock {
    mode = 0666
  }
}
`;

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('220 '));
    });
    socket.once('error', () => resolve(false));
  });

function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

// A file of a Maildir: its name begins with the second of its delivery and says the microsecond.
// Postfix puts its own lines before those that it was sent, and ends lines with LF.
const OF_POSTFIX =
  /^(?:(?:Return-Path|X-Original-To|Delivered-To|Received):[^\n]*\n(?:[ \t][^\n]*\n)*)+/;

function messageAt(path) {
  const [, second, micro] = /^(\d+)\..*?M(\d+)/.exec(basename(path));
  const text = readFileSync(path, 'latin1');
  const [own = ''] = OF_POSTFIX.exec(text) ?? [];
  return {
    at: Number(second) * 1e6 + Number(micro),
    from: /^Return-Path: <(.*)>$/m.exec(own)?.[1],
    to: [/^Delivered-To: (.*)$/m.exec(own)?.[1]],
    raw: Buffer.from(text.slice(own.length).replaceAll('\n', '\r\n'), 'latin1'),
  };
}

// Mail that is being delivered has a name in "tmp" until it is complete.
const delivered = (folder) =>
  files(folder)
    .filter((path) => !path.includes('/tmp/'))
    .map(messageAt)
    .sort((one, other) => one.at - other.at);

export class MailRelay {
  /** `accounts`: further log-ins as {user: password}. */
  static async open({ accounts = {} } = {}) {
    const lacking = [POSTFIX, DOVECOT].filter((path) => !existsSync(path));
    if (lacking.length > 0)
      throw new Error(`not installed: ${lacking.join(', ')} (Debian: postfix dovecot-core)`);
    const relay = new MailRelay();
    relay.folder = scratch('crm-relay-');
    try {
      await relay.#start({ [LOGIN.user]: LOGIN.password, ...accounts });
    } catch (error) {
      const logs = ['maillog', 'dovecot.log'].map((name) => join(relay.folder, name));
      const said = logs.filter(existsSync).map((path) => readFileSync(path, 'utf8'));
      await relay.close();
      throw new Error(`${error.message}\n${said.join('\n')}`, { cause: error });
    }
    return relay;
  }

  async #start(accounts) {
    const { folder } = this;
    const path = (name) => join(folder, name);
    chmodSync(folder, 0o755); // Postfix's processes are other users
    [this.port] = await freePorts(1);
    mayConnect(this.port);
    this.authority = makeAuthority(folder, 'mail-authority');
    const tls = makeCertificate(folder, this.authority, ['relay.example'], 'relay');
    for (const name of ['spool', 'data', 'mail', 'dovecot', 'etc']) mkdirSync(path(name));
    const write = (name, text) => writeFileSync(path(name), text);
    write('etc/main.cf', mainCf(folder, tls));
    write('etc/master.cf', masterCf(this.port));
    write('refused', '/^refused@/ 550 5.1.1 no such person\n');
    const users = Object.entries(accounts).map(([user, password]) => `${user}:{PLAIN}${password}`);
    write('users', `${users.join('\n')}\n`);
    write('dovecot.conf', dovecotConf(folder));
    asRoot('chown', 'postfix', path('data'));
    asRoot('chown', `${OWNER.uid}:${OWNER.gid}`, path('mail'));
    asRoot('chown', '-R', 'root', path('etc'));
    const run = (name, program, args) => new Program(name, program, args, { wrap: ROOT });
    this.dovecot = run('dovecot', DOVECOT, ['-F', '-c', path('dovecot.conf')]);
    await this.dovecot.ready(() => existsSync(path('auth.sock')));
    // Run as the first process of a container it would stay in the foreground in any case.
    this.postfix = run('postfix', POSTFIX, ['-c', path('etc'), 'start-fg']);
    await this.postfix.ready(() => answers(this.port));
  }

  /** The settings of crm_host's administration that lead here. */
  settings = (more = {}) => ({
    host: '127.0.0.1',
    port: this.port,
    security: 'starttls',
    ca_file: this.authority.certificate,
    ...LOGIN,
    from: 'termine@nordlicht-software.example',
    own_domains: [],
    hold_seconds: 0,
    ...more,
  });

  /** What was delivered, in the order of arrival: {from, to, raw}. One Maildir has it all. */
  get messages() {
    return delivered(join(this.folder, 'mail'));
  }

  to = (address) => this.messages.filter(({ to }) => to.includes(address));

  /** Whether Postfix has delivered all that it took. */
  isQuiet = () =>
    ['incoming', 'active', 'deferred', 'maildrop'].every(
      (name) => files(join(this.folder, 'spool', name)).length === 0,
    );

  /** The message number `count` to the address. */
  async arrived(address, count = 1, options = { timeout: 20_000 }) {
    await until(`message ${count} to ${address}`, () => this.to(address).length >= count, options);
    return this.to(address)[count - 1];
  }

  /** Empties the mailbox. */
  forget() {
    for (const path of files(join(this.folder, 'mail'))) rmSync(path);
  }

  log = () => readFileSync(join(this.folder, 'maillog'), 'utf8');

  async close() {
    if (this.postfix?.alive) asRoot(POSTFIX, '-c', join(this.folder, 'etc'), 'stop');
    if (this.dovecot?.alive) asRoot('doveadm', '-c', join(this.folder, 'dovecot.conf'), 'stop');
    await Promise.all([this.postfix?.ended, this.dovecot?.ended]);
    asRoot('rm', '-rf', this.folder);
  }
}
