// Both programs with a world of their own: emulator and host on free ports, data in a temporary
// folder. A test opens a stage, plays, closes it.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { ADMINISTRATOR, GOOGLE_ACCOUNT, SALESPERSON } from '../world/people.mjs';
import { writeWorld } from '../world/world.mjs';
import { Crm } from './crm.mjs';
import { Google } from './google.mjs';
import { mayConnect, recording, strayConnections } from './outgoing.mjs';
import { EMULATOR, HOST, PLUGIN, PLUGINS, missing } from './paths.mjs';
import { PostgresDatabase, usesPostgres } from './postgres.mjs';
import { freePorts, Program } from './program.mjs';
import { scratch } from './scratch.mjs';
import { foundSecret, placesOf, secretsOf } from './secrets.mjs';
import { connect, storeClient } from './setup.mjs';

export const today = () => new Date().toISOString().slice(0, 10);

export class Stage {
  /**
   * `world`: the result of makeWorld. `host`: {env, wrap, plugins, args} of the first start.
   * `data`: the host's folder, otherwise a temporary one. `state`: the emulator's state, likewise.
   * `prepare` is called with the stage between both starts. `tls`: {certificate, key, authority},
   * PEM files with which Google is served; this process must trust the authority by
   * NODE_EXTRA_CA_CERTS. `undoSeconds`: how long what mails guests can be undone.
   */
  static async open({
    world,
    host = {},
    googleArgs = [],
    data = null,
    state = null,
    prepare = async () => {},
    tls = null,
    undoSeconds = 0,
    echo = process.env.E2E_ECHO ? process.stderr : null,
  }) {
    const lacking = missing();
    if (lacking.length > 0)
      throw new Error(`not built: ${lacking.join(', ')} (./dev build release)`);
    const stage = new Stage();
    stage.folder = scratch('crm-e2e-');
    stage.connections = join(stage.folder, 'connections');
    stage.hosts = [];
    stage.echo = echo;
    stage.world = world;
    try {
      stage.files = writeWorld(world, join(stage.folder, 'world'));
      stage.data = data ?? join(stage.folder, 'data');
      stage.state = state ?? join(stage.folder, 'google.state');
      if (usesPostgres) stage.database = await PostgresDatabase.create();
      stage.tls = tls;
      stage.undoSeconds = undoSeconds;
      stage.googleArgs = [...googleArgs, ...(tls ? ['--tls', tls.certificate, tls.key] : [])];
      [stage.port, stage.googlePort] = await freePorts(2);
      mayConnect(stage.googlePort);
      stage.crmOrigin = `http://127.0.0.1:${stage.port}`;
      stage.google = new Google(`${tls ? 'https' : 'http'}://127.0.0.1:${stage.googlePort}`);
      await stage.startGoogle();
      await prepare(stage);
      await stage.startHost(host);
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** `args`: more options, such as --allow-kill. */
  async startGoogle(args = this.googleArgs ?? []) {
    const loads = existsSync(this.state)
      ? []
      : [
          '--load',
          this.files.google,
          ...(this.world.holidays
            ? ['--load', `${GOOGLE_ACCOUNT.email}=${this.files.holidays}`]
            : []),
        ];
    this.emulator = new Program(
      'google_emulator',
      EMULATOR,
      ['--listen', `127.0.0.1:${this.googlePort}`, '--state', this.state, ...loads, ...args],
      { echo: this.echo },
    );
    await this.emulator.ready(
      async () => (await fetch(`${this.google.origin}/_emulator/stats`)).ok,
    );
  }

  /** `base` and `authority`: where the host finds Google, and the certificate that it trusts. */
  async startHost({
    env = {},
    wrap = [],
    program = HOST,
    plugins = PLUGINS,
    args = [],
    base = this.google.origin,
    authority = this.tls?.authority,
  } = {}) {
    const [, port] = /:(\d+)$/.exec(base) ?? [];
    if (port) mayConnect(port);
    this.host = new Program(
      'crm_host',
      program,
      [
        '--data',
        this.data,
        ...(this.database ? ['--database', this.database.url] : []),
        '--plugins',
        plugins,
        '--listen',
        `127.0.0.1:${this.port}`,
        '--google-base',
        base,
        '--public-url',
        this.crmOrigin,
        '--seed',
        this.files.crm,
        '--dev-unsigned',
        // Only the tests of the undo time wait for it.
        '--plugin-option',
        `${PLUGIN}:undo_seconds=${this.undoSeconds}`,
        ...(authority ? ['--plugin-option', `${PLUGIN}:ca_file=${authority}`] : []),
        ...args,
      ],
      { env: { ...recording(this.connections), ...env }, wrap, echo: this.echo },
    );
    this.hosts.push(this.host);
    await this.host.ready(
      async () =>
        (await fetch(`${this.crmOrigin}/api/connectors`, { signal: AbortSignal.timeout(2000) }))
          .status === 401,
    );
  }

  async restartHost(options) {
    await this.host.kill();
    await this.startHost(options);
  }

  async login(user = SALESPERSON, options) {
    const crm = new Crm(this.crmOrigin, options);
    await crm.login(user);
    return crm;
  }

  /**
   * Keeps the data of both programs, so that `rewind` can start from it again. Both are ended for
   * that and started again.
   */
  async remember() {
    await this.host.stop();
    await this.emulator.stop();
    cpSync(this.data, `${this.data}.kept`, { recursive: true });
    cpSync(this.state, `${this.state}.kept`);
    this.database?.remember();
    await this.startGoogle();
    await this.startHost();
  }

  /** Starts both programs again with the kept data. `host` as for startHost. */
  async rewind(host = {}) {
    await Promise.all([this.host.kill(), this.emulator.kill()]);
    rmSync(this.data, { recursive: true, force: true });
    cpSync(`${this.data}.kept`, this.data, { recursive: true });
    cpSync(`${this.state}.kept`, this.state);
    this.database?.rewind();
    await this.startGoogle();
    await this.startHost(host);
  }

  /**
   * The administrator stores the OAuth client, the salesperson connects the account. Returns {crm,
   * account}.
   */
  async connected(choice = {}) {
    await storeClient(await this.login(ADMINISTRATOR));
    const crm = await this.login();
    return { crm, ...(await connect(crm, GOOGLE_ACCOUNT.email, choice)) };
  }

  /** Ends both programs. Throws when the host gave away what it must keep, or went astray. */
  async close() {
    const ended = await Promise.allSettled([this.host?.stop(), this.emulator?.stop()]);
    const failed = ended.find(({ status }) => status === 'rejected');
    const defect = failed?.reason ?? this.#indiscretion();
    if (!process.env.E2E_KEEP) rmSync(this.folder, { recursive: true, force: true });
    if (defect) throw defect;
  }

  #indiscretion() {
    if (!this.host) return null;
    const stray = strayConnections(this.connections);
    if (stray.length > 0) return new Error(`crm_host connected to ${stray.join(', ')}`);
    const logs = this.hosts.map((host) => host.log());
    const found = foundSecret(secretsOf(this.state), placesOf(this.data, logs));
    return found && new Error(found);
  }
}
