import { faultsPage } from './faults.js';

/** The pages that are made of code: each file, and what it should hold. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/faults.md': faultsPage,
};
