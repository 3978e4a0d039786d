// The texts that only the pages need which are loaded later.
import { addTexts } from '../i18n.js';
import { deLater } from './de_later.js';
import { enLater } from './en_later.js';

addTexts({ de: deLater, en: enLater });
