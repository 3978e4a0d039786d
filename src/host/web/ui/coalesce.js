// Limits repeated fetches: the first call fetches immediately; calls made while it runs are
// answered by one more fetch afterwards. Pure except for its timer.

export function coalesced(fetch, gapMs = 250) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        await fetch();
        await new Promise((resolve) => setTimeout(resolve, gapMs));
      } while (again);
    } finally {
      running = false;
    }
  };
}
