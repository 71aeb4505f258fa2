import { writeOperatorPages } from './docs/operators.js';

/** Writes the pages that are made from runs; a spec fails where they differ. */
writeOperatorPages();
