import { createJsonTemplate, hasForm, type JsonTemplate } from './template.js';
import { type JsonHolePaths, type JsonPathTree, toPathTree } from './variables.js';

/** The forms that a stream's texts were seen to have: what has one of them is read without being parsed. */
export interface JsonTemplates {
  readonly paths: JsonHolePaths;
  /** The one that was used last comes first. */
  known: JsonTemplate[];
  credit: number;
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
  return { paths, known: [], credit: mostCredit };
}

/**
 * Reads the text that begins at a place, wherever it ends, and gives the form that it has; `undefined` if that is not known, or if it is
 * perhaps not JSON. Its value is good until the next one is asked for: whoever keeps the value, or a part of it that changes, must say so
 * by `releaseForm`.
 *
 * @param head What must stand before it: the place is where that begins. @defaultValue nothing
 */
export function formOf(templates: JsonTemplates, text: string, from: number, head?: string): JsonTemplate | undefined {
  const { known } = templates;
  for (let index = 0; index < known.length; index++) {
    const template = known[index] as JsonTemplate;
    if (!hasForm(template, text, from, head)) continue;
    if (index > 0) known.unshift(...known.splice(index, 1));
    if (templates.credit < mostCredit) templates.credit++;
    return template;
  }
  return undefined;
}

/** Takes a text that was parsed, for others like it. */
export function learnForm(templates: JsonTemplates, text: string): void {
  templates.credit += creditOfMiss;
  if (templates.credit < templateCost || text.length > longestText) return;
  const template = createJsonTemplate(text, pathTreeOf(templates.paths));
  if (!template) return;
  templates.credit -= templateCost;
  templates.known = [template, ...templates.known.slice(0, mostTemplates - 1)];
}

/** Leaves the value that was read last to whoever has kept it. */
export function releaseForm({ known }: JsonTemplates): void {
  known.shift();
}
