// Where crm_host connected to during a suite: nowhere but to the servers that the suite named.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { BUILD } from './paths.mjs';

const LIBRARY = join(BUILD, 'lib/connect_log.so');

const named = new Set();

/** The host may connect to this port of the loopback address: a server of the suite is there. */
export function mayConnect(port) {
  named.add(Number(port));
}

/** The environment of a host whose connections are recorded in `file`. */
export function recording(file) {
  if (!existsSync(LIBRARY)) throw new Error(`not built: ${LIBRARY} (./dev build release)`);
  return { LD_PRELOAD: LIBRARY, CONNECT_LOG: file };
}

/** The recorded connections that lead elsewhere, each "ADDRESS PORT" once. */
export function strayConnections(file) {
  if (!existsSync(file)) return [];
  const lines = new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean));
  return [...lines].filter((line) => {
    const [address, port] = line.split(' ');
    return address !== '127.0.0.1' || !named.has(Number(port));
  });
}
