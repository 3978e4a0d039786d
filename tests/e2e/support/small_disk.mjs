// A disk that can be filled and freed again, for tests of a full disk.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small tmpfs where it may be mounted, otherwise a limit on the size of files. */
export class SmallDisk {
  constructor(at) {
    this.at = at;
    mkdirSync(at, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'crm-e2e', at], {
        stdio: 'ignore',
      });
      this.mounted = true;
    } catch {
      this.mounted = false;
    }
  }

  fill(program) {
    if (!this.mounted)
      return execFileSync('prlimit', [`--pid=${program.child.pid}`, '--fsize=4096:unlimited']);
    try {
      for (let i = 0; i < 4096; ++i)
        writeFileSync(join(this.at, 'ballast'), Buffer.alloc(16_384), { flag: 'a' });
    } catch (error) {
      assert.equal(error.code, 'ENOSPC');
    }
  }

  free(program) {
    if (this.mounted) rmSync(join(this.at, 'ballast'));
    else execFileSync('prlimit', [`--pid=${program.child.pid}`, '--fsize=unlimited:unlimited']);
  }

  close() {
    if (this.mounted) execFileSync('umount', ['-l', this.at]);
  }
}
