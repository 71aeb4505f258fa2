import { faultsPage } from './faults.js';

/** The pages that are generated from code: each file with its content. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/faults.md': faultsPage,
};
