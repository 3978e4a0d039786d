// A private certificate authority, made with openssl: for tests, and for anyone who points an
// unmodified client at the emulator.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The host names that Google's clients for Calendar and sign-in connect to. */
export const GOOGLE_HOSTS = [
  'accounts.google.com',
  'oauth2.googleapis.com',
  'openidconnect.googleapis.com',
  'www.googleapis.com',
  'calendar.googleapis.com',
];

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const newKey = (path) =>
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', path);

/** {certificate, key}: paths of PEM files in `folder`. */
export function makeAuthority(folder, name = 'authority') {
  const certificate = join(folder, `${name}.pem`),
    key = join(folder, `${name}.key`);
  newKey(key);
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    key,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign',
    '-out',
    certificate,
  );
  return { certificate, key };
}

/** A certificate for `hosts` and loopback addresses, signed by `authority`. */
export function makeCertificate(folder, authority, hosts = GOOGLE_HOSTS, name = 'server') {
  const [certificate, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) =>
    join(folder, `${name}.${end}`),
  );
  newKey(key);
  openssl('req', '-new', '-key', key, '-subj', `/CN=${hosts[0]}`, '-out', request);
  const names = [...hosts.map((host) => `DNS:${host}`), 'IP:127.0.0.1', 'IP:::1'].join(',');
  writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  openssl(
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    authority.certificate,
    '-CAkey',
    authority.key,
    '-set_serial',
    '2',
    '-days',
    '2',
    '-extfile',
    extensions,
    '-out',
    certificate,
  );
  return { certificate, key };
}
