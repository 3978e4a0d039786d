// Engine, host and emulator in one process (icalendar_probe.cpp), asked without HTTP.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';

import { BUILD } from '../support/paths.mjs';

/** The answers to the questions, in their order. The program starts and ends with the call. */
export async function askProbe(questions) {
  const program = spawn(path.join(BUILD, 'bin/icalendar_probe'), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const failed = new Promise((_, reject) => program.on('error', reject));
  const answers = [];
  const read = (async () => {
    for await (const line of createInterface({ input: program.stdout }))
      answers.push(JSON.parse(line));
  })();
  program.stdin.on('error', () => {}); // a program that dies early shows in the count below
  program.stdin.end(questions.map((one) => `${JSON.stringify(one)}\n`).join(''));
  await Promise.race([read, failed]);
  if (answers.length !== questions.length)
    throw new Error(
      `icalendar_probe ended after ${answers.length} of ${questions.length} questions, at ` +
        JSON.stringify(questions[answers.length]),
    );
  return answers;
}
