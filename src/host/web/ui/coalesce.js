// Many reasons to fetch again, few fetches: the first reason fetches at once, those that come meanwhile together once afterwards. Pure but for the timer.

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
