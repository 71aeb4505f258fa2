import type { Given } from './scene.js';

/** What the page knows of the library: it is generated from the doc comments and the runs of the documentation. */
export interface Catalogue {
  readonly operators: readonly CatalogueOperator[];
}

export interface CatalogueOperator {
  /** The name of its page and of its preset. */
  readonly id: string;
  readonly name: string;
  /** The entry point. */
  readonly from: string;
  readonly does: string;
  readonly signature: string;
  readonly options: readonly CatalogueOption[];
  /** The run of its page. */
  readonly preset: Preset;
}

export interface CatalogueOption {
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly unit?: string | undefined;
  readonly does: string;
}

/** A scene without its pace. */
export interface Preset {
  readonly script: string;
  readonly given: readonly Given[];
  readonly operators: readonly string[];
}
