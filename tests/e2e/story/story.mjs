// The chapters of the story, in order: each tests some requirements and says what was seen. `./dev
// demo --check` prints it, story.test.mjs tests it.

import { bothWays } from './both_ways.mjs';
import { endings } from './endings.mjs';
import { firstSteps } from './first_steps.mjs';
import { imported } from './import.mjs';
import { seriesStory } from './series.mjs';

export const CHAPTERS = [
  ...firstSteps,
  ...imported,
  ...bothWays.slice(0, -1),
  ...seriesStory,
  ...bothWays.slice(-1),
  ...endings,
];
