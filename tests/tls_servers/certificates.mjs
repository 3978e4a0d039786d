// Certificates that are wrong in one way each, made by `openssl ca`, which alone sets both dates.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DAY = 24 * 3600 * 1000;
/** A date as `openssl ca` takes it. */
const date = (days) =>
  new Date(Date.now() + days * DAY).toISOString().replace(/[-:T]/g, '').slice(0, 14) + 'Z';

const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign';
const SERVER = 'extendedKeyUsage=serverAuth';

export class Workshop {
  constructor(folder) {
    this.folder = folder;
    this.count = 0;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index'), '');
    writeFileSync(join(folder, 'index.attr'), 'unique_subject = no\n');
    writeFileSync(
      join(folder, 'ca.conf'),
      `[ca]\ndefault_ca = own\n[own]\ndatabase = ${folder}/index\nnew_certs_dir = ${folder}\n` +
        `rand_serial = yes\npolicy = any\ndefault_md = sha256\nunique_subject = no\n` +
        `[any]\ncommonName = supplied\n`,
    );
  }

  #run(...args) {
    return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /**
   * {file, key, pem, keyPem}. `issuer`: such an object, otherwise it signs itself. `extensions`: of
   * an openssl configuration. `from`, `until`: days from now. `bits`: an RSA key, otherwise one of
   * an elliptic curve.
   */
  make({ name = 'localhost', issuer, extensions, from = -1, until = 2, bits, digest = 'sha256' }) {
    const path = (end) => join(this.folder, `${this.count}.${end}`);
    ++this.count;
    const [file, key, request, rules] = ['pem', 'key', 'csr', 'ext'].map(path);
    const algorithm = bits
      ? ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`]
      : ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    this.#run('genpkey', ...algorithm, '-out', key);
    this.#run('req', '-new', '-key', key, '-subj', `/CN=${name}`, '-out', request);
    writeFileSync(rules, `${extensions}\n`);
    const signer = issuer
      ? ['-cert', issuer.file, '-keyfile', issuer.key]
      : ['-selfsign', '-keyfile', key];
    const dates = ['-startdate', date(from), '-enddate', date(until)];
    const what = ['-in', request, '-extfile', rules, '-md', digest, '-notext', '-out', file];
    this.#run(
      'ca',
      '-batch',
      '-config',
      join(this.folder, 'ca.conf'),
      ...signer,
      ...dates,
      ...what,
    );
    return { file, key, pem: readFileSync(file, 'utf8'), keyPem: readFileSync(key, 'utf8') };
  }

  authority(more = {}) {
    return this.make({ name: `authority ${this.count}`, extensions: CA, ...more });
  }

  server(issuer, more = {}) {
    const { names = 'DNS:localhost,IP:127.0.0.1', use = SERVER, also = '', ...rest } = more;
    const alternative = names ? `subjectAltName=${names}\n` : '';
    return this.make({ issuer, extensions: `${alternative}${use}\n${also}`, ...rest });
  }
}
