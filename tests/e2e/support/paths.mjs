// Where the programs are that the tests of this folder start.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
/** The preset's folder; E2E_BUILD overrides it, for example with build/asan. */
export const BUILD = resolve(REPOSITORY, process.env.E2E_BUILD ?? 'build/release');
export const EMULATOR = join(BUILD, 'bin/google_emulator');
export const HOST = join(BUILD, 'bin/crm_host');
/** The host with a crash switch. */
export const CRASH_HOST = join(BUILD, 'bin/crm_host_test');
export const PLUGINS = join(BUILD, 'plugins');

/** Names what is not built; empty when all is. */
export function missing() {
  return [EMULATOR, HOST, join(PLUGINS, 'google_calendar')].filter((path) => !existsSync(path));
}

/** The id of the Google plugin. */
export const PLUGIN = 'com.example.google_calendar';
