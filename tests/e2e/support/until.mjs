// Waiting for a condition, never for a time.

export const now = () => performance.now();

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls `probe` until it returns something truthy and returns that. An exception of the probe
 * counts as "not yet" and is reported at the timeout. `what` completes the sentence "waited for
 * ...". `unless` returns why waiting is useless, such as a program that ended.
 */
export async function until(what, probe, { timeout = 10_000, every = 15, unless = () => '' } = {}) {
  const end = now() + timeout;
  let last;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    const pointless = unless();
    if (pointless) throw new Error(`waited for ${what}, but ${pointless}`);
    if (now() > end) {
      const seen =
        last instanceof Error
          ? `${last.message}${last.cause ? ` (${last.cause.message ?? last.cause})` : ''}`
          : JSON.stringify(last);
      throw new Error(`waited ${timeout / 1000} s for ${what}; last seen: ${seen}`);
    }
    await pause(every);
  }
}

/** {value, ms}: like until, with the time it took. */
export async function timed(what, probe, options) {
  const start = now();
  const value = await until(what, probe, { every: 4, ...options });
  return { value, ms: now() - start };
}
