// The emulator alone, by default on a port that the system chooses.

import { EMULATOR } from './paths.mjs';
import { Program } from './program.mjs';

/** Starts it; its first line says where it listens. */
export async function startEmulator(args = [], listen = '127.0.0.1:0') {
  const program = new Program('google_emulator', EMULATOR, ['--listen', listen, ...args], {
    echo: process.env.E2E_ECHO ? process.stderr : null,
  });
  await program.ready(() => /listens on \S+\n/.test(program.log()));
  return { program, origin: program.log().match(/listens on (\S+)\n/)[1] };
}
