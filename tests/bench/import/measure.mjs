// What a process costs, read from /proc: processor time, bytes given to write(), peak memory.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { pause } from '../../e2e/support/until.mjs';

const MS = 1_000_000; // nanoseconds

/** Processor time of the living threads of a process, in milliseconds. */
export function cpuMs(pid) {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8');
      nanoseconds += Number(stat.split(' ')[0]);
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error; // the thread has ended
    }
  }
  return nanoseconds / MS;
}

const field = (file, name) =>
  Number(readFileSync(file, 'utf8').match(new RegExp(`^${name}:\\s*(\\d+)`, 'm'))[1]);

export const writtenBytes = (pid) => field(`/proc/${pid}/io`, 'wchar');
export const peakMiB = (pid) => field(`/proc/${pid}/status`, 'VmHWM') / 1024;
/** From now on peakMiB is the peak of what follows. */
export const forgetPeak = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, '5');

/**
 * Waits until the process has used less than `idle` milliseconds of processor time in each of
 * `times` pauses. Returns the processor time at which it was quiet first.
 */
export async function quiet(pid, { every = 25, times = 6, idle = 0.3, timeout = 600_000 } = {}) {
  const end = performance.now() + timeout;
  let last = cpuMs(pid);
  let since = last;
  for (let calm = 0; calm < times;) {
    if (performance.now() > end) throw new Error('the process does not come to rest');
    await pause(every);
    const now = cpuMs(pid);
    if (now - last < idle) ++calm;
    else [calm, since] = [0, now];
    last = now;
  }
  return since;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of each figure of several rounds. */
export const medians = (rounds) =>
  Object.fromEntries(
    Object.keys(rounds[0]).map((name) => [name, median(rounds.map((one) => one[name]))]),
  );
