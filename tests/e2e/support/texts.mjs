// All texts of the pages, those that they load later too.

import { de as deFirst } from '../../../src/host/web/ui/strings/de.js';
import { deLater } from '../../../src/host/web/ui/strings/de_later.js';
import { en as enFirst } from '../../../src/host/web/ui/strings/en.js';
import { enLater } from '../../../src/host/web/ui/strings/en_later.js';

export const de = { ...deFirst, ...deLater };
export const en = { ...enFirst, ...enLater };
