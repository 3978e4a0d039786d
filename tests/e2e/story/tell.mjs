// Tells the story on a terminal: one line per step with what was seen, and whether it was as it should be.

import { Scene } from './scene.mjs';
import { kChapters } from './story.mjs';

/** Plays all chapters; answers true when each was as it should be. The first failure ends the story: later chapters stand on it. */
export async function tell(stage, language, write = (line) => console.log(line)) {
  let seen = '';
  const scene = new Scene(stage, (english, german) => {
    seen = language === 'de' ? german : english;
  });
  const start = performance.now();
  await scene.begin();
  for (const [index, { rules, title, play }] of kChapters.entries()) {
    const head = `${String(index + 1).padStart(2)}/${kChapters.length}  ${rules.join(' ')}  ${title[language]}`;
    const from = performance.now();
    seen = '';
    try {
      await play(scene);
    } catch (error) {
      write(`FAIL  ${head}\n${error.stack ?? error}`);
      for (const program of [stage.host, stage.emulator])
        if (!program.alive) write(`${program.why()}:\n${program.tail()}`);
      return false;
    }
    write(`ok    ${head}  (${Math.round(performance.now() - from)} ms)\n          ${seen}`);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  write(
    language === 'de'
      ? `\nAlle ${kChapters.length} Schritte wie beschrieben, ${seconds} s.`
      : `\nAll ${kChapters.length} steps as described, ${seconds} s.`,
  );
  return true;
}
