import { type JsonHolePaths, type JsonPathTree, toPathTree } from './jsonHoles.js';
import { createJsonTemplate, type JsonTemplate } from './jsonTemplate.js';

/** The forms that a stream's texts were seen to have: what has one of them is read without being parsed. */
export interface JsonTemplates {
  /**
   * Reads the text that begins at a place, wherever it ends, and gives the form that it has; `undefined` if that is not known, or if it is
   * perhaps not JSON. Its value is good until the next one is asked for: whoever keeps the value, or a part of it that changes, must say so
   * by `release`.
   *
   * @param head What must stand before it: the place is where that begins. @defaultValue nothing
   */
  read(text: string, from: number, head?: string): JsonTemplate | undefined;
  /** Takes a text that was parsed, for others like it. */
  learn(text: string): void;
  /** Leaves the value that was read last to whoever has kept it. */
  release(): void;
}

const trees = new WeakMap<JsonHolePaths, JsonPathTree>();

/** One for all streams of a format. */
function pathTreeOf(paths: JsonHolePaths): JsonPathTree {
  const known = trees.get(paths) ?? toPathTree(paths);
  trees.set(paths, known);
  return known;
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

export function createJsonTemplates(paths: JsonHolePaths): JsonTemplates {
  let tree: JsonPathTree | undefined;
  /** The one that was used last comes first. */
  const templates: JsonTemplate[] = [];
  let credit = mostCredit;

  return {
    read(text, from, head) {
      for (let index = 0; index < templates.length; index++) {
        const template = templates[index] as JsonTemplate;
        if (!template.read(text, from, head)) continue;
        if (index > 0) templates.unshift(...templates.splice(index, 1));
        if (credit < mostCredit) credit++;
        return template;
      }
      return undefined;
    },
    learn(text) {
      credit += creditOfMiss;
      if (credit < templateCost || text.length > longestText) return;
      tree ??= pathTreeOf(paths);
      const template = createJsonTemplate(text, tree);
      if (!template) return;
      credit -= templateCost;
      templates.unshift(template);
      templates.length = Math.min(templates.length, mostTemplates);
    },
    release: () => void templates.shift(),
  };
}
