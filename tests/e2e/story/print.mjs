// Plays the story on a terminal: one line per step with what was seen and whether it passed.

import { Scene } from './scene.mjs';
import { CHAPTERS } from './story.mjs';

/**
 * Plays all chapters; returns true when each passed. The first failure ends the story, because
 * later chapters build on earlier ones.
 */
export async function printStory(stage, language, write = (line) => console.log(line)) {
  let seen = '';
  const scene = new Scene(stage, (english, german) => {
    seen = language === 'de' ? german : english;
  });
  const start = performance.now();
  await scene.begin();
  for (const [index, { rules, title, play }] of CHAPTERS.entries()) {
    const number = String(index + 1).padStart(2);
    const head = `${number}/${CHAPTERS.length}  ${rules.join(' ')}  ${title[language]}`;
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
      ? `\nAlle ${CHAPTERS.length} Schritte wie beschrieben, ${seconds} s.`
      : `\nAll ${CHAPTERS.length} steps as described, ${seconds} s.`,
  );
  return true;
}
