// A folder for the data of a test. In memory where there is space: the programs make every save
// durable, and on a busy disk a test would measure the disk.

import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOM = 1 << 30;

function roomy(path) {
  if (!existsSync(path)) return false;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize > ROOM;
}

export const scratch = (name) =>
  mkdtempSync(join(process.env.E2E_TMP ?? (roomy('/dev/shm') ? '/dev/shm' : tmpdir()), name));
