// Where the repository keeps what the programs of this folder start.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kRepository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
/** The preset's folder; E2E_BUILD overrides it, for example with build/asan. */
export const kBuild = resolve(kRepository, process.env.E2E_BUILD ?? 'build/release');
export const kEmulator = join(kBuild, 'bin/google_emulator');
export const kHost = join(kBuild, 'bin/crm_host');
export const kPlugins = join(kBuild, 'plugins');

/** Names what is not built, or answers nothing. */
export function missing() {
  return [kEmulator, kHost, join(kPlugins, 'google_calendar')].filter((path) => !existsSync(path));
}
