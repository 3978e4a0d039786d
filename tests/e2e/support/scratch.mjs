// A folder for the data of a test. In memory where there is room, because these programs make every save durable and a busy disk would be measured instead of them.

import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const kRoom = 1 << 30;

function roomy(path) {
  if (!existsSync(path)) return false;
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize > kRoom;
}

export const scratch = (name) =>
  mkdtempSync(join(process.env.E2E_TMP ?? (roomy('/dev/shm') ? '/dev/shm' : tmpdir()), name));
