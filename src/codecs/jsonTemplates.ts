import type { JsonValue } from '../events.js';
import { type JsonPath, toPathTree } from './jsonHoles.js';
import { createJsonTemplate, type JsonTemplate } from './jsonTemplate.js';

/** The forms that a stream's texts were seen to have: what has one of them is read without being parsed. */
export interface JsonTemplates {
  /**
   * What JSON.parse gives for the text between two places; `undefined` if its form is not known, or if it is perhaps not JSON.
   *
   * The value is good until the next one is read: whoever keeps it, or an object in it that has changing values, must say so by `release`.
   */
  read(text: string, from: number, end: number): JsonValue | undefined;
  /** Takes a text that was parsed, for others like it. */
  learn(text: string): void;
  /** Leaves the value that was read last to whoever has kept it. */
  release(): void;
}

/** So many forms are known at once, for streams whose events take turns. */
const mostTemplates = 4;
/** A longer text is not worth it. */
const longestText = 4_096;
/** What a template costs, in texts that it must read to be worth it; and the most that may be spent at once. */
const templateCost = 16;
const mostCredit = 64;
/** So that one is tried now and then where none has been of use. */
const creditOfMiss = 0.25;

/** @param paths Which texts and numbers may change. */
export function createJsonTemplates(paths: readonly JsonPath[]): JsonTemplates {
  const tree = toPathTree(paths);
  /** The one that was used last comes first. */
  const templates: JsonTemplate[] = [];
  let credit = mostCredit;

  return {
    read(text, from, end) {
      for (let index = 0; index < templates.length; index++) {
        const value = templates[index]?.read(text, from, end);
        if (value === undefined) continue;
        if (index > 0) templates.unshift(...templates.splice(index, 1));
        if (credit < mostCredit) credit++;
        return value;
      }
      return undefined;
    },
    learn(text) {
      credit += creditOfMiss;
      if (credit < templateCost || text.length > longestText) return;
      const template = createJsonTemplate(text, tree);
      if (!template) return;
      credit -= templateCost;
      templates.unshift(template);
      templates.length = Math.min(templates.length, mostTemplates);
    },
    release: () => void templates.shift(),
  };
}
