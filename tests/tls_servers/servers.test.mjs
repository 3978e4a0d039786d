// What the product's HTTP client does at a server whose certificate or protocol is wrong: it
// refuses within its deadline, says why, and no byte of the token leaves.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';

import { BUILD } from '../e2e/support/paths.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { Workshop } from './certificates.mjs';

const PROBE = join(BUILD, 'bin/https_probe');
const SECRET = 'ya29.a-token-that-must-not-leave';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';

const folder = scratch('crm-tls-servers-');
const workshop = new Workshop(folder);
const trusted = workshop.authority();
const right = workshop.server(trusted);
after(() => rmSync(folder, { recursive: true, force: true }));

/** Listens, calls `work` with the port, closes all connections. Returns what was received. */
async function served(server, work) {
  const sockets = new Set();
  const received = [];
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}));
    if (!(server instanceof tls.Server)) socket.on('data', (bytes) => received.push(bytes));
  });
  server.on('tlsClientError', () => {});
  server.on('secureConnection', (socket) => {
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        received.push(bytes);
        socket.write(ANSWER);
      });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(server.address().port);
  } finally {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  }
  return Buffer.concat(received).toString('latin1');
}

const probe = async (port, { host = 'localhost', authority = trusted } = {}) =>
  (await promisify(execFile)(PROBE, [`https://${host}:${port}/`, authority.file, SECRET])).stdout;

const withCertificate = (certificate, ...chain) =>
  tls.createServer({
    cert: [certificate, ...chain].map(({ pem }) => pem).join(''),
    key: certificate.keyPem,
    ciphers: 'DEFAULT:@SECLEVEL=0',
  });
const withProtocol = (options) =>
  tls.createServer({ cert: right.pem, key: right.keyPem, ...options });
const raw = (onConnection) => net.createServer(onConnection);

/** Passes bytes on to a right server, those that it answers through `change`. */
function between(change) {
  const behind = withCertificate(right).on('tlsClientError', () => {});
  behind.listen(0, '127.0.0.1');
  return net
    .createServer((client) => {
      const server = net.connect(behind.address().port, '127.0.0.1').on('error', () => {});
      client.on('error', () => {}).pipe(server);
      server.on('data', (bytes) => change(bytes, client));
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
    })
    .on('close', () => behind.close());
}

function flipped(bytes) {
  const changed = Buffer.from(bytes);
  changed[Math.floor(changed.length / 2)] ^= 1;
  return changed;
}

const intermediate = workshop.authority({ issuer: trusted });
const shortPath = workshop.authority({
  issuer: trusted,
  extensions: 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign',
});
const tooDeep = workshop.authority({ issuer: shortPath });
const constrained = workshop.authority({
  issuer: trusted,
  extensions:
    'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n' +
    'nameConstraints=critical,permitted;DNS:example.org',
});
const noSigner = workshop.authority({
  issuer: trusted,
  extensions: 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature',
});
const over = workshop.authority({ issuer: trusted, from: -3, until: -1 });
const stranger = workshop.authority();

/** [name, () => server, what the message says, options of the probe] */
const ROWS = [
  ['signed by itself', () => withCertificate(workshop.server()), /self.signed/],
  ['of an unknown authority', () => withCertificate(workshop.server(stranger)), /local issuer/],
  [
    'of an unknown authority that it brings along',
    () => withCertificate(workshop.server(stranger), stranger),
    /self.signed/,
  ],
  [
    'expired',
    () => withCertificate(workshop.server(trusted, { from: -3, until: -1 })),
    /has expired/,
  ],
  [
    'not yet valid',
    () => withCertificate(workshop.server(trusted, { from: 1, until: 3 })),
    /not yet valid/,
  ],
  [
    'for another name',
    () => withCertificate(workshop.server(trusted, { names: 'DNS:www.googleapis.com' })),
    /[Hh]ostname mismatch/,
  ],
  [
    'for another address',
    () => withCertificate(workshop.server(trusted, { names: 'IP:127.0.0.2' })),
    /IP address mismatch/,
    { host: '127.0.0.1' },
  ],
  [
    'with the name as common name only',
    () => withCertificate(workshop.server(trusted, { names: '' })),
    /[Hh]ostname mismatch/,
  ],
  [
    'with the name as common name beside another alternative name',
    () => withCertificate(workshop.server(trusted, { names: 'email:post@localhost' })),
    /[Hh]ostname mismatch/,
  ],
  [
    'with a wildcard within a label',
    () => withCertificate(workshop.server(trusted, { names: 'DNS:l*t' })),
    /[Hh]ostname mismatch/,
  ],
  [
    'with a wildcard for every name',
    () => withCertificate(workshop.server(trusted, { names: 'DNS:*' })),
    /[Hh]ostname mismatch/,
  ],
  [
    'with the address as a name',
    () => withCertificate(workshop.server(trusted, { names: 'DNS:127.0.0.1' })),
    /IP address mismatch/,
    { host: '127.0.0.1' },
  ],
  [
    'for clients',
    () => withCertificate(workshop.server(trusted, { use: 'extendedKeyUsage=clientAuth' })),
    /purpose/,
  ],
  ['of an expired authority', () => withCertificate(workshop.server(over), over), /has expired/],
  [
    'signed by the certificate of a server',
    () => withCertificate(workshop.server(right), right),
    /invalid CA|unable to get/,
  ],
  [
    'of an authority that may not sign',
    () => withCertificate(workshop.server(noSigner), noSigner),
    /certificate signing|invalid CA|unable to get/,
  ],
  [
    'of a chain longer than allowed',
    () => withCertificate(workshop.server(tooDeep), tooDeep, shortPath),
    /path length/,
  ],
  [
    'of an authority for other names',
    () => withCertificate(workshop.server(constrained), constrained),
    /permitted subtree/,
  ],
  [
    'without its intermediate authority',
    () => withCertificate(workshop.server(intermediate)),
    /local issuer/,
  ],
  [
    'with a key of 1024 bits',
    () => withCertificate(workshop.server(trusted, { bits: 1024 })),
    /key too (small|weak)/,
  ],
  [
    'signed with SHA-1',
    () => withCertificate(workshop.server(trusted, { digest: 'sha1' })),
    /digest|too weak/,
  ],
  [
    'with an unknown critical extension',
    () => withCertificate(workshop.server(trusted, { also: '1.2.3.4=critical,ASN1:NULL' })),
    /unhandled critical extension/,
  ],
  [
    'TLS 1.1 only',
    () => withProtocol({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }),
    /./,
  ],
  [
    'TLS 1.0 only',
    () => withProtocol({ minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }),
    /./,
  ],
  [
    'without any certificate',
    () => tls.createServer({ ciphers: 'aNULL:@SECLEVEL=0', maxVersion: 'TLSv1.2' }),
    /./,
  ],
  [
    'without encryption',
    () => withProtocol({ ciphers: 'eNULL:@SECLEVEL=0', maxVersion: 'TLSv1.2' }),
    /./,
  ],
  ['plain HTTP', () => raw((socket) => socket.once('data', () => socket.end(ANSWER))), /./],
  ['plain HTTP before the handshake', () => raw((socket) => socket.write(ANSWER)), /./],
  ['closes at once', () => raw((socket) => socket.end()), /./],
  ['resets the connection', () => raw((socket) => socket.resetAndDestroy()), /./],
  ['answers other bytes', () => raw((socket) => socket.end(Buffer.alloc(4096, 0x2a))), /./],
  ['says nothing', () => raw(() => {}), /in time/],
  [
    'refuses the handshake',
    () => withProtocol({ SNICallback: (_name, done) => done(new Error('no such name')) }),
    /./,
  ],
  [
    'breaks off within its certificate',
    () => between((bytes, client) => client.end(bytes.subarray(0, 300))),
    /./,
  ],
  ['whose handshake is altered on the way', () => between((b, c) => c.write(flipped(b))), /./],
];

test('the right server receives the token', async () => {
  for (const host of ['localhost', '127.0.0.1']) {
    const received = await served(withCertificate(right), async (port) => {
      assert.equal(await probe(port, { host }), 'status 200\n', host);
    });
    assert.ok(received.includes(SECRET), host);
  }
  await served(withCertificate(workshop.server(intermediate), intermediate), async (port) => {
    assert.equal(await probe(port), 'status 200\n', 'a chain of two');
  });
});

for (const [name, server, says, options] of ROWS)
  test(`a server ${name} gets nothing`, async () => {
    const received = await served(server(), async (port) => {
      const out = await probe(port, options);
      assert.match(out, /^refused: ./);
      assert.match(out, says);
      assert.ok(!out.includes(SECRET), 'the message has no token');
    });
    assert.ok(!received.includes(SECRET), 'the token left');
  });

test('an answer that is cut off without the end of TLS is no answer', async () => {
  const server = withCertificate(right);
  let last;
  server.on('connection', (socket) => (last = socket));
  server.on('secureConnection', (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this', () => last.destroy()),
  );
  await served(server, async (port) => {
    assert.match(await probe(port), /^refused: .*broke off/);
  });
});

test('there are at least 24 wrong servers', () => assert.ok(ROWS.length >= 24));
