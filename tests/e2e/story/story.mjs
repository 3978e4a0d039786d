// The article as a story, in order: each chapter plays some rules and says what was seen. `./dev demo --check` tells it, story.test.mjs tests it.

import { bothWays } from './both_ways.mjs';
import { endings } from './endings.mjs';
import { firstSteps } from './first_steps.mjs';
import { imported } from './import.mjs';
import { seriesStory } from './series.mjs';

export const kChapters = [
  ...firstSteps,
  ...imported,
  ...bothWays.slice(0, -1),
  ...seriesStory,
  ...bothWays.slice(-1),
  ...endings,
];
